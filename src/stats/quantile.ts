/**
 * The quantile of sorted values by rule R-7: linear between the order statistics around (n - 1) q.
 *
 * It is the default of NumPy and R, and the rule of every percentile this program prints.
 *
 * @param sorted ascending values without NaN
 * @param q in [0, 1]
 * @returns undefined when there is no value
 * @throws RangeError when q is outside [0, 1]
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number | undefined {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: q must be in [0, 1], got ${q}`);
  if (sorted.length === 0) return undefined;
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (position - below) * (upper - lower);
}

/** The quantile of values in any order, by rule R-7; the values are left as they are. */
export function quantile(values: ArrayLike<number>, q: number): number | undefined {
  return quantileOfSorted(Float64Array.from(values).sort(), q);
}

/** Mean, percentiles and maximum of a set of values; null where there is no value. */
export interface DistributionSummary {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** Sums up values: the mean by pairwise summation, percentiles by rule R-7. The values are sorted in place. */
export function summarizeInPlace(values: Float64Array): DistributionSummary {
  if (values.length === 0) return { mean: null, p50: null, p95: null, p99: null, max: null };
  const mean = pairwiseSum(values) / values.length;
  values.sort();
  const at = (q: number): number => quantileOfSorted(values, q)!;
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: values[values.length - 1]! };
}

const BLOCK = 64;

/** Sum by halves: the rounding error grows with log n, not with n. */
export function pairwiseSum(values: ArrayLike<number>, from = 0, to = values.length): number {
  if (to - from <= BLOCK) {
    let sum = 0;
    for (let index = from; index < to; index++) sum += values[index]!;
    return sum;
  }
  const middle = from + ((to - from) >> 1);
  return pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to);
}
