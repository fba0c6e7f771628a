/**
 * Holm's adjusted p-values: rejecting those at or below α keeps the chance of any false rejection among all at α.
 *
 * Source: Holm 1979. The i-th smallest of n is multiplied by n - i + 1, never below an earlier one, at most 1.
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues
    .map((_unused, index) => index)
    .sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  order.forEach((index, position) => {
    largest = Math.max(largest, Math.min(1, pValues[index]! * (pValues.length - position)));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** Benjamini and Hochberg's adjusted p-values: rejecting at α keeps the expected share of false ones among them at α. */
export function benjaminiHochbergAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues
    .map((_unused, index) => index)
    .sort((a, b) => pValues[b]! - pValues[a]! || b - a);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let smallest = 1;
  order.forEach((index, position) => {
    const rank = pValues.length - position;
    smallest = Math.min(smallest, (pValues[index]! * pValues.length) / rank);
    adjusted[index] = smallest;
  });
  return adjusted;
}
