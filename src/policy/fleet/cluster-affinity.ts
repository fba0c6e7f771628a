/** A property of a cluster compared with a value. A cluster that does not report the property never matches. */
export interface PropertyCondition {
  readonly property: string;
  readonly operator: "eq" | "ne" | "gt" | "ge" | "lt" | "le";
  readonly value: number;
}

/** Conditions that must all hold. */
export interface AffinityTerm {
  readonly labels?: Readonly<Record<string, string>>;
  readonly properties?: readonly PropertyCondition[];
}

/** How a preferred term ranks the clusters it is about by one of their properties. */
export interface PropertySorter {
  readonly property: string;
  /** `descending` prefers the largest value. */
  readonly order: "ascending" | "descending";
}

/** A term that clusters should meet. */
export interface PreferredTerm extends AffinityTerm {
  /** Added to the score of a cluster that meets the term, -100 to 100. */
  readonly weight: number;
  /** Absent: the whole weight for every cluster that meets the term. */
  readonly sorter?: PropertySorter;
}

/** A cluster as affinity sees it. */
export interface AffinityCluster {
  readonly labels: Readonly<Record<string, string>>;
  /** Reported numbers, such as `kubernetes-fleet.io/node-count`. */
  readonly properties: Readonly<Record<string, number>>;
}

/** Whether a cluster meets one of the required terms; without any, every cluster does. */
export function meetsRequired(cluster: AffinityCluster, terms: readonly AffinityTerm[]): boolean {
  return terms.length === 0 || terms.some((term) => meetsTerm(cluster, term));
}

/**
 * Sum of the preferred terms for every cluster. A sorter spreads the weight linearly between the smallest and
 * the largest value of the property over all clusters that report it; where all report the same, nobody gets
 * anything.
 *
 * @see kubefleet-dev/kubefleet pkg/scheduler/framework/plugins/clusteraffinity/types.go
 */
export function affinityScores(
  clusters: readonly AffinityCluster[],
  terms: readonly PreferredTerm[],
): readonly number[] {
  const ranges = terms.map(({ sorter }) =>
    sorter === undefined ? undefined : rangeOf(clusters, sorter.property),
  );
  return clusters.map((cluster) =>
    terms.reduce((sum, term, index) => {
      if (!meetsTerm(cluster, term)) return sum;
      const { sorter, weight } = term;
      if (sorter === undefined) return sum + weight;
      const value = cluster.properties[sorter.property];
      const range = ranges[index];
      if (value === undefined || range === undefined) return sum;
      return sum + weightBetween(value, range, weight, sorter.order);
    }, 0),
  );
}

/** Part of a weight that a value between the extremes earns, rounded half away from zero. */
export function weightBetween(
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
  weight: number,
  order: PropertySorter["order"],
): number {
  if (min === max) return 0;
  const share = (value - min) / (max - min);
  const exact = weight * (order === "descending" ? share : 1 - share);
  return Math.sign(exact) * Math.floor(Math.abs(exact) + 0.5);
}

function meetsTerm(
  cluster: AffinityCluster,
  { labels = {}, properties = [] }: AffinityTerm,
): boolean {
  return (
    Object.entries(labels).every(([key, value]) => cluster.labels[key] === value) &&
    properties.every((condition) =>
      meetsCondition(cluster.properties[condition.property], condition),
    )
  );
}

function meetsCondition(
  actual: number | undefined,
  { operator, value }: PropertyCondition,
): boolean {
  if (actual === undefined) return false;
  switch (operator) {
    case "eq":
      return actual === value;
    case "ne":
      return actual !== value;
    case "gt":
      return actual > value;
    case "ge":
      return actual >= value;
    case "lt":
      return actual < value;
    case "le":
      return actual <= value;
  }
}

function rangeOf(
  clusters: readonly AffinityCluster[],
  property: string,
): { readonly min: number; readonly max: number } | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const { properties } of clusters) {
    const value = properties[property];
    if (value === undefined) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return max < min ? undefined : { min, max };
}
