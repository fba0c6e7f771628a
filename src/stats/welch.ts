import { exp } from "../base/elementary.js";
import { momentsOf } from "./moments.js";
import { studentTCdf, studentTQuantile } from "./student-t.js";

/** Welch's comparison of two means with unequal variances. */
export interface WelchEstimate {
  /** Right mean minus left mean. */
  readonly difference: number;
  readonly standardError: number;
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
  readonly interval: readonly [low: number, high: number];
}

/**
 * Welch's t-test, two-sided. On logarithms of times, exp of the difference is the ratio of geometric means.
 *
 * @returns undefined with fewer than two values on a side, or when neither side varies
 */
export function welch(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  options: { readonly confidence: number },
): WelchEstimate | undefined {
  if (left.length < 2 || right.length < 2) return undefined;
  const [first, second] = [momentsOf(left), momentsOf(right)];
  const [a, b] = [first.variance / first.count, second.variance / second.count];
  if (!(a + b > 0)) return undefined;
  const standardError = Math.sqrt(a + b);
  const degreesOfFreedom =
    ((a + b) * (a + b)) / ((a * a) / (first.count - 1) + (b * b) / (second.count - 1));
  const difference = second.mean - first.mean;
  const t = difference / standardError;
  const half = studentTQuantile((1 + options.confidence) / 2, degreesOfFreedom) * standardError;
  return {
    difference,
    standardError,
    t,
    degreesOfFreedom,
    p: 2 * studentTCdf(-Math.abs(t), degreesOfFreedom),
    interval: [difference - half, difference + half],
  };
}

/** Welch's comparison of logarithms as a ratio with its interval. */
export function welchRatio(
  leftLogs: ArrayLike<number>,
  rightLogs: ArrayLike<number>,
  options: { readonly confidence: number },
):
  | { readonly ratio: number; readonly interval: readonly [number, number]; readonly p: number }
  | undefined {
  const estimate = welch(leftLogs, rightLogs, options);
  if (estimate === undefined) return undefined;
  const [low, high] = estimate.interval;
  return { ratio: exp(estimate.difference), interval: [exp(low), exp(high)], p: estimate.p };
}
