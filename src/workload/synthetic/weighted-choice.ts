/**
 * Chooses an index by weight from one uniform number in [0, 1).
 *
 * @param weights ≥ 0, not all 0
 */
export function createWeightedChoice(weights: readonly number[]): (uniform: number) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const bounds = weights.map((weight) => (sum += weight) / total);
  const last = weights.findLastIndex((weight) => weight > 0);
  return (uniform) => {
    const found = bounds.findIndex((bound) => uniform < bound);
    // Rounding may leave the last bound just below 1.
    return found === -1 ? last : found;
  };
}
