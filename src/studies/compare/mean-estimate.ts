import { momentsOf } from "../../stats/moments.js";
import { studentTCdf, studentTQuantile } from "../../stats/student-t.js";

/** A mean with what is needed to put an interval of any confidence around it. */
export interface MeanEstimate {
  readonly mean: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/** Means that differ by less than this share of what they are means of differ by rounding. */
const ROUNDING_SHARE = 1e-12;

/**
 * Mean of `after − before`, pair by pair: replications on the same random numbers.
 *
 * @param before one value per replication, at least two
 */
export function pairedEstimate(before: readonly number[], after: readonly number[]): MeanEstimate {
  const scale = Math.max(...before.map(Math.abs), ...after.map(Math.abs));
  const differences = after.map((value, index) => {
    const difference = value - before[index]!;
    return Math.abs(difference) <= ROUNDING_SHARE * scale ? 0 : difference;
  });
  return meanEstimate(differences);
}

/**
 * Difference of the means of two independent sets of replications (Welch): variances may differ.
 *
 * @param before at least two values on each side
 */
export function independentEstimate(
  before: readonly number[],
  after: readonly number[],
): MeanEstimate {
  const [left, right] = [momentsOf(before), momentsOf(after)];
  const [a, b] = [left.variance / left.count, right.variance / right.count];
  const mean = right.mean - left.mean;
  if (a + b === 0)
    return { mean, standardError: 0, degreesOfFreedom: left.count + right.count - 2 };
  return {
    mean,
    standardError: Math.sqrt(a + b),
    degreesOfFreedom:
      ((a + b) * (a + b)) / ((a * a) / (left.count - 1) + (b * b) / (right.count - 1)),
  };
}

/** Mean of one value per replication, at least two. */
export function meanEstimate(values: readonly number[]): MeanEstimate {
  const first = values[0]!;
  // All alike: rounding of the mean must not look like a spread.
  if (values.every((value) => value === first)) {
    return { mean: first, standardError: 0, degreesOfFreedom: values.length - 1 };
  }
  const { count, mean, variance } = momentsOf(values);
  return { mean, standardError: Math.sqrt(variance / count), degreesOfFreedom: count - 1 };
}

/** Two-sided p-value of Student's t for the hypothesis that the true mean is `expected`. */
export function pValueOf(
  { mean, standardError, degreesOfFreedom }: MeanEstimate,
  expected = 0,
): number {
  if (standardError === 0) return mean === expected ? 1 : 0;
  const t = (mean - expected) / standardError;
  return 2 * studentTCdf(-Math.abs(t), degreesOfFreedom);
}

/** Two-sided interval of the true mean; it leaves out `expected` exactly where `pValueOf` is below alpha. */
export function intervalOf(
  { mean, standardError, degreesOfFreedom }: MeanEstimate,
  alpha: number,
): readonly [low: number, high: number] {
  if (standardError === 0) return [mean, mean];
  const half = studentTQuantile(1 - alpha / 2, degreesOfFreedom) * standardError;
  return [mean - half, mean + half];
}
