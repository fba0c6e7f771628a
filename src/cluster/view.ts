import type { PodRequest } from "../workload/job-table.js";
import type { MigPlacement } from "../hardware/mig/mig-geometry.js";
import type { PartitionView } from "./partitions/partition-view.js";
import type { HeldPart } from "./partitions/partitioning.js";
import type { ReadonlyNumbers } from "./readonly-numbers.js";
import type { ClusterSpec } from "./spec.js";

export type { ReadonlyNumbers };

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
  /** Free thousandths per GPU, 0..1000; 0 for GPUs that are handed out in parts (`partitions.hasParts`). */
  readonly gpuMilliFree: ReadonlyNumbers;
  /** Sum of gpuMilliFree per node; idle compute of its GPUs, rounded down, where they are handed out in parts. */
  readonly nodeGpuMilliFree: ReadonlyNumbers;
  /** Wholly free GPUs per node; 0 where GPUs are handed out in parts. */
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
  /** Thousandths of a GPU given away, over the whole cluster; parts of a GPU count by their compute. */
  readonly gpuMilliUsed: number;
  /** How GPUs are handed out, node by node. */
  readonly partitions: PartitionView;
  /** 1 for a node out of service: what is not given away on it is not free either. */
  readonly nodeClosed: ReadonlyNumbers;
  /** 1 for a GPU out of service by itself; those of a closed node are not marked. */
  readonly gpuClosed: ReadonlyNumbers;
  /** Thousandths of a GPU that are neither free nor given away, because node or GPU is out of service. */
  readonly gpuMilliOut: number;
  /** The same per GPU. */
  readonly gpuMilliAside: ReadonlyNumbers;
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
  /** Hands `visit` every part that a live allocation holds on a node with parts; nothing on other nodes. */
  forEachPart(handle: number, visit: (part: HeldPart) => void): void;
  /** Keeps new pods off a MIG GPU (index within the node) until its layout changes or `undrainGpu`. */
  drainGpu(node: number, gpu: number): void;
  undrainGpu(node: number, gpu: number): void;
  /**
   * Takes a MIG GPU out of service for a new layout; `finishRepartition` puts that in place.
   *
   * @throws InvariantError when an instance of it is busy, or the layout is not in the placement table
   */
  beginRepartition(node: number, gpu: number, layout: readonly MigPlacement[]): void;
  finishRepartition(node: number, gpu: number): void;
  /**
   * Takes a node out of service: its free capacity is free no more, nor is what its pods release later.
   * Pods on it stay. Harmless for a node that is closed.
   */
  closeNode(node: number): void;
  /** Puts a closed node back into service, except its closed GPUs. */
  openNode(node: number): void;
  /** Like `closeNode`, for GPUs of one node by their index within it. */
  closeGpus(node: number, gpus: readonly number[]): void;
  /** Puts closed GPUs back into service; they become free when their node is not closed. */
  openGpus(node: number, gpus: readonly number[]): void;
  /** Recomputes every derived column and throws InvariantError on the first difference. */
  checkInvariants(): void;
}
