import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { ReadonlyNumbers } from "../readonly-numbers.js";
import type { Acceptance } from "./acceptance.js";
import type { GpuMode, GpuService, MigInstance } from "./partitioning.js";

/** What a policy may see of how GPUs are handed out. */
export interface PartitionView {
  /** True when some node has a mode of its own. */
  readonly isUsed: boolean;
  /** True when some node may change its MIG layout. */
  readonly isDynamic: boolean;
  modeOf(node: number): GpuMode;
  /**
   * True for modes whose GPUs are handed out in parts of their own: MIG, time-slicing, MPS. The columns of
   * whole GPUs and thousandths then read 0 for the node.
   */
  hasParts(node: number): boolean;
  /** Pods of the shape that the GPUs of the node take now; CPU, memory and model are not looked at. */
  podsOn(node: number, request: PodRequest): number;
  /** True when the GPUs of the node would do for the shape, were they free. */
  suits(node: number, request: PodRequest): boolean;
  /**
   * Profile positions of the pod's preferences on a MIG node, and whether a replica will do, for measuring what
   * idle parts could be used for.
   */
  acceptanceOn(node: number, request: PodRequest): Acceptance;
  /** Thousandths of each GPU that the pod takes on a node without parts; 0 when such a GPU will not do. */
  gpuMilliOn(node: number, request: PodRequest): number;
  /** True when exactly these GPUs (indexes within the node, repeated for several parts) have the parts free. */
  canTake(node: number, request: PodRequest, gpus: ReadonlyNumbers): boolean;
  /**
   * Position of the part that the pod would get next of a GPU in the order it prefers parts, counted from
   * 0; -1 when none is free. For nodes with parts.
   *
   * @param gpu index within the node
   * @param taken parts of this GPU already promised to the same pod
   */
  preferenceOn(node: number, gpu: number, request: PodRequest, taken: number): number;
  /** Idle compute of a GPU with parts, in thousandths, rounded down; 0 when it is closed. */
  idleMilliOf(node: number, gpu: number): number;
  /** Idle compute of a GPU with parts in thousandths, closed or not; not rounded. */
  idleMilliExactly(node: number, gpu: number): number;
  /** Sum of `idleMilliOf` over the node. */
  idleMilliOn(node: number): number;
  /** Instances of a MIG GPU; empty for other modes. */
  instancesOf(node: number, gpu: number): readonly MigInstance[];
  /** The layout a MIG GPU is being cut into; empty when it is not being cut. */
  nextLayoutOf(node: number, gpu: number): readonly MigPlacement[];
  serviceOf(node: number, gpu: number): GpuService;
  /** Pods on a GPU with parts: busy instances or replicas. */
  busyPartsOf(node: number, gpu: number): number;
}
