import { createCluster } from "../../cluster/cluster.js";
import { createFragmentation } from "../../cluster/fragmentation.js";
import { typicalPods, type TypicalPod } from "../../cluster/idle-classes.js";
import { createRandomStreams } from "../../engine/streams.js";
import { createPlacer } from "../../policy/placement/placer.js";
import type { PlacementPolicy } from "../../policy/placement/policy.js";
import type { Placer } from "../../policy/placement/types.js";
import type { OpenbNode, OpenbPods } from "../../workload/openb.js";
import { drawOrder, type ReplayOrder } from "./arrival-order.js";
import { createCurveRecorder, type DiscreteCurves } from "./discrete-curves.js";

/** What a replay is made of. */
export interface ReplayInput {
  readonly nodes: readonly OpenbNode[];
  readonly pods: OpenbPods;
  /** Name of the pod list, for the result. */
  readonly workload: string;
  readonly policy: PlacementPolicy;
  readonly seed: number;
  /** A given arrival and node order; drawn from the seed when absent. */
  readonly order?: ReplayOrder;
  /** True also counts why pods were refused. */
  readonly explainRefusals?: boolean;
}

/** The document `headroom replay openb --json` prints. */
export interface ReplayResult extends DiscreteCurves {
  readonly policy: string;
  readonly workload: string;
  readonly seed: number;
  /** Pods that arrived. */
  readonly pods: number;
  /** Given to pods at the end, in thousandths of a GPU. */
  readonly usedGpuMilli: number;
  readonly failedPods: number;
}

/** Besides the document: what tests and the human summary look at. */
export interface ReplayOutcome {
  readonly result: ReplayResult;
  readonly typicalPods: readonly TypicalPod[];
  /** Row of the node list that each arrival went to, in arrival order; -1 when refused. */
  readonly placements: Int32Array;
  /** Row of the pod list of each arrival. */
  readonly arrivals: Int32Array;
  /** Rows of the node list in the order that broke ties. */
  readonly nodeOrder: Int32Array;
  /** Refused pods by the placer's reason; empty unless asked for. */
  readonly refusals: ReadonlyMap<string, number>;
}

/**
 * Replays an openb pod list open-loop: pods arrive one after the other, time plays no part, nothing
 * departs, a pod that fits nowhere is dropped. This is the experiment of the FGD study.
 *
 * @throws RangeError when the cluster has no GPU
 */
export function replayOpenb(input: ReplayInput): ReplayOutcome {
  const { nodes, pods, policy, seed } = input;
  const streams = createRandomStreams(seed);
  const { arrivals, nodeOrder } = input.order ?? drawOrder(nodes, pods, streams);
  const cluster = createCluster({ nodes: Array.from(nodeOrder, (row) => nodes[row]!) });
  if (cluster.gpuCount === 0) throw new RangeError("replay: the node list has no GPUs");
  const typical = typicalPods(countShapes(pods));
  const fragmentation = createFragmentation(cluster, typical);
  const placer = createPlacer(policy, cluster, pods.shapes, {
    random: streams.stream("replay/placement"),
    fragmentation,
  });
  const recorder = createCurveRecorder(cluster.gpuCount, arrivals.length);
  const placements = new Int32Array(arrivals.length).fill(-1);
  const refusals = new Map<string, number>();
  let arrivedMilli = 0;
  let failedPods = 0;
  for (let i = 0; i < arrivals.length; i += 1) {
    const shape = pods.shape[arrivals[i]!]!;
    const request = pods.shapes[shape]!;
    const node = placer.choose(shape);
    if (node >= 0) {
      cluster.allocate(node, request, placer.gpus);
      placements[i] = nodeOrder[node]!;
      fragmentation.refresh();
    } else {
      failedPods += 1;
      if (input.explainRefusals === true) countRefusal(placer, shape, refusals);
    }
    arrivedMilli += request.gpuCount * request.gpuMilli;
    recorder.record({
      arrivedMilli,
      usedMilli: cluster.gpuMilliUsed,
      fragmentMilli: fragmentation.amountMilli,
    });
  }
  const result: ReplayResult = {
    policy: policy.name,
    workload: input.workload,
    seed,
    pods: arrivals.length,
    usedGpuMilli: cluster.gpuMilliUsed,
    failedPods,
    ...recorder.curves(),
  };
  return { result, typicalPods: typical, placements, arrivals, nodeOrder, refusals };
}

function countShapes(pods: OpenbPods): { request: OpenbPods["shapes"][number]; count: number }[] {
  const counts = new Array<number>(pods.shapes.length).fill(0);
  for (const shape of pods.shape) counts[shape]! += 1;
  return pods.shapes.map((request, shape) => ({ request, count: counts[shape]! }));
}

function countRefusal(placer: Placer, shape: number, refusals: Map<string, number>): void {
  const { reason } = placer.explain(shape);
  refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
}
