import { OUTCOME } from "./batch-spec.js";

const NONE = -1;

/** What the simulation knows of every job, by row of the job table. */
export interface JobColumns {
  /** First start. Seconds; NaN before it. */
  readonly startS: Float64Array;
  /** Seconds; NaN until the job has completed. */
  readonly endS: Float64Array;
  /** Index into OUTCOMES. */
  readonly outcome: Uint8Array;
  /** Index into the run's reasons, or -1. */
  readonly waitReason: Int32Array;
  /** Gang handle in the job's lane while it runs, else -1. */
  readonly gangOf: Int32Array;
  /** When a running job will end if it is left alone. Seconds. */
  readonly dueS: Float64Array;
  /** Event of that end. */
  readonly endEvent: Float64Array;
}

/** Columns of jobs that have not been submitted. */
export function createJobColumns(count: number): JobColumns {
  return {
    startS: new Float64Array(count).fill(Number.NaN),
    endS: new Float64Array(count).fill(Number.NaN),
    outcome: new Uint8Array(count).fill(OUTCOME.notSubmitted),
    waitReason: new Int32Array(count).fill(NONE),
    gangOf: new Int32Array(count).fill(NONE),
    dueS: new Float64Array(count).fill(Number.NaN),
    endEvent: new Float64Array(count),
  };
}
