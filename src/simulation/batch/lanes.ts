import { typicalPods, type TypicalPod } from "../../cluster/idle-classes.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { PlacementRandom } from "../../policy/placement/policy.js";
import type { JobTable } from "../../workload/job-table.js";
import type { BatchSpec } from "./batch-spec.js";
import { createLanePlacement } from "./create-gang.js";
import { classifyDemands, type DemandClasses } from "./demand-classes.js";
import { elasticFault } from "./elastic-terms.js";
import type { Lane } from "./lane.js";

/** The lanes of a run, and what each of its jobs asks of its lane. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  readonly classes: DemandClasses;
}

/**
 * Splits the cluster into lanes.
 *
 * With own partitions there is one lane per partition name of the nodes, in order of first appearance;
 * jobs of a partition without nodes have no lane. Shared partitions give one lane with every node.
 *
 * @param randomOf the stream of random draws of a lane, by its name
 */
export function createLanes(spec: BatchSpec, randomOf: (lane: string) => PlacementRandom): Lanes {
  const { cluster, jobs, placement } = spec;
  const partitionOf = (node: NodeSpec): string => node.partition ?? "";
  const mode =
    spec.partitions ?? (cluster.nodes.some((node) => partitionOf(node) !== "") ? "own" : "shared");
  const names = mode === "own" ? [...new Set(cluster.nodes.map(partitionOf))] : [""];
  const laneOfPartition = jobs.partitionNames.map((name) =>
    mode === "own" ? names.indexOf(name) : 0,
  );
  const classes = classifyDemands(jobs, {
    laneOf: (partition) => laneOfPartition[partition]!,
    topology: spec.topology,
    flavorModels: flavorModelsOf(spec),
    isElastic: spec.elastic !== undefined && elasticFault(spec) === undefined,
  });
  const pods = typicalPodsByLane(jobs, classes, names.length);
  const lanes = names.map((name, lane): Lane => {
    const members = cluster.nodes.flatMap((node, index) =>
      mode === "shared" || partitionOf(node) === name ? [index] : [],
    );
    const placed = createLanePlacement({
      placement,
      cluster: { ...cluster, nodes: members.map((index) => cluster.nodes[index]!) },
      shapes: classes.flavors?.shapes ?? jobs.shapes,
      demands: classes,
      gpuSpeeds: spec.gpuSpeeds,
      typicalPods: pods[lane]!,
      random: randomOf(name),
      watchFragmentation: spec.observe?.idleClasses === true,
    });
    return { name, ...placed, nodeMap: Int32Array.from(members) };
  });
  return { lanes, classes };
}

/** GPU models that quotas tell apart. */
function flavorModelsOf({ quotas }: BatchSpec): readonly string[] {
  const models = (quotas?.flavors ?? []).map(({ gpuModel }) => gpuModel);
  return [...new Set(models.filter((model) => model !== undefined))];
}

/** The typical workers of each lane's jobs; those of all jobs for a lane without any. */
function typicalPodsByLane(
  jobs: JobTable,
  classes: DemandClasses,
  laneCount: number,
): (readonly TypicalPod[])[] {
  const countsOf = (inLane: (lane: number) => boolean): readonly TypicalPod[] => {
    const counts = new Float64Array(jobs.shapes.length);
    for (let job = 0; job < jobs.count; job++) {
      if (inLane(classes.lane[classes.classOf[job]!]!))
        counts[jobs.shape[job]!]! += jobs.workers[job]!;
    }
    if (!counts.some((count) => count > 0)) return [];
    return typicalPods(jobs.shapes.map((request, shape) => ({ request, count: counts[shape]! })));
  };
  const everywhere = countsOf(() => true);
  if (laneCount === 1) return [everywhere];
  return Array.from({ length: laneCount }, (_, lane) => {
    const own = countsOf((candidate) => candidate === lane);
    return own.length > 0 ? own : everywhere;
  });
}
