import { pairwiseSum } from "./quantile.js";

/**
 * Jain's fairness index (Σx)² / (n Σx²): 1 when all shares are equal, 1/n when one has everything.
 *
 * @returns undefined when there is no value, or all are 0
 */
export function jainIndex(values: ArrayLike<number>): number | undefined {
  const sum = pairwiseSum(values);
  const squares = pairwiseSum(Float64Array.from(values, (value) => value * value));
  return squares === 0 ? undefined : (sum * sum) / (values.length * squares);
}
