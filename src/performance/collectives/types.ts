import type { GpuSpec } from "../../hardware/gpu-spec.js";
import type { NodeTopology } from "../../hardware/topology.js";

/** Collective operations that are modelled, in the order tables list them. */
export const COLLECTIVE_OPERATIONS = [
  "all-reduce",
  "all-gather",
  "reduce-scatter",
  "all-to-all",
  "send-recv",
] as const;

/** One collective operation. */
export type CollectiveOperation = (typeof COLLECTIVE_OPERATIONS)[number];

/** What a collective needs to know of a GPU model; a record of the catalogue is one. */
export type CollectiveGpu = Pick<GpuSpec, "name" | "computeCapability" | "pcie" | "nvlink">;

/** What is known of the host beyond its topology. */
export interface CollectiveHost {
  readonly cpuVendor?: "intel" | "amd" | "arm";
  /**
   * One direction of the link between two NUMA nodes; absent when unknown. An unknown link is not counted
   * as a bottleneck, and the answer says so.
   */
  readonly numaLinkBytesPerS?: number;
}

/** The GPUs of one node that take part. */
export interface CollectiveNode {
  readonly gpu: CollectiveGpu;
  readonly topology: NodeTopology;
  /** Indices within the node; at least one, no repetition. */
  readonly gpus: readonly number[];
  readonly host?: CollectiveHost;
  /** Leaf switch the node hangs on; nodes fill leaves in order when absent. */
  readonly leaf?: string | number;
}

/** The network between nodes. */
export interface CollectiveFabric {
  /** One direction of one adapter; the topology's when absent. */
  readonly nicBytesPerS?: number;
  /** Adapters per node; the topology's when absent. */
  readonly nicsPerNode?: number;
  /** RDMA moves data between GPU and adapter directly; TCP goes through the host. Default rdma. */
  readonly transport?: "rdma" | "tcp";
  /**
   * Time an adapter adds to every message, beyond the InfiniBand NCCL's constants were measured on; 0 when
   * absent. Decides sizes below some ten MiB: EFA answers several times later.
   */
  readonly adapterLatencyS?: number;
  /** Bandwidth into the leaf switches over bandwidth from them to the spine; 1 (default) is non-blocking. */
  readonly oversubscription?: number;
  /**
   * True when adapters of the same number on all nodes share a leaf switch (a rail). Nodes that hold
   * different GPUs of their kind then meet over the spine. Default false.
   */
  readonly isRailOptimised?: boolean;
  /** Nodes below one leaf switch (of one rail); absent when all nodes share a leaf. */
  readonly nodesPerLeaf?: number;
  /** GPUs of all nodes sit in one NVLink domain (NVL72): the network is not used. */
  readonly isOneNvlinkDomain?: boolean;
}

/** What is asked: how long does this operation take over these GPUs? */
export interface CollectiveQuestion {
  readonly op: CollectiveOperation;
  /**
   * Size as NCCL's own tests count it: all-reduce and send-recv the buffer of one GPU; all-gather the
   * gathered result; reduce-scatter the input of one GPU; all-to-all everything one GPU sends,
   * its own part included.
   */
  readonly bytes: number;
  readonly nodes: readonly CollectiveNode[];
  readonly fabric?: CollectiveFabric;
  /** Share of every network link that is left for this operation, in (0, 1]; 1 when absent. */
  readonly networkShare?: number;
}

/** Which rule gave an answer. */
export type CollectiveMethod = "measured-table" | "nccl-model" | "hierarchical" | "nothing-to-send";

/** How long it takes, and where that comes from. */
export interface CollectiveAnswer {
  readonly seconds: number;
  readonly method: CollectiveMethod;
  /** True outside the sizes, GPU counts or machines that were measured. */
  readonly extrapolated: boolean;
  /** Table or formula, with what was assumed; for reports. */
  readonly source: string;
  /** Algorithm and protocol of the NCCL model, for example "Ring/Simple". */
  readonly algorithm?: string;
}

/** The collective model as other models use it: `collectiveTimeS` in collective-time.ts is one. */
export type CollectiveTimer = (question: CollectiveQuestion) => CollectiveAnswer;
