import type { RayNodeType } from "../../../../policy/ray/autoscaler.js";
import type { Resources } from "../../../../policy/ray/resource-demand.js";

/** How the bundles of a placement group are spread over nodes. */
export type GroupStrategy = "PACK" | "SPREAD" | "STRICT_PACK" | "STRICT_SPREAD";

/** Tasks that do not depend on each other. */
export interface RayTasksSpec {
  readonly kind: "tasks";
  readonly count: number;
  readonly resources: Resources;
  readonly durationS: number;
  readonly durations: "fixed" | "exponential";
}

/** A placement group, and how long it is used once all of its bundles are there. */
export interface RayGroupSpec {
  readonly kind: "group";
  readonly strategy: GroupStrategy;
  readonly bundles: readonly Resources[];
  readonly durationS: number;
}

/** Training with as many workers as there is room for. */
export interface RayTrainSpec {
  readonly kind: "train";
  readonly workersMin: number;
  readonly workersMax: number;
  readonly perWorker: Resources;
  /** Seconds one worker alone would need; workers share it evenly. */
  readonly workerSeconds: number;
  /** Seconds between two looks at how many workers there could be. Ray Train: 60. */
  readonly monitorS: number;
  /** Seconds without progress when the group is formed anew. */
  readonly restartS: number;
  /** Seconds between checkpoints; a restart falls back to the last one. */
  readonly checkpointS: number;
}

/** Work that is given to a Ray cluster at some time. */
export interface RayWorkSpec {
  readonly name: string;
  readonly submitS: number;
  readonly work: RayTasksSpec | RayGroupSpec | RayTrainSpec;
}

/** A kind of Ray worker node: a pod on the member cluster. */
export interface RayWorkerSpec extends RayNodeType {
  /** GPUs the pod holds on the member. */
  readonly gpus: number;
}

/** A Ray cluster on a member. */
export interface RayClusterSpec {
  readonly name: string;
  readonly member: number;
  readonly tenant: string;
  readonly gpuModel?: string;
  readonly workers: readonly RayWorkerSpec[];
  readonly work: readonly RayWorkSpec[];
  /**
   * `whole`: suspended until the quota of its tenant has room for all the GPUs it may grow to, which it then
   * keeps until its work is done. `none`: no quota is asked.
   */
  readonly admission: "whole" | "none";
  /** Seconds between two looks of the autoscaler. */
  readonly tickS: number;
  /** Seconds from a pod that has its place to a Ray node that takes work. */
  readonly bootS: number;
  readonly idleTimeoutS: number;
  /** KubeRay: 1 Conservative, 1 000 Default. */
  readonly upscalingSpeed: number;
  readonly concurrentLaunchesMax: number;
  /** Nodes it may have at most, the head not counted; absent: the sum of the types. */
  readonly nodesMax?: number;
}
