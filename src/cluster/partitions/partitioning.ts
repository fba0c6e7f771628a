import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { ReadonlyNumbers } from "../view.js";
import type { Acceptance } from "./acceptance.js";

/** How the MIG layout of idle GPUs may change while the cluster runs. */
export interface Repartitioning {
  /** Seconds from the decision until the new instances can be used; > 0. */
  readonly durationS: number;
  /**
   * Seconds a job waits for a profile before a GPU that is in use is drained for it; absent never drains,
   * so that only GPUs that happen to be idle change.
   */
  readonly drainAfterS?: number;
  /** GPUs of a node that may be draining or changing at once; ≥ 1. */
  readonly gpusAtOnceMax: number;
}

/**
 * How the GPUs of a node are handed out; explicit, one way per node.
 *
 * - `whole`: whole GPUs only; a pod that asks for a share gets a whole one
 * - `mig`: instances of a layout, one layout per GPU; no whole GPUs
 * - `time-slicing`: `replicas` pods per GPU take turns; memory is not divided
 * - `mps`: `replicas` pods per GPU run side by side, each with 1 / replicas of memory and compute
 *
 * A node without one hands out whole GPUs and thousandths of them (openb semantics).
 */
export type NodePartitioning =
  | { readonly mode: "whole" }
  | {
      readonly mode: "mig";
      /**
       * One layout per GPU, in order; `by-demand` leaves them to `planLayouts`, which must have given them
       * before a cluster is made.
       */
      readonly layouts: readonly (readonly MigPlacement[])[] | "by-demand";
      /** Absent: the layouts stay as they are. */
      readonly repartitioning?: Repartitioning;
    }
  | {
      readonly mode: "time-slicing" | "mps";
      readonly replicas: number;
      /**
       * Measured slowdown by neighbours beyond the division of compute, by number of pods on the GPU; absent
       * or empty: none. Only models of speed look at it.
       */
      readonly contention?: readonly {
        readonly processes: number;
        readonly slowdown: number;
      }[];
    };

/** The mode of a node; `open` hands out whole GPUs and thousandths. */
export type GpuMode = "open" | NodePartitioning["mode"];

/** Most pods of one GPU under MPS. Source: k8s-device-plugin README, "48 clients" (Volta and later). */
export const MPS_CLIENTS_MAX = 48;

/** Where a GPU stands between serving pods and changing its layout. */
export type GpuService = "in-service" | "draining" | "repartitioning";

/** One instance of a MIG GPU as it is now. */
export interface MigInstance {
  readonly profile: string;
  readonly start: number;
  readonly isBusy: boolean;
}

/** What a running pod holds of a GPU that is handed out in parts. */
export interface HeldPart {
  readonly node: number;
  /** Index within the node. */
  readonly gpu: number;
  readonly mode: "mig" | "time-slicing" | "mps";
  /** Profile of the instance; undefined for a replica. */
  readonly profile: string | undefined;
}

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
