import { acceptanceOf, nodeKindOf } from "../../../cluster/partitions/gpu-acceptance.js";
import type { NodeSpec } from "../../../cluster/spec.js";
import { gangGpuMilli } from "../../../policy/gang/gang-gpu-milli.js";
import type { JobTable, PodRequest } from "../../../workload/job-table.js";
import { runsAtStart } from "../../../workload/running-on-columns.js";

const GPU_MILLI = 1000;

/**
 * Thresholds of the functions that turn the GPUs a worker takes of a node into a part of that node which no packing
 * can undercut: a worker above 1 - λ has the node for itself, one below λ counts nothing.
 */
const NODE_THRESHOLDS = [0.5, 0.3] as const;

/** What a job takes at least while it runs, wherever it runs; one kind of unit. */
export interface Taking {
  /** `GPUs`, or nodes by a threshold. */
  readonly unit: string;
  /** By job: units held by its whole gang. */
  readonly byJob: Float64Array;
  /** By group: units one node has. */
  readonly byGroup: readonly number[];
}

/** The jobs of one run as the bound sees them. */
export interface Demand {
  /** Jobs that count in percentiles. */
  readonly count: number;
  readonly submitS: Float64Array;
  /** Shortest time each of them can run. */
  readonly runS: Float64Array;
  /** Bit g is set when group g can hold the workers of the job; 0: no group can. */
  readonly accepts: Int32Array;
  readonly takings: readonly Taking[];
  readonly lastSubmitS: number;
}

/** Where the jobs of a demand may run. */
export interface DemandSetting {
  /** One node of every group; undefined for a group without nodes. At most 30. */
  readonly nodes: readonly (NodeSpec | undefined)[];
  /** False where GPUs are counted in one pool, and nodes do not matter. */
  readonly isByNode: boolean;
  /** Highest speed a job can have, over that of its duration. */
  readonly speedMax: number;
  /** Jobs before this second count in no figure. */
  readonly fromS: number;
}

/** Most groups whose sets are told apart; more are taken as able to hold everything together. */
export const GROUPS_TOLD_APART = 30;

/**
 * What every job takes at least.
 *
 * Everything is an underestimate: the smallest MIG instance that will do, the highest speed, nothing for CPU and
 * memory, nothing for elastic jobs, which may shrink.
 */
export function demandOf(jobs: JobTable, setting: DemandSetting): Demand {
  const { nodes, isByNode, speedMax, fromS } = setting;
  const rows: number[] = [];
  for (let job = 0; job < jobs.count; job++) {
    if (!runsAtStart(jobs, job) && jobs.submitS[job]! >= fromS) rows.push(job);
  }
  const shapes = jobs.shapes.map((shape) => shapeTakings(shape, nodes));
  const everywhere = nodes.reduce((mask, _, group) => mask | (1 << group), 0);
  const pick = (value: (job: number) => number): Float64Array => Float64Array.from(rows, value);
  const gangOf = (job: number): number => (isElastic(jobs, job) ? 0 : jobs.workers[job]!);
  const gpus = pick((job) => {
    if (isElastic(jobs, job)) return 0;
    const asked = gangGpuMilli(jobs, job) / GPU_MILLI;
    return isByNode ? Math.min(gangOf(job) * shapes[jobs.shape[job]!]!.gpus, asked) : asked;
  });
  const byNodes = NODE_THRESHOLDS.map((_, index) =>
    pick((job) => gangOf(job) * shapes[jobs.shape[job]!]!.nodes[index]!),
  );
  const gpusOf = nodes.map((node) => node?.gpuCount ?? 0);
  return {
    count: rows.length,
    submitS: pick((job) => jobs.submitS[job]!),
    runS: pick((job) => jobs.durationS[job]! / speedMax),
    accepts: Int32Array.from(rows, (job) =>
      isByNode ? shapes[jobs.shape[job]!]!.accepts : everywhere,
    ),
    takings: [
      { unit: "GPUs", byJob: gpus, byGroup: gpusOf },
      ...(isByNode
        ? byNodes.map((byJob) => ({
            unit: "nodes",
            byJob,
            byGroup: nodes.map((node) => (node === undefined ? 0 : 1)),
          }))
        : []),
    ],
    lastSubmitS: rows.length === 0 ? 0 : jobs.submitS[rows.at(-1)!]!,
  };
}

function isElastic(jobs: JobTable, job: number): boolean {
  const workers = jobs.workers[job]!;
  return (
    (jobs.workersMin !== undefined && jobs.workersMin[job] !== workers) ||
    (jobs.workersMax !== undefined && jobs.workersMax[job] !== workers)
  );
}

interface ShapeTakings {
  readonly accepts: number;
  /** GPUs one worker takes at least, over the groups that can hold it. */
  readonly gpus: number;
  /** The same in parts of a node, by threshold. */
  readonly nodes: readonly number[];
}

function shapeTakings(shape: PodRequest, nodes: readonly (NodeSpec | undefined)[]): ShapeTakings {
  let accepts = 0;
  let least = Infinity;
  const parts: number[] = NODE_THRESHOLDS.map(() => Infinity);
  nodes.forEach((node, group) => {
    const gpus = node === undefined ? undefined : gpusTaken(shape, node);
    if (gpus === undefined) return;
    accepts |= 1 << group;
    least = Math.min(least, gpus);
    const share = node!.gpuCount === 0 ? 0 : gpus / node!.gpuCount;
    NODE_THRESHOLDS.forEach((threshold, index) => {
      parts[index] = Math.min(parts[index]!, partOfNode(share, threshold));
    });
  });
  if (accepts === 0) return { accepts, gpus: 0, nodes: parts.map(() => 0) };
  return { accepts, gpus: least, nodes: parts };
}

/** Parts of workers that stand on one node together never sum to more than 1 (Martello and Toth 1990). */
function partOfNode(share: number, threshold: number): number {
  if (share > 1 - threshold) return 1;
  return share >= threshold ? share : 0;
}

/** GPUs that one worker holds at least on a node of the group; undefined when the node cannot hold it. */
function gpusTaken(shape: PodRequest, node: NodeSpec): number | undefined {
  const { cpuMilli, memoryBytes, gpuCount, gpuModels } = shape;
  if (cpuMilli > node.cpuMilli || memoryBytes > node.memoryBytes) return undefined;
  if (gpuCount === 0) return 0;
  if (gpuModels.length > 0 && !gpuModels.includes(node.gpuModel)) return undefined;
  const kind = nodeKindOf(node);
  const { gpuMilli, profiles, replica } = acceptanceOf(shape, kind);
  if (gpuMilli > 0) {
    return gpuCount > node.gpuCount ? undefined : (gpuCount * gpuMilli) / GPU_MILLI;
  }
  if (profiles.length > 0 && kind.table !== undefined) {
    const { geometry } = kind.table;
    const slices = Math.min(...profiles.map((index) => geometry.profiles[index]!.computeSlices));
    return (gpuCount * slices) / geometry.computeSlices;
  }
  return replica ? 1 / kind.replicas : undefined;
}
