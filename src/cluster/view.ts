import type { PodRequest } from "../workload/job-table.js";
import type { ClusterSpec } from "./spec.js";

/** Numbers that may be read and not written: typed arrays inside, this outside. */
export interface ReadonlyNumbers {
  readonly length: number;
  readonly [index: number]: number;
}

/**
 * What a policy may see of the cluster. Nodes are numbered 0..nodeCount-1 in spec order; the GPUs of
 * node n are gpuOffset[n]..gpuOffset[n+1]-1 in the per-GPU columns.
 */
export interface ClusterView {
  readonly spec: ClusterSpec;
  readonly nodeCount: number;
  /** Sum over nodes. */
  readonly gpuCount: number;
  /** Length nodeCount + 1. */
  readonly gpuOffset: ReadonlyNumbers;
  readonly cpuMilliFree: ReadonlyNumbers;
  readonly memoryBytesFree: ReadonlyNumbers;
  readonly podsFree: ReadonlyNumbers;
  /** Free thousandths per GPU, 0..1000. */
  readonly gpuMilliFree: ReadonlyNumbers;
  /** Sum of gpuMilliFree per node. */
  readonly nodeGpuMilliFree: ReadonlyNumbers;
  /** Wholly free GPUs per node. */
  readonly nodeGpusWhole: ReadonlyNumbers;
  /** Index of the node's GPU model in `gpuModels`; -1 for a node without GPUs. */
  readonly nodeModel: ReadonlyNumbers;
  readonly gpuModels: readonly string[];
  /**
   * CPU the node's pods count for in the kube scorers: the request, or kube's default where a pod asks
   * for none (`nonzeroCpuMilli`). Filters never look at it.
   */
  readonly nonzeroCpuMilliUsed: ReadonlyNumbers;
  /** Like `nonzeroCpuMilliUsed`, for memory. */
  readonly nonzeroMemoryBytesUsed: ReadonlyNumbers;
  /**
   * Pods running on node n by what they hold of its GPUs, at `n * gpuKindStride + kind`: kind 0 holds
   * a part of one GPU, kind k holds k whole GPUs. CPU-only pods are not counted.
   */
  readonly podsByGpuKind: ReadonlyNumbers;
  /** Most GPUs of any node, plus one. */
  readonly gpuKindStride: number;
  /** How many kinds have at least one pod on the node. */
  readonly nodeGpuKinds: ReadonlyNumbers;
  /** Goes up by one with every change of a node. */
  readonly revision: number;
  /** Revision at which each node last changed. */
  readonly nodeRevision: ReadonlyNumbers;
  /**
   * Copies the distinct nodes changed after `revision` into `out` and returns how many; -1 when the
   * change log no longer reaches back that far (then treat every node as changed).
   */
  changedSince(revision: number, out: Int32Array): number;
  /** Thousandths of a GPU given away, over the whole cluster. */
  readonly gpuMilliUsed: number;
}

/** What only the simulation may hold: the one writer of occupancy. */
export interface ClusterState extends ClusterView {
  /**
   * Occupies a node for one pod. `gpus` are indexes within the node, `request.gpuCount` of them.
   *
   * @returns a handle for `release`
   * @throws InvariantError when the plan does not fit: a policy bug, never a normal refusal
   */
  allocate(node: number, request: PodRequest, gpus: ReadonlyNumbers): number;
  /** @throws InvariantError when the handle is not live */
  release(handle: number): void;
  /** Recomputes every derived column and throws InvariantError on the first difference. */
  checkInvariants(): void;
}
