import { nodeKindOf } from "../../cluster/partitions/gpu-acceptance.js";
import type { ClusterSpec, NodeSpec } from "../../cluster/spec.js";
import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import { migTableOf } from "../../hardware/mig/find-mig-geometry.js";
import { migGeometryOf } from "../../hardware/mig/find-mig-geometry.js";
import type { JobTable } from "../../workload/job-table.js";
import { fillLayout, type OpenLayout } from "./fill-layout.js";
import { wantedProfiles } from "./wanted-profiles.js";

/** Nodes whose layouts are to follow the demand of one set of jobs. */
interface LayoutGroup {
  readonly weights: readonly number[];
  readonly counts: number[];
}

/**
 * Gives every MIG node that asks for `by-demand` its layouts, one per GPU.
 *
 * GPUs are filled one after the other in proportion to the instance-seconds that the jobs ask for
 * (`fillLayout`), all nodes of a GPU model together. In a cluster with partitions of its own a node follows
 * the jobs of its partition. The jobs of the run are the expected mix: whoever plans for another mix gives
 * layouts.
 */
export function planLayouts(cluster: ClusterSpec, jobs: JobTable): ClusterSpec {
  const isByDemand = ({ partitioning }: NodeSpec): boolean =>
    partitioning?.mode === "mig" && partitioning.layouts === "by-demand";
  if (!cluster.nodes.some(isByDemand)) return cluster;
  const hasPartitions = cluster.nodes.some(({ partition = "" }) => partition !== "");
  const groups = new Map<string, LayoutGroup>();
  const groupOf = (node: NodeSpec): LayoutGroup => {
    const partition = hasPartitions ? (node.partition ?? "") : "";
    const key = `${node.gpuModel}|${partition}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const isOfPartition = (job: number): boolean =>
      !hasPartitions || jobs.partitionNames[jobs.partition[job]!] === partition;
    const { weights } = wantedProfiles(nodeKindOf(node), jobs, isOfPartition);
    const group = { weights, counts: weights.map(() => 0) };
    groups.set(key, group);
    return group;
  };
  return {
    ...cluster,
    nodes: cluster.nodes.map((node) => {
      if (node.partitioning?.mode !== "mig" || !isByDemand(node)) return node;
      const group = groupOf(node);
      const layouts = Array.from({ length: node.gpuCount }, () => layoutFor(node, group));
      return { ...node, partitioning: { ...node.partitioning, layouts } };
    }),
  };
}

function layoutFor(
  { gpuModel }: NodeSpec,
  { weights, counts }: LayoutGroup,
): readonly MigPlacement[] {
  const layout: OpenLayout = { placements: [], occupancy: 0 };
  fillLayout(migTableOf(migGeometryOf(gpuModel)!), layout, weights, counts);
  return layout.placements;
}
