import type { CollectiveFabric, CollectiveNode } from "./types.js";

/**
 * Share of an adapter's line rate that collectives reach with RDMA: NCCL plans 48, 24 and 12 GB/s for
 * adapters of 50, 25 and 12.5 GB/s. Published beside it: 0.97 (EFA), acceptance limits of 0.90 to 0.95
 * (InfiniBand, Azure).
 */
export const RDMA_LINE_SHARE = 0.96;

/** Share reached over TCP: "not more than 60 % of wire" (NVIDIA/nccl issue 209, 2019, adapters of 32 Gb/s). */
export const TCP_LINE_SHARE = 0.6;

/** What the network between some nodes carries for one operation. */
export interface NetworkRates {
  /** Adapters in use on the node with the fewest: one ring passes through each. */
  readonly channels: number;
  /** Bytes per second of all rings together, one direction. */
  readonly ringBytesPerS: number;
  /** Bytes per second out of each node, in the order asked, when no leaf uplink is in the way. */
  readonly nodeBytesPerS: readonly number[];
  /** Per node the bytes per second it may send to other leaves; undefined where all share one leaf. */
  readonly crossLeafBytesPerS: readonly number[] | undefined;
  /** Leaf of each node. */
  readonly leaves: readonly (string | number)[];
  /** What an adapter adds to every message. */
  readonly adapterLatencyS: number;
  readonly assumptions: readonly string[];
}

/**
 * Rates of the network over the adapters next to the GPUs in use.
 *
 * A node with half its GPUs in the job uses half its adapters (its rails), rounded up. Between leaf switches
 * the uplink of a leaf carries the adapters below it over the oversubscription.
 *
 * @throws RangeError when the adapters of a node are not known and the fabric does not say
 */
export function networkRates(
  nodes: readonly CollectiveNode[],
  fabric: CollectiveFabric = {},
  networkShare = 1,
): NetworkRates {
  const assumptions: string[] = [];
  if (fabric.adapterLatencyS === undefined) {
    assumptions.push(
      "adapters answer as InfiniBand does: others, such as EFA, take several times longer below some ten MiB",
    );
  }
  const lineShare = fabric.transport === "tcp" ? TCP_LINE_SHARE : RDMA_LINE_SHARE;
  if (fabric.transport === "tcp") {
    assumptions.push(
      "TCP at 60 % of the line rate, the most that was published; its latency not counted",
    );
  }
  const adapters = nodes.map((node) => adaptersOf(node, fabric));
  const used = adapters.map(({ count }, at) => {
    const { gpus, topology } = nodes[at]!;
    return Math.max(1, Math.ceil((count * gpus.length) / topology.gpuCount));
  });
  const share = lineShare * networkShare;
  const nodeBytesPerS = used.map((count, at) => count * adapters[at]!.bytesPerS * share);
  const leaves = leavesOf(nodes, fabric);
  const oversubscription = fabric.oversubscription ?? 1;
  const leavesRails = fabric.isRailOptimised === true && usesDifferentRails(nodes);
  const crossesLeaves = leavesRails || new Set(leaves).size > 1;
  let ringBytesPerS = Math.min(...nodeBytesPerS);
  let crossLeafBytesPerS: readonly number[] | undefined;
  if (crossesLeaves) {
    const onLeaf = new Map<string | number, number>();
    for (const leaf of leaves) onLeaf.set(leaf, 1 + (onLeaf.get(leaf) ?? 0));
    const below = leaves.map((leaf) => onLeaf.get(leaf)!);
    if (fabric.nodesPerLeaf === undefined && oversubscription > 1) {
      assumptions.push(
        "uplinks of a leaf counted for the job's own nodes only: its other nodes are not known",
      );
    }
    const uplinks = adapters.map(({ count: all, bytesPerS }, at) => {
      const nodesBelow = fabric.nodesPerLeaf ?? below[at]!;
      // With rails only the leaves of the adapters in use carry this job.
      const count = leavesRails ? used[at]! : all;
      return (nodesBelow * count * bytesPerS * share) / oversubscription;
    });
    // A ring visits leaf after leaf and leaves each once; between different rails every hop leaves one.
    const rings = leavesRails ? uplinks.map((uplink, at) => uplink / below[at]!) : uplinks;
    ringBytesPerS = Math.min(ringBytesPerS, ...rings);
    crossLeafBytesPerS = uplinks.map((uplink, at) =>
      Math.min(nodeBytesPerS[at]!, uplink / below[at]!),
    );
  }
  return {
    channels: Math.min(...used),
    ringBytesPerS,
    nodeBytesPerS,
    crossLeafBytesPerS,
    leaves,
    adapterLatencyS: fabric.adapterLatencyS ?? 0,
    assumptions,
  };
}

function adaptersOf(
  { topology, gpu }: CollectiveNode,
  fabric: CollectiveFabric,
): { readonly count: number; readonly bytesPerS: number } {
  const { nics } = topology;
  const slowest = nics === undefined ? [] : nics.map(({ bytesPerS }) => bytesPerS);
  const bytesPerS = fabric.nicBytesPerS ?? (slowest.length > 0 ? Math.min(...slowest) : undefined);
  if (bytesPerS === undefined) {
    throw new RangeError(
      `collectives: the network adapters of a node with ${gpu.name} are not known; name fabric.nicBytesPerS (and nicsPerNode, else 1)`,
    );
  }
  const known = nics === undefined || nics.length === 0 ? 1 : nics.length;
  return { count: fabric.nicsPerNode ?? known, bytesPerS };
}

/** True when the job holds GPUs of other numbers on one node than on another, so that their adapters differ. */
function usesDifferentRails(nodes: readonly CollectiveNode[]): boolean {
  const held = nodes.map(({ gpus }) => [...gpus].sort((left, right) => left - right).join());
  return new Set(held).size > 1;
}

/** Leaf of each node: as given, else filled in order. */
function leavesOf(
  nodes: readonly CollectiveNode[],
  { nodesPerLeaf }: CollectiveFabric,
): readonly (string | number)[] {
  return nodes.map(
    ({ leaf }, at) => leaf ?? (nodesPerLeaf === undefined ? 0 : Math.floor(at / nodesPerLeaf)),
  );
}
