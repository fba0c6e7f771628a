import type { RandomStreams } from "../../engine/streams.js";
import type { OpenbNode, OpenbPods } from "../../workload/openb.js";

/** Rows of the lists in the order of one replay. */
export interface ReplayOrder {
  /** Rows of the pod list in arrival order. */
  readonly arrivals: Int32Array;
  /** Rows of the node list in the order that breaks ties. */
  readonly nodeOrder: Int32Array;
}

/** GPU demand to offer, as a share of the cluster's GPU capacity. */
const DEMAND_SHARE = 1.3;

/**
 * Draws an arrival order and a node order by the rules of the FGD study, from this project's own streams.
 *
 * Pods are sorted by name and shuffled. While they ask for less than 130 % of the GPU capacity, pods
 * drawn from the name-sorted list are appended; while they ask for more, drawn pods are removed.
 * Source of the rules: FGD artifact, TunePodsByNodeTotalResource and SortClusterPods. The draws differ
 * from the published ones, so results compare in distribution, not digit by digit.
 */
export function drawOrder(
  nodes: readonly OpenbNode[],
  pods: OpenbPods,
  streams: RandomStreams,
): ReplayOrder {
  const random = streams.stream("replay/arrivals");
  const sorted = sortedByName(pods.names);
  const shuffled = Int32Array.from(sorted);
  random.shuffle(shuffled);
  const capacityMilli = nodes.reduce((sum, node) => sum + node.gpuCount * 1000, 0);
  const targetMilli = DEMAND_SHARE * capacityMilli;
  const arrivals = Array.from(shuffled);
  const gpuMilliOf = (row: number): number => {
    const { gpuCount, gpuMilli } = pods.shapes[pods.shape[row]!]!;
    return gpuCount * gpuMilli;
  };
  let total = arrivals.reduce((sum, row) => sum + gpuMilliOf(row), 0);
  // Without demand for GPUs appending would never reach the target.
  if (total > 0 && total < targetMilli) {
    for (;;) {
      const row = sorted[random.integerBelow(sorted.length)]!;
      // The published rule looks at the share per GPU, not times the number of GPUs.
      if (total + pods.shapes[pods.shape[row]!]!.gpuMilli > targetMilli) break;
      arrivals.push(row);
      total += gpuMilliOf(row);
    }
  } else {
    while (total > targetMilli) {
      const [row] = arrivals.splice(random.integerBelow(arrivals.length), 1);
      total -= gpuMilliOf(row!);
    }
  }
  const nodeOrder = Int32Array.from(sortedByName(nodes.map((node) => node.name)));
  streams.stream("replay/nodes").shuffle(nodeOrder);
  return { arrivals: Int32Array.from(arrivals), nodeOrder };
}

function sortedByName(names: readonly string[]): number[] {
  return names
    .map((_name, row) => row)
    .sort((a, b) => (names[a]! < names[b]! ? -1 : names[a]! > names[b]! ? 1 : 0));
}
