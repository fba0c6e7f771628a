import { exp, log } from "../base/elementary.js";
import { mannWhitneyIntervalRank } from "./mann-whitney.js";
import { quantileOfSorted } from "./quantile.js";

/** A ratio of two samples with its interval. */
export interface RatioEstimate {
  /** Right over left: 1.05 when the right one takes 5 % longer. */
  readonly ratio: number;
  /** Absent when the samples are too small for an interval of this confidence. */
  readonly interval: readonly [low: number, high: number] | undefined;
  /** What the interval really has: the exact one comes in steps. */
  readonly confidence: number | undefined;
}

/**
 * Hodges–Lehmann ratio of two samples of positive numbers: exp of the median of all differences of logarithms,
 * with the exact interval that belongs to the Mann–Whitney test (the ordered differences D_(k) and D_(nm+1-k)).
 *
 * Source: Hodges & Lehmann 1963; interval: Hollander & Wolfe, 4.3.
 *
 * @param options.confidence such as 0.95, in (0, 1)
 * @throws RangeError when a sample is empty or a value is not positive and finite
 */
export function hodgesLehmannRatio(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  options: { readonly confidence: number },
): RatioEstimate {
  return hodgesLehmannOfLogs(logsOf(left), logsOf(right), options);
}

/** The same for values that are logarithms already. */
export function hodgesLehmannOfLogs(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  options: { readonly confidence: number },
): RatioEstimate {
  const [n, m] = [left.length, right.length];
  if (n === 0 || m === 0) throw new RangeError("Hodges–Lehmann: both samples need a value");
  const differences = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) differences[i * m + j] = right[j]! - left[i]!;
  }
  differences.sort();
  const ratio = exp(quantileOfSorted(differences, 0.5)!);
  const end = mannWhitneyIntervalRank({ n, m, confidence: options.confidence });
  if (end === undefined) return { ratio, interval: undefined, confidence: undefined };
  const low = differences[end.rank - 1]!;
  const high = differences[n * m - end.rank]!;
  return { ratio, interval: [exp(low), exp(high)], confidence: end.confidence };
}

/** Natural logarithms. @throws RangeError when a value is not positive and finite */
export function logsOf(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, (value) => {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`ratio: every value must be positive and finite, got ${value}`);
    }
    return log(value);
  });
}
