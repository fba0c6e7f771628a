/** A cluster that passed the filters, with the parts of its score in the order they are compared. */
export interface ScoredCluster {
  readonly name: string;
  readonly spreadScore: number;
  readonly affinityScore: number;
  /** 1 where an obsolete placement of the same thing is on the cluster already, else 0. */
  readonly obsoleteScore: number;
}

/**
 * The clusters to take, best first: by spread, affinity, obsolete placement, and the larger name between
 * equals.
 *
 * @see kubefleet-dev/kubefleet pkg/scheduler/framework/score.go
 */
export function pickBest(
  clusters: readonly ScoredCluster[],
  count: number,
): readonly ScoredCluster[] {
  return [...clusters]
    .sort(
      (left, right) =>
        right.spreadScore - left.spreadScore ||
        right.affinityScore - left.affinityScore ||
        right.obsoleteScore - left.obsoleteScore ||
        byName(right.name, left.name),
    )
    .slice(0, Math.max(0, count));
}

/** Whether a cycle follows at once: only when the batch limit, and nothing else, held this one back. */
export function requeuesAtOnce(desired: number, batchLimit: number, made: number): boolean {
  return desired > batchLimit && made === batchLimit;
}

/** A placement that stands, as scaling down sees it. */
export interface StandingPlacement {
  readonly name: string;
  /** `scheduled` has been chosen and not yet carried out. */
  readonly state: "scheduled" | "bound";
  /** Absent for one that was made before scores were kept. */
  readonly score?: { readonly spread: number; readonly affinity: number };
}

/**
 * The placements to give up, first to go first: those not yet carried out before those that are, within each
 * those without a score and then the lowest.
 *
 * @see kubefleet-dev/kubefleet pkg/scheduler/framework/frameworkutils.go
 */
export function pickToRemove(
  placements: readonly StandingPlacement[],
  count: number,
): readonly StandingPlacement[] {
  const stateRank = { scheduled: 0, bound: 1 };
  return [...placements]
    .sort(
      (left, right) =>
        stateRank[left.state] - stateRank[right.state] ||
        Number(left.score !== undefined) - Number(right.score !== undefined) ||
        (left.score?.spread ?? 0) - (right.score?.spread ?? 0) ||
        (left.score?.affinity ?? 0) - (right.score?.affinity ?? 0) ||
        byName(left.name, right.name),
    )
    .slice(0, Math.max(0, count));
}

/** Order of names by their characters' codes. */
export function byName(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
