import type { ClusterSpec } from "../../cluster/spec.js";
import { createTopologyTree } from "../../policy/gang/topology/topology-tree.js";
import { OUTCOME, type BatchRun, type PlacedPart } from "../../simulation/batch/batch-spec.js";
import type { TopologyLevelResult, TopologyResult } from "./optional-results.js";

const SECONDS_PER_HOUR = 3600;

/** One level, closest first: which domain a GPU is in, and how many workers the largest empty domain holds. */
interface Level {
  readonly name: string;
  /** Number of the domain, in the whole cluster. */
  domainOf(node: number, gpu: number): number;
  /** @param gpus GPUs of one worker */
  workersMax(gpus: number): number;
}

/**
 * How far apart the GPUs of gangs were, by the place each gang had last.
 *
 * A gang is a job with more than one GPU. It has left a level when its GPUs are in several domains of it
 * although one domain, if it were empty, would hold all its workers.
 *
 * @returns undefined where nothing says which nodes or GPUs are close, and for a pool, which has no places
 */
export function topologyResult(run: BatchRun, cluster: ClusterSpec): TopologyResult | undefined {
  const levels = levelsOf(cluster);
  if (levels === undefined) return undefined;
  const sums = levels.map(() => ({ gangs: 0, gpuHours: 0, couldStay: 0, left: 0 }));
  let gangs = 0;
  for (let job = 0; job < run.jobs.count; job += 1) {
    if (Number.isNaN(run.startS[job]!)) continue;
    const parts = run.placementOf(job).filter(({ gpus }) => gpus.length > 0);
    const gpuCount = parts.reduce((sum, { gpus }) => sum + gpus.length, 0);
    if (gpuCount < 2) continue;
    gangs += 1;
    const domains = levels.map((level) => domainCount(level, parts));
    const smallest = domains.indexOf(1);
    sums[smallest]!.gangs += 1;
    sums[smallest]!.gpuHours += (gpuCount * occupiedS(run, job)) / SECONDS_PER_HOUR;
    const worker = workerGpus(run, job, parts);
    levels.forEach((level, index) => {
      if (level.workersMax(worker) < gpuCount / worker) return;
      sums[index]!.couldStay += 1;
      if (domains[index]! > 1) sums[index]!.left += 1;
    });
  }
  if (gangs === 0) return undefined;
  return {
    gangs,
    levels: levels.map(({ name }, index): TopologyLevelResult => ({ name, ...sums[index]! })),
  };
}

/** GPUs of one worker; 1 for a gang whose placement divides it as it likes. */
function workerGpus({ jobs }: BatchRun, job: number, parts: readonly PlacedPart[]): number {
  const { gpuCount } = jobs.shapes[jobs.shape[job]!]!;
  return parts.every(({ gpus }) => gpus.length === gpuCount) ? gpuCount : 1;
}

function occupiedS(run: BatchRun, job: number): number {
  if (run.preemption !== undefined) return run.preemption.occupiedS[job]!;
  const endS = run.outcome[job] === OUTCOME.completed ? run.endS[job]! : run.endOfRunS;
  return endS - run.startS[job]!;
}

function domainCount(level: Level, parts: readonly PlacedPart[]): number {
  const domains = new Set<number>();
  for (const { node, gpus } of parts)
    for (const gpu of gpus) domains.add(level.domainOf(node, gpu));
  return domains.size;
}

function levelsOf(cluster: ClusterSpec): readonly Level[] | undefined {
  const { nodes, topology } = cluster;
  const hasGroups = nodes.some(({ gpuDomains }) => (gpuDomains?.length ?? 0) > 0);
  if (topology === undefined && !hasGroups) return undefined;
  const tree = createTopologyTree(cluster);
  const ofNodes = tree.levels.map(({ name, domainOf, domainCount: count }, index): Level => {
    const known = new Map<number, number>();
    return {
      name: index === tree.levels.length - 1 ? "node" : name,
      domainOf: (node) => domainOf[node]!,
      workersMax(gpus) {
        const workers = known.get(gpus) ?? mostWorkers(cluster, domainOf, count, gpus);
        known.set(gpus, workers);
        return workers;
      },
    };
  });
  const all: Level = { name: "cluster", domainOf: () => 0, workersMax: () => Infinity };
  return [...(hasGroups ? [groupLevel(cluster)] : []), ...ofNodes.reverse(), all];
}

function mostWorkers(
  { nodes }: ClusterSpec,
  domainOf: Int32Array,
  count: number,
  gpus: number,
): number {
  const workers = new Float64Array(count);
  nodes.forEach(({ gpuCount }, node) => {
    workers[domainOf[node]!]! += Math.floor(gpuCount / gpus);
  });
  return workers.reduce((most, room) => Math.max(most, room), 0);
}

/** The tightest groups of GPUs inside nodes; a node whose GPUs are all alike is one group. */
function groupLevel({ nodes }: ClusterSpec): Level {
  let domains = 0;
  let largest = 0;
  const domainOfGpu = nodes.map(({ gpuDomains, gpuCount }) => {
    const groups = gpuDomains?.[0] ?? [Array.from({ length: gpuCount }, (_, gpu) => gpu)];
    const domainOf = new Int32Array(gpuCount).fill(-1);
    for (const group of groups) {
      for (const gpu of group) domainOf[gpu] = domains;
      domains += 1;
      largest = Math.max(largest, group.length);
    }
    // A GPU in no group is alone.
    return domainOf.map((domain) => (domain < 0 ? domains++ : domain));
  });
  return {
    name: "GPU group",
    domainOf: (node, gpu) => domainOfGpu[node]![gpu]!,
    workersMax: (gpus) => Math.floor(largest / gpus),
  };
}
