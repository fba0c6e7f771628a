/** How a manager offers a workload to worker clusters. */
export interface DispatchRule {
  /** Clusters of one round. MultiKueue's default is 3. */
  readonly stepSize: number;
  /** Seconds until the next round. MultiKueue's default is 300. */
  readonly roundS: number;
}

/** MultiKueue's incremental dispatcher as it is delivered. */
export const INCREMENTAL_DISPATCH: DispatchRule = { stepSize: 3, roundS: 300 };

/**
 * The clusters a workload is offered to after one more look: those of earlier rounds stay, and the next few
 * join them once the present round has passed.
 *
 * @param clusters all worker clusters in the order of the configuration
 * @param nominated those the workload is offered to, in the order they were named
 * @param sinceS seconds since the present round began
 * @see kubernetes-sigs/kueue pkg/controller/workloaddispatcher/incrementaldispatcher.go
 */
export function nominateNext(
  clusters: readonly string[],
  nominated: readonly string[],
  sinceS: number,
  rule: DispatchRule = INCREMENTAL_DISPATCH,
): readonly string[] {
  if (nominated.length > 0 && sinceS < rule.roundS) return nominated;
  const taken = new Set(nominated);
  const next = clusters.filter((cluster) => !taken.has(cluster)).slice(0, rule.stepSize);
  return [...nominated, ...next];
}
