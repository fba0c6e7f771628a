import type { CountOrShare } from "./budget.js";
import { roundedDown } from "./budget.js";
import { byName } from "./pick-clusters.js";

/** A cluster as stages choose it. */
export interface StagedCluster {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One stage of an update that goes from cluster to cluster. */
export interface UpdateStage {
  readonly name: string;
  /** Clusters whose labels have all of these; absent chooses nobody, empty everybody. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Label whose whole number orders the clusters; absent orders them by name. */
  readonly sortingLabelKey?: string;
  /** Clusters of the stage at once; a share is rounded down, to at least one. Absent: one. */
  readonly maxConcurrency?: CountOrShare;
}

/** The order an update takes, or everything that is wrong with its stages. */
export type StagePlan =
  | {
      readonly stages: readonly { readonly name: string; readonly clusters: readonly string[] }[];
      /** Clusters that no longer shall have the thing, removed after the last stage. */
      readonly removed: readonly string[];
    }
  | { readonly faults: readonly string[] };

/**
 * Orders the clusters of an update.
 *
 * @param wanted clusters that shall have the new version
 * @param unwanted clusters that have an old one and shall have none
 * @see kubefleet-dev/kubefleet pkg/controllers/updaterun/initialization.go
 */
export function planStages(
  stages: readonly UpdateStage[],
  wanted: readonly StagedCluster[],
  unwanted: readonly StagedCluster[] = [],
): StagePlan {
  const faults: string[] = [];
  const stageOf = new Map<string, string>();
  const planned = stages.map((stage) => {
    const chosen = wanted.filter((cluster) => isChosen(cluster, stage));
    for (const { name } of chosen) {
      const other = stageOf.get(name);
      if (other !== undefined)
        faults.push(
          `cluster ${name} is in stage ${other} and in stage ${stage.name}; it can be in one`,
        );
      else stageOf.set(name, stage.name);
    }
    return { name: stage.name, clusters: orderClusters(chosen, stage, faults) };
  });
  for (const { name } of wanted)
    if (!stageOf.has(name)) faults.push(`cluster ${name} is in no stage`);
  if (faults.length > 0) return { faults };
  return { stages: planned, removed: unwanted.map(({ name }) => name).sort(byName) };
}

/** How many clusters of a stage are updated at once. */
export function stageConcurrency(stage: UpdateStage, clusters: number): number {
  return roundedDown(stage.maxConcurrency ?? { count: 1 }, clusters);
}

function isChosen(cluster: StagedCluster, { labels }: UpdateStage): boolean {
  if (labels === undefined) return false;
  return Object.entries(labels).every(([key, value]) => cluster.labels[key] === value);
}

function orderClusters(
  clusters: readonly StagedCluster[],
  { name, sortingLabelKey }: UpdateStage,
  faults: string[],
): readonly string[] {
  const ranked = clusters.map((cluster) => ({
    name: cluster.name,
    rank: sortingLabelKey === undefined ? 0 : Number(cluster.labels[sortingLabelKey] ?? "none"),
  }));
  for (const cluster of ranked) {
    if (!Number.isInteger(cluster.rank))
      faults.push(
        `stage ${name}: label ${sortingLabelKey!} of cluster ${cluster.name} must be a whole number`,
      );
  }
  return ranked
    .sort((left, right) => left.rank - right.rank || byName(left.name, right.name))
    .map((cluster) => cluster.name);
}
