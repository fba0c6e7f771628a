import type { CollectiveFabric, CollectiveNode, CollectiveTimer } from "../collectives/types.js";

/** Where a gang is, or could be. */
export interface GangPlace {
  readonly nodes: readonly CollectiveNode[];
  readonly fabric?: CollectiveFabric;
  /** Part of every network link that other jobs leave, in (0, 1]; 1 when absent. */
  readonly networkShare?: number;
}

/** How much slower a gang's communication is than at its best placement. */
export interface CommunicationSlowdown {
  /**
   * Time of the gang's all-reduce where it is over its time at the best placement of those given.
   *
   * At least 1 unless the gang found a place that is better than all of them. 1 for a single GPU.
   */
  of(place: GangPlace, best: readonly GangPlace[], messageBytes: number): number;
}

/** Asks the collective model once per kind of place: thousands of equal nodes look alike. */
export function createCommunicationSlowdown(timer: CollectiveTimer): CommunicationSlowdown {
  const kinds = new Map<unknown, number>();
  const known = new Map<string, number>();
  const kindOf = (thing: unknown): number => {
    let kind = kinds.get(thing);
    if (kind === undefined) {
      kind = kinds.size;
      kinds.set(thing, kind);
    }
    return kind;
  };
  const keyOf = ({ nodes, fabric, networkShare = 1 }: GangPlace, bytes: number): string => {
    // Which leaves they are does not matter, only which nodes share one.
    const leaves = [...new Set(nodes.map(({ leaf }) => leaf))];
    const parts = nodes.map(
      ({ gpu, topology, host, leaf, gpus }) =>
        `${kindOf(gpu)}.${kindOf(topology)}.${kindOf(host)}@${leaves.indexOf(leaf)}:${gpus.join(",")}`,
    );
    return [bytes, networkShare, kindOf(fabric), ...parts].join("|");
  };
  const secondsAt = (place: GangPlace, bytes: number): number => {
    const key = keyOf(place, bytes);
    let seconds = known.get(key);
    if (seconds === undefined) {
      seconds = timer({ op: "all-reduce", bytes, ...place }).seconds;
      known.set(key, seconds);
    }
    return seconds;
  };
  return {
    of(place, best, messageBytes) {
      const gpus = place.nodes.reduce((sum, node) => sum + node.gpus.length, 0);
      if (gpus < 2 || best.length === 0) return 1;
      const bestS = Math.min(...best.map((one) => secondsAt(one, messageBytes)));
      return bestS > 0 ? secondsAt(place, messageBytes) / bestS : 1;
    },
  };
}

/**
 * The tightest way to place a gang on nodes of one kind: as many workers to a node as it has GPUs for, on
 * its first GPUs, which are the closest to each other in every topology of the catalogue. Undefined when a
 * node cannot hold one worker.
 *
 * @param gpusPerWorker GPUs of one worker, ≥ 1
 */
export function tightestPlace(
  node: Omit<CollectiveNode, "gpus">,
  workers: number,
  gpusPerWorker: number,
): readonly CollectiveNode[] | undefined {
  const workersPerNode = Math.floor(node.topology.gpuCount / gpusPerWorker);
  if (workersPerNode === 0) return undefined;
  const nodes: CollectiveNode[] = [];
  for (let left = workers; left > 0; left -= workersPerNode) {
    const gpuCount = Math.min(left, workersPerNode) * gpusPerWorker;
    nodes.push({ ...node, gpus: Array.from({ length: gpuCount }, (_, gpu) => gpu) });
  }
  return nodes;
}
