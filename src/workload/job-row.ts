import type { GpuPartRequest, JobStatus } from "./job-table.js";
import type { NodeSelectorRule } from "./node-selector.js";

/*
 * Readers fill this in once per row. They name every field instead of spreading an object into it: V8
 * makes a new hidden class each time fields follow a spread, at several times the cost and with memory
 * that only a full collection frees.
 */

/** One job as a reader or generator hands it to the builder. Units and ranges as in `JobTable`. */
export interface JobRow {
  readonly id: string;
  /** Any finite number; `build` moves the clock. Seconds. */
  readonly submitS: number;
  readonly durationS: number;
  /** Defaults to NaN: no estimate. */
  readonly walltimeS?: number | undefined;
  /** Defaults to 1. */
  readonly workers?: number | undefined;
  /** Defaults to 0. */
  readonly cpuMilli?: number | undefined;
  /** Defaults to 0. */
  readonly memoryBytes?: number | undefined;
  /** GPUs of one worker. */
  readonly gpuCount: number;
  /** Defaults to 1000 with GPUs and to 0 without. */
  readonly gpuMilli?: number | undefined;
  /** Defaults to none: any model. */
  readonly gpuModels?: readonly string[] | undefined;
  /** Defaults to none. */
  readonly gpuPart?: GpuPartRequest | undefined;
  /** Defaults to none: any node. */
  readonly nodeSelector?: readonly NodeSelectorRule[] | undefined;
  /** Defaults to "". */
  readonly tenant?: string | undefined;
  /** Defaults to 0. */
  readonly priority?: number | undefined;
  /** Defaults to "". */
  readonly partition?: string | undefined;
  /** The optional columns of the table; absent values cost nothing. Times are on the clock of `submitS`. */
  readonly gangGpus?: number | undefined;
  readonly user?: string | undefined;
  /** Name of the job array the job is a task of. */
  readonly array?: string | undefined;
  /** Most tasks of that array that may run at once; the last given counts. Defaults to no limit. */
  readonly arrayRunningMax?: number | undefined;
  /** As `topologyText` writes it. */
  readonly topology?: string | undefined;
  readonly status?: JobStatus | undefined;
  readonly recordedStartS?: number | undefined;
  readonly recordedEndS?: number | undefined;
  readonly workersMin?: number | undefined;
  readonly workersMax?: number | undefined;
  readonly deadlineS?: number | undefined;
  readonly preemptible?: boolean | undefined;
  readonly checkpointIntervalS?: number | undefined;
  readonly checkpointCostS?: number | undefined;
  readonly ranS?: number | undefined;
  /** Nodes the job runs on when it is submitted, one per worker; absent or empty for a job that waits. */
  readonly runningOn?: readonly string[] | undefined;
}
