import { readTextFile } from "../../../io/read-file.js";
import { findPlacementPolicy } from "../../../policy/placement/policies.js";
import { replayOpenb, type ReplayResult } from "../../../simulation/replay/replay-openb.js";
import { readOpenbArrivals } from "../../../workload/openb-arrivals.js";
import {
  readOpenbNodes,
  readOpenbPods,
  type OpenbNode,
  type OpenbPods,
} from "../../../workload/openb.js";

/** One replay to do, as plain data that can go to a worker thread. */
export interface ReplayTask {
  readonly nodesFile: string;
  readonly podsFile: string;
  /** A given arrival order; drawn from the seed when absent. */
  readonly arrivalsFile?: string;
  readonly workload: string;
  /** Name in the registry of placement policies. */
  readonly policy: string;
  readonly seed: number;
}

/** A typical pod as the study writes it. */
export interface TypicalPodRow {
  readonly cpu_milli: number;
  readonly gpu_milli: number;
  readonly num_gpu: number;
  readonly gpu_spec: string;
  readonly weight: number;
}

/** The result of a replay with the openings that the golden file holds. */
export interface ReplayReport extends ReplayResult {
  readonly typicalPods: readonly TypicalPodRow[];
  /** Names of the first 20 pods that arrived. */
  readonly firstArrivals: readonly string[];
  /** Names of the nodes they went to; "" for a refused one. */
  readonly firstPlacements: readonly string[];
  /** Names of the first 10 nodes in tie order. */
  readonly firstNodes: readonly string[];
}

/** Lists read so far in this thread; tasks come grouped by list, so a few are enough. */
const nodeLists = new Map<string, Promise<readonly OpenbNode[]>>();
const podLists = new Map<string, Promise<OpenbPods>>();
const LISTS_MAX = 4;

/** Does one replay; lists are read once per thread. */
export async function runReplayTask(task: ReplayTask): Promise<ReplayReport> {
  const nodes = await remembered(nodeLists, task.nodesFile, readOpenbNodes);
  const pods = await remembered(podLists, task.podsFile, readOpenbPods);
  const policy = findPlacementPolicy(task.policy);
  if (policy === undefined)
    throw new RangeError(`validate fgd: there is no policy "${task.policy}"`);
  const given =
    task.arrivalsFile === undefined
      ? undefined
      : readOpenbArrivals(await readTextFile(task.arrivalsFile), task.arrivalsFile, {
          pods: pods.count,
          nodes: nodes.length,
        });
  const { workload, seed } = task;
  const outcome = replayOpenb({
    nodes,
    pods,
    workload,
    policy,
    seed,
    ...(given === undefined ? {} : { order: given }),
  });
  return {
    ...outcome.result,
    typicalPods: outcome.typicalPods.map(({ request, weight }) => ({
      cpu_milli: request.cpuMilli,
      gpu_milli: request.gpuMilli,
      num_gpu: request.gpuCount,
      gpu_spec: request.gpuModels.join("|"),
      weight,
    })),
    firstArrivals: Array.from(outcome.arrivals.subarray(0, 20), (row) => pods.names[row]!),
    firstPlacements: Array.from(outcome.placements.subarray(0, 20), (row) =>
      row < 0 ? "" : nodes[row]!.name,
    ),
    firstNodes: Array.from(outcome.nodeOrder.subarray(0, 10), (row) => nodes[row]!.name),
  };
}

async function remembered<List>(
  lists: Map<string, Promise<List>>,
  file: string,
  read: (text: string, file: string) => List,
): Promise<List> {
  const known = lists.get(file);
  if (known !== undefined) return known;
  if (lists.size >= LISTS_MAX) lists.delete(lists.keys().next().value!);
  const list = readTextFile(file).then((text) => read(text, file));
  lists.set(file, list);
  return list;
}
