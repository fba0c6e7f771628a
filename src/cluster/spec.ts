import type { NodePartitioning } from "./partitions/partitioning.js";

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
  /** Labels that jobs may select; absent: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How its GPUs are handed out; absent: whole, and in thousandths. */
  readonly partitioning?: NodePartitioning;
  /** Memory of one GPU in bytes; absent when nobody said. */
  readonly gpuMemoryBytes?: number;
  /**
   * Name of the node's domain at each level of the cluster's topology, in the order of its levels, such as
   * `["block-0", "rack-3"]`. Equal names in different domains of the level above are different domains.
   */
  readonly domains?: readonly string[];
  /**
   * Groups of the node's GPUs that are closer to each other than to the others, tightest kind of group first:
   * NVLink pairs, then PCIe switches, then NUMA halves. Every kind is a list of groups, every group a list of
   * GPU indexes within the node; a GPU that a kind does not mention is alone in it. Each group lies inside one
   * group of the next kind. Absent: all GPUs are alike, as behind an NVSwitch.
   */
  readonly gpuDomains?: readonly (readonly (readonly number[])[])[];
}

/** How nodes are grouped: blocks, racks, NVLink domains. The node itself, `host`, is always the lowest level. */
export interface TopologySpec {
  /** Names of the levels above the node, widest first, such as `["block", "rack"]`. */
  readonly levels: readonly string[];
}

/** The cluster as the simulation receives it. Order of nodes is the order in which ties are broken. */
export interface ClusterSpec {
  readonly nodes: readonly NodeSpec[];
  /** Present when nodes are grouped; every node then has `domains`. */
  readonly topology?: TopologySpec;
}
