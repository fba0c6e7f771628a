import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";

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
