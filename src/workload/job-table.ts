import type { NodeSelectorRule } from "./node-selector.js";

/**
 * What one worker (pod) of a job asks of one node.
 *
 * openb semantics: `gpuMilli` is the share of each GPU, 1..1000; below 1000 only with `gpuCount` 1.
 */
export interface PodRequest {
  /** Thousandths of a CPU core, ≥ 0. */
  readonly cpuMilli: number;
  /** Bytes of host memory, ≥ 0. */
  readonly memoryBytes: number;
  /** GPUs on one node, 0..; 0 for a CPU-only pod. */
  readonly gpuCount: number;
  /** Thousandths of each GPU, 0 when gpuCount is 0, else 1..1000. */
  readonly gpuMilli: number;
  /** GPU models the pod accepts, in the order written; empty means any. */
  readonly gpuModels: readonly string[];
  /** Rules that the labels of its node obey, all of them; absent: any node will do. */
  readonly nodeSelector?: readonly NodeSelectorRule[];
  /** What the pod asks of parts of a GPU beyond a share; absent where it says nothing about them. */
  readonly gpuPart?: GpuPartRequest;
}

/** What a pod says about MIG instances, GPU memory and replicas of a shared GPU. */
export interface GpuPartRequest {
  /**
   * MIG profiles that will do on a partitioned GPU, in order of preference; empty leaves the choice to the
   * share and the memory asked for. `gpuCount` is then the number of instances.
   */
  readonly migProfiles: readonly string[];
  /** True when only MIG instances will do: the pod goes to no GPU that is not partitioned. */
  readonly isMigOnly: boolean;
  /** GPU memory the pod needs on each of its GPUs or parts, in bytes; 0 when it does not say. */
  readonly gpuMemoryBytes: number;
  /** True when one replica of a time-sliced or MPS GPU will do for a pod that asks for a whole GPU. */
  readonly isReplicaEnough: boolean;
}

/** How the original system says a job ended. `unknown` where the trace does not tell. */
export const JOB_STATUSES = [
  "unknown",
  "completed",
  "failed",
  "cancelled",
  "timeout",
  "node-fail",
  "preempted",
  "out-of-memory",
  "running",
  "pending",
] as const;

/** One of `JOB_STATUSES`; the status column holds its index. */
export type JobStatus = (typeof JOB_STATUSES)[number];

/**
 * Batch jobs as columns, one row per job in order of submission; rows of one instant keep file order.
 *
 * Columns instead of objects: a million jobs take tens of bytes each, and hot loops read numbers.
 * A job is a gang of `workers` identical pods of `shapes[shape]`; all start and end together.
 *
 * Columns marked optional are absent when no job of the trace has a value in them.
 */
export interface JobTable {
  readonly count: number;
  readonly ids: readonly string[];
  /** Seconds from the start of the trace (the first submit is 0 unless the reader says otherwise). */
  readonly submitS: Float64Array;
  /** Seconds of service at the reference placement, ≥ 0. */
  readonly durationS: Float64Array;
  /** The user's own estimate of the duration in seconds; NaN where the trace has none. */
  readonly walltimeS: Float64Array;
  /** Workers of the gang, ≥ 1. */
  readonly workers: Int32Array;
  /** Index into `shapes`. */
  readonly shape: Int32Array;
  /** Index into `tenantNames`. */
  readonly tenant: Int32Array;
  /** Higher runs first where a policy looks at it; 0 by default. */
  readonly priority: Int32Array;
  /** Index into `partitionNames`; 0 is the default partition "". */
  readonly partition: Int32Array;
  readonly shapes: readonly PodRequest[];
  readonly tenantNames: readonly string[];
  readonly partitionNames: readonly string[];

  /** Unix time of second 0 in seconds (UTC), where the trace has calendar times. */
  readonly originEpochS?: number;
  /**
   * GPUs of the whole gang as the trace asked for them. Present when the trace counts GPUs per job and
   * not per worker: pools and consolidating placement use it, node placement uses workers × shape.
   */
  readonly gangGpus?: Int32Array;
  /** Index into `userNames`: the person, where the trace tells persons from tenants. */
  readonly user?: Int32Array;
  readonly userNames?: readonly string[];
  /** Index into `JOB_STATUSES`: how the job ended in the original system. */
  readonly status?: Uint8Array;
  /** When the original system started the job, on the clock of `submitS`; NaN where not recorded. */
  readonly recordedStartS?: Float64Array;
  /** When the job left the original system, on the clock of `submitS`; NaN where not recorded. */
  readonly recordedEndS?: Float64Array;
  /** Fewest workers an elastic job runs with, ≥ 1; equal to `workers` for a rigid job. */
  readonly workersMin?: Int32Array;
  /** Most workers an elastic job can use, ≥ `workers`. */
  readonly workersMax?: Int32Array;
  /** Latest acceptable end on the clock of `submitS`; NaN for none. */
  readonly deadlineS?: Float64Array;
  /** 1 when the job may be stopped and started again, else 0. */
  readonly preemptible?: Uint8Array;
  /** Seconds of running between two checkpoints; NaN when the job writes none. */
  readonly checkpointIntervalS?: Float64Array;
  /** Seconds one checkpoint takes; NaN when unknown. */
  readonly checkpointCostS?: Float64Array;
  /** Seconds that a job with nodes in `runningOn` had run before it is submitted; NaN for others. */
  readonly ranS?: Float64Array;
  /**
   * Job i runs already when it is submitted: its workers stand on the nodes `nodeNames[runningOn[k]]`,
   * k = `runningOnOffset[i] .. [i+1]`, one entry per worker. No entry for a job that does not run yet.
   */
  readonly runningOnOffset?: Int32Array;
  readonly runningOn?: Int32Array;
  readonly nodeNames?: readonly string[];
  /** Index into `topologyTexts`: how close together the workers must be; 0 for a job that does not say. */
  readonly topology?: Int32Array;
  /** As `topologyText` writes them; the first is "". */
  readonly topologyTexts?: readonly string[];
  /** Index into `arrayNames`; 0 for a job that is no task of a job array. */
  readonly array?: Int32Array;
  readonly arrayNames?: readonly string[];
  /** Most tasks of each array that may run at once, by index of the array; 0 for no limit. */
  readonly arrayRunningMax?: Int32Array;
  /** Rows that must end before job i may start are `dependencies[dependencyOffset[i] .. [i+1])`. */
  readonly dependencyOffset?: Int32Array;
  readonly dependencies?: Int32Array;
}
