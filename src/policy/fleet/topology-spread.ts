/** Spread of a placement over the values of one label of the clusters, as KubeFleet has it. */
export interface SpreadConstraint {
  /** Label of the clusters whose values are the domains. */
  readonly topologyKey: string;
  /** Largest allowed difference between the fullest and the emptiest domain, ≥ 1. */
  readonly maxSkew: number;
  /** `do-not-schedule` filters a cluster out; `schedule-anyway` takes 1 000 from its score. */
  readonly whenUnsatisfiable: "do-not-schedule" | "schedule-anyway";
}

/** What one more placement in a domain does to the spread. */
export interface SkewChange {
  readonly isViolated: boolean;
  /** Change of the skew, -1, 0 or 1. */
  readonly change: number;
}

/** What a violated constraint that does not forbid takes from the score of a cluster. */
const VIOLATION_PENALTY = 1000;

/**
 * Skew after one more placement in a domain.
 *
 * @param counts placements of every domain, the empty ones included, at least one
 * @param inDomain placements of the domain in question; one of `counts`
 * @see kubefleet-dev/kubefleet pkg/scheduler/framework/plugins/topologyspreadconstraints/utils.go
 */
export function skewAfterPlacing(
  counts: readonly number[],
  inDomain: number,
  maxSkew: number,
): SkewChange {
  const sorted = [...counts].sort((left, right) => left - right);
  const smallest = sorted[0]!;
  const secondSmallest = sorted[1] ?? smallest;
  const largest = sorted[sorted.length - 1]!;
  const skew = largest - smallest;
  let change = 0;
  if (largest === smallest || inDomain === largest) change = 1;
  else if (inDomain === smallest && smallest !== secondSmallest) change = -1;
  return { isViolated: skew + change > maxSkew, change };
}

/** A cluster as spread constraints see it. */
export interface SpreadCluster {
  readonly labels: Readonly<Record<string, string>>;
  /** Placements on the cluster that count, of the one in question. */
  readonly placements: number;
}

/** What the constraints say of one cluster. */
export interface SpreadVerdict {
  /** Key of the first constraint that forbids the cluster. */
  readonly forbiddenBy?: string;
  readonly score: number;
}

/**
 * Filters and scores clusters for one more placement. A cluster without the label of a constraint has no part
 * in its spread: it is never forbidden by it and gets nothing from it.
 */
export function evaluateSpread(
  clusters: readonly SpreadCluster[],
  constraints: readonly SpreadConstraint[],
): readonly SpreadVerdict[] {
  const domains = constraints.map(({ topologyKey }) => countDomains(clusters, topologyKey));
  return clusters.map((cluster) => {
    let score = 0;
    let forbiddenBy: string | undefined;
    constraints.forEach((constraint, index) => {
      const domain = cluster.labels[constraint.topologyKey];
      if (domain === undefined) return;
      const counts = domains[index]!;
      const after = skewAfterPlacing([...counts.values()], counts.get(domain)!, constraint.maxSkew);
      if (!after.isViolated) score -= after.change;
      else if (constraint.whenUnsatisfiable === "schedule-anyway") score -= VIOLATION_PENALTY;
      else forbiddenBy ??= constraint.topologyKey;
    });
    return { score, ...(forbiddenBy === undefined ? {} : { forbiddenBy }) };
  });
}

function countDomains(clusters: readonly SpreadCluster[], key: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { labels, placements } of clusters) {
    const domain = labels[key];
    if (domain !== undefined) counts.set(domain, (counts.get(domain) ?? 0) + placements);
  }
  return counts;
}
