import type { IntraNodeRates } from "./intra-node-rates.js";
import { ncclGpu } from "./nccl-gpu.js";
import { BASE_LATENCY_US, STEP_LATENCY_US } from "./nccl-constants.js";
import type { NetworkRates } from "./network-rates.js";
import type { CollectiveNode } from "./types.js";

/** The nodes of a job with the rates inside and between them. */
export interface HierarchicalPlace {
  readonly nodes: readonly CollectiveNode[];
  readonly intra: readonly IntraNodeRates[];
  readonly network: NetworkRates;
}

const MICRO = 1e-6;
const SIMPLE = 2;

/**
 * Bounds of an all-reduce done level by level: reduce-scatter inside each node, all-reduce of every GPU's
 * part over its own adapter, all-gather inside. `overlapped` when the levels run at once and only the slower
 * counts, `sequential` when they follow each other. Latency is left out: these bound large sizes.
 *
 * Source: stas00/ml-engineering@744d01e network/README.md.
 */
export function hierarchicalAllReduceBounds(
  bytes: number,
  { nodes, intra, network }: HierarchicalPlace,
): { readonly overlappedS: number; readonly sequentialS: number } {
  const nodeCount = nodes.length;
  const insideS = Math.max(
    ...nodes.map(({ gpus }, at) =>
      gpus.length === 1
        ? 0
        : (2 * ((gpus.length - 1) / gpus.length) * bytes) / intra[at]!.ringBytesPerS,
    ),
  );
  const acrossS = (((2 * (nodeCount - 1)) / nodeCount) * bytes) / network.ringBytesPerS;
  return { overlappedS: Math.max(insideS, acrossS), sequentialS: insideS + acrossS };
}

/**
 * Seconds of an all-to-all across nodes: what stays inside goes over the node's own links, the rest over the
 * adapters, both at once; the slower decides. What leaves a leaf switch is held to its uplink.
 *
 * @param bytes everything one GPU sends, its own part included
 */
export function allToAllAcrossNodesS(
  bytes: number,
  { nodes, intra, network }: HierarchicalPlace,
): number {
  const gpuCount = nodes.reduce((sum, { gpus }) => sum + gpus.length, 0);
  const part = bytes / gpuCount;
  const gpusOfLeaf = new Map<string | number, number>();
  nodes.forEach(({ gpus }, at) => {
    const leaf = network.leaves[at]!;
    gpusOfLeaf.set(leaf, gpus.length + (gpusOfLeaf.get(leaf) ?? 0));
  });
  const seconds = nodes.map(({ gpus }, at) => {
    const own = gpus.length;
    const insideS = own === 1 ? 0 : ((own - 1) * part) / intra[at]!.allToAllBytesPerS;
    const outside = own * (gpuCount - own) * part;
    const acrossS = outside / network.nodeBytesPerS[at]!;
    const uplink = network.crossLeafBytesPerS?.[at];
    if (uplink === undefined) return Math.max(insideS, acrossS);
    const sameLeaf = gpusOfLeaf.get(network.leaves[at]!)!;
    return Math.max(insideS, acrossS, (own * (gpuCount - sameLeaf) * part) / uplink);
  });
  return latencyS(nodes, intra) + 2 * network.adapterLatencyS + Math.max(...seconds);
}

/** One step of every kind on the way, in NCCL's Simple protocol. */
function latencyS(nodes: readonly CollectiveNode[], intra: readonly IntraNodeRates[]): number {
  const inside = nodes.some(({ gpus }) => gpus.length > 1);
  const hardware = intra.every(({ isNvlink }) => isNvlink) ? "nvlink" : "pci";
  const stepUs =
    STEP_LATENCY_US.net.Ring[SIMPLE] + (inside ? STEP_LATENCY_US[hardware].Ring[SIMPLE] : 0);
  return (BASE_LATENCY_US.Ring[SIMPLE] + stepUs) * MICRO;
}

/** Adapter rate that one GPU of a node has to itself, for a transfer between two GPUs. */
export function adapterBytesPerS({ nodes, network }: HierarchicalPlace): number {
  return Math.min(
    ...nodes.map((node, at) => {
      const linkBytesPerS = Math.min(
        network.nodeBytesPerS[at]! / node.gpus.length,
        network.crossLeafBytesPerS?.[at] ?? Number.POSITIVE_INFINITY,
      );
      // A single GPU next to several adapters still has its own slot in front of them.
      return Math.min(linkBytesPerS, ncclGpu(node.gpu).pcieBytesPerS);
    }),
  );
}
