/** One moment at which the figures are looked at and the study may stop. */
export interface Look {
  /** Replications of every configuration by then. */
  readonly replications: number;
  /** Chance of a wrong claim that this look may use up. */
  readonly alpha: number;
}

/** Fewest replications before the first look: with fewer, t intervals of skewed waits cannot be trusted. */
const FIRST_LOOK = 10;

/**
 * When a study looks at its figures: after 10 replications, then at every doubling, last at the most allowed.
 *
 * Whoever looks again and again and stops when something shows finds something by luck: five looks at 5 % each
 * are wrong far more often than 5 %. So the looks share the error out: each of K may use up α / K, and by the union bound
 * no more than α is used in all, whatever the rule for stopping and however the looks depend on each other.
 *
 * @param replicationsMax at least 2
 * @param confidence such as 0.95; the looks share out 1 − confidence
 * @param isFixed true looks once, at the end
 */
export function planLooks(
  replicationsMax: number,
  confidence: number,
  isFixed: boolean,
): readonly Look[] {
  const counts: number[] = [];
  for (let count = FIRST_LOOK; !isFixed && count < replicationsMax; count *= 2) counts.push(count);
  counts.push(replicationsMax);
  return counts.map((replications) => ({ replications, alpha: (1 - confidence) / counts.length }));
}
