/** One node of the cluster as the simulation receives it: resolved, in base units. */
export interface NodeSpec {
  readonly name: string;
  /** Allocatable CPU in thousandths of a core. */
  readonly cpuMilli: number;
  /** Allocatable host memory in bytes. */
  readonly memoryBytes: number;
  /** Pods the node may run at once. */
  readonly podsMax: number;
  readonly gpuCount: number;
  /** GPU model name; "" for a node without GPUs. */
  readonly gpuModel: string;
  /** Partition (virtual cluster) the node belongs to; absent means the default partition "". */
  readonly partition?: string;
}

/** The cluster as the simulation receives it. Order of nodes is the order in which ties are broken. */
export interface ClusterSpec {
  readonly nodes: readonly NodeSpec[];
}
