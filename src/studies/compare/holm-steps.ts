/** What Holm's procedure says of one hypothesis. */
export interface HolmStep {
  readonly rejected: boolean;
  /** Level at which it was judged; an interval of confidence 1 − alpha shows the same as `rejected`. */
  readonly alpha: number;
}

/**
 * Holm's step-down procedure: the chance that any true hypothesis is rejected is at most alpha.
 *
 * The smallest of m p-values is held against α / m, the next against α / (m − 1), and so on up to the first that is
 * larger; it and all after it are judged at its level (Holm 1979).
 */
export function holmSteps(pValues: readonly number[], alpha: number): readonly HolmStep[] {
  const order = pValues
    .map((_, index) => index)
    .sort((left, right) => pValues[left]! - pValues[right]! || left - right);
  const steps: HolmStep[] = [];
  let stoppedAt: number | undefined;
  order.forEach((index, position) => {
    const level = stoppedAt ?? alpha / (pValues.length - position);
    const rejected = stoppedAt === undefined && pValues[index]! <= level;
    if (!rejected) stoppedAt = level;
    steps[index] = { rejected, alpha: level };
  });
  return steps;
}
