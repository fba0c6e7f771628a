/**
 * Constants of NCCL's own cost model, as published in its source: times in microseconds, rates in 10⁹ bytes
 * per second, protocols in the order LL, LL128, Simple.
 *
 * Source: NVIDIA/nccl@5067397 src/graph/tuning.cc, src/graph/topo.h and src/graph/search.cc.
 */
export const NCCL_SOURCE = "NVIDIA/nccl@5067397 src/graph/tuning.cc";

/** Protocols, in the order of every triple below. */
export const NCCL_PROTOCOLS = ["LL", "LL128", "Simple"] as const;

/** One protocol of NCCL. */
export type NcclProtocol = (typeof NCCL_PROTOCOLS)[number];

/** Algorithms that are modelled. CollNet is off unless a user turns it on, so it is not among them. */
export type NcclAlgorithm = "Tree" | "Ring" | "NVLS" | "NVLSTree" | "PAT";

/** GPU generations NCCL tells apart. */
export type NcclGeneration = "volta" | "ampere" | "hopper" | "blackwell";

/** What carries a step. */
export type NcclHardware = "nvlink" | "pci" | "net";

type PerProtocol = readonly [ll: number, ll128: number, simple: number];
/** One node, two nodes, more nodes. */
type PerNodeCount = readonly [one: number, two: number, more: number];

/** Time before the first byte moves. */
export const BASE_LATENCY_US: Readonly<Record<NcclAlgorithm, PerProtocol>> = {
  Tree: [6.8, 14, 8.4],
  Ring: [6.6, 14, 8.4],
  NVLS: [0, 0, 0],
  NVLSTree: [0, 0, 0],
  PAT: [8, 8, 8],
};

/** Time of one step. */
export const STEP_LATENCY_US: Readonly<
  Record<NcclHardware, Readonly<Record<NcclAlgorithm, PerProtocol>>>
> = {
  nvlink: {
    Tree: [0.6, 1.25, 4],
    Ring: [0.6, 1.9, 3.4],
    NVLS: [0, 0, 25],
    NVLSTree: [0, 0, 25],
    PAT: [0, 0, 4],
  },
  pci: {
    Tree: [1, 1.9, 4],
    Ring: [1, 2.5, 5.7],
    NVLS: [0, 0, 0],
    NVLSTree: [0, 0, 0],
    PAT: [0, 0, 4],
  },
  net: {
    Tree: [5, 8.5, 14],
    Ring: [2.7, 4, 14],
    NVLS: [0, 0, 18],
    NVLSTree: [0, 0, 20.9],
    PAT: [0, 0, 14],
  },
};

/** Most that LL carries within one node, by GPU. */
export const LL_RATE_ONE_NODE: Readonly<Record<NcclGeneration, number>> = {
  volta: 39,
  ampere: 87.7,
  hopper: 141,
  blackwell: 282,
};

/** Most that LL carries across two and more nodes, by processor. */
export const LL_RATE_NODES: Readonly<
  Record<"amd" | "other", readonly [two: number, more: number]>
> = {
  amd: [22.5, 19],
  other: [39, 20.4],
};

/** Most that LL128 carries per channel in a ring. */
export const RING_LL128_RATE_PER_CHANNEL: Readonly<Record<NcclGeneration, PerNodeCount>> = {
  volta: [20, 20, 20],
  ampere: [20, 20, 20],
  hopper: [36.7, 36.7, 36.7],
  blackwell: [40, 40, 40],
};

/** Most that LL128 carries per channel in a tree. */
export const TREE_LL128_RATE_PER_CHANNEL: Readonly<Record<NcclGeneration, PerNodeCount>> = {
  volta: [20, 20, 20],
  ampere: [20, 20, 20],
  hopper: [36.7, 36.7, 29],
  blackwell: [55.6, 31.67, 20],
};

/** Most that a tree carries per channel. */
export const TREE_RATE_PER_CHANNEL: Readonly<Record<NcclGeneration, PerNodeCount>> = {
  volta: [26.5, 18.5, 10],
  ampere: [24, 23.6, 17.8],
  hopper: [38.7, 41.4, 36],
  blackwell: [70, 42.8, 24],
};

/** Most that a tree over switch reductions carries per channel. */
export const NVLS_TREE_RATE_PER_CHANNEL: Readonly<Record<NcclGeneration, PerNodeCount>> = {
  volta: [26.5, 18.5, 10],
  ampere: [24, 23.6, 17.8],
  hopper: [0, 57.7, 45.5],
  blackwell: [0, 96, 80],
};

/** Share of the link rate that reductions in the switch reach; 0 where the switch cannot reduce. */
export const NVLS_EFFICIENCY: Readonly<Record<NcclGeneration, number>> = {
  volta: 0,
  ampere: 0,
  hopper: 0.85,
  blackwell: 0.74,
};

/** Time to post a network operation; three times that for Simple. */
export const NETWORK_POST_US: Readonly<Record<"intel" | "amd" | "arm" | "unknown", number>> = {
  intel: 1,
  amd: 2,
  arm: 1,
  unknown: 1,
};

/** Share of its rate that a tree reaches, per power of two from 64 B to 512 MB. */
export const TREE_RATE_SHARE: Readonly<Record<NcclProtocol, readonly number[]>> = {
  LL: [
    1, 1, 1, 1, 0.9, 0.8, 0.7, 0.7, 0.7, 0.7, 0.6, 0.5, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1,
    1, 1,
  ],
  LL128: [
    1, 1, 1, 1, 1, 0.9, 0.8, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.8, 0.9, 0.9, 0.9, 0.9,
    1, 1, 1,
  ],
  Simple: [
    0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.8, 0.7, 0.6, 0.6, 0.5, 0.5, 0.5, 0.5, 0.6, 0.7, 0.8, 0.7,
    0.7, 0.8, 0.9, 0.9, 0.9,
  ],
};

/** Rates per channel that NCCL's search tries inside a node, best first. */
export const CHANNEL_RATES: Readonly<
  Record<"default" | "hopper" | "blackwell", readonly number[]>
> = {
  default: [40, 30, 20, 18, 15, 12, 10, 9, 7, 6, 5, 4, 3],
  hopper: [60, 50, 40, 30, 24, 20, 15, 12, 11, 6, 3],
  blackwell: [90, 80, 70, 60, 50, 45, 40, 30, 24, 20, 19, 18],
};

/** Rate of one NVLink as NCCL counts it, by compute capability times ten; the largest key not above counts. */
export const NVLINK_RATES: readonly (readonly [capability: number, rate: number])[] = [
  [100, 40.1],
  [90, 20.6],
  [87, 20],
  [86, 12],
  [70, 20],
  [60, 18],
];

/** Rate of sixteen lanes of PCIe 3 as NCCL counts it; every generation doubles it. */
export const PCIE3_X16_RATE = 12;

/** Traffic between GPUs through an Intel host costs its links this much more. */
export const INTEL_PEER_OVERHEAD = 6 / 5;
