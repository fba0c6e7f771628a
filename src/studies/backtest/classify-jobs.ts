import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { jobRowAt } from "../../workload/job-row-at.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import { JOB_STATUSES, type JobTable } from "../../workload/job-table.js";
import type { LeftOutJobs } from "./backtest-document.js";

/** Jobs of a history that ran, and why others were taken out of it. */
export interface RanJobs {
  /** Only those that ran; times on the clock of the history. */
  readonly jobs: JobTable;
  readonly leftOut: readonly LeftOutJobs[];
}

const NEVER_RAN =
  "never started by the record: no start, and it was cancelled, pending or has no duration";
const START_UNKNOWN = "ran, but its start is not recorded: simulated, not compared";
const START_TOO_EARLY = "its recorded start is before its submission: simulated, not compared";

const CANCELLED = JOB_STATUSES.indexOf("cancelled");
const PENDING = JOB_STATUSES.indexOf("pending");

/** Takes out the jobs that never held a GPU: simulated, they would take GPUs nobody took. */
export function jobsThatRan(jobs: JobTable): RanJobs {
  const rows: number[] = [];
  for (let row = 0; row < jobs.count; row++) if (ran(jobs, row)) rows.push(row);
  if (rows.length === jobs.count) return { jobs, leftOut: [] };
  return {
    jobs: onlyRows(jobs, rows),
    leftOut: [{ reason: NEVER_RAN, jobs: jobs.count - rows.length }],
  };
}

function ran(jobs: JobTable, row: number): boolean {
  if (!Number.isNaN(jobs.recordedStartS?.[row] ?? Number.NaN)) return true;
  const status = jobs.status?.[row];
  return jobs.durationS[row]! > 0 && status !== CANCELLED && status !== PENDING;
}

/** Dependencies go: the recorded submit time of a job already tells when it could start. */
function onlyRows(jobs: JobTable, rows: readonly number[]): JobTable {
  const builder = createJobTableBuilder();
  for (const row of rows) builder.add(jobRowAt(jobs, row));
  const { jobs: kept } = builder.build({ originS: 0 });
  const { originEpochS } = jobs;
  return originEpochS === undefined ? kept : { ...kept, originEpochS };
}

/** The jobs with a recorded and a simulated start, and why the others are not compared. */
export function comparedJobs(run: BatchRun): {
  /** Rows of the simulated table, in order of submission. */
  readonly rows: readonly number[];
  readonly leftOut: readonly LeftOutJobs[];
} {
  const { jobs } = run;
  const rows: number[] = [];
  const reasons = new Map<string, number>();
  for (let job = 0; job < jobs.count; job++) {
    const reason = whyNotCompared(run, job);
    if (reason === undefined) rows.push(job);
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const leftOut = [...reasons].map(([reason, count]) => ({ reason, jobs: count }));
  leftOut.sort((left, right) => right.jobs - left.jobs || (left.reason < right.reason ? -1 : 1));
  return { rows, leftOut };
}

function whyNotCompared(run: BatchRun, job: number): string | undefined {
  const { jobs } = run;
  if (run.outcome[job] === OUTCOME.neverPlaceable) {
    const why = run.reasons[run.waitReason[job]!] ?? "no reason was recorded";
    return `can never be placed on this cluster: ${why}`;
  }
  const recordedS = jobs.recordedStartS?.[job] ?? Number.NaN;
  if (Number.isNaN(recordedS)) return START_UNKNOWN;
  if (recordedS < jobs.submitS[job]!) return START_TOO_EARLY;
  if (Number.isNaN(run.startS[job]!)) return "had not started when the simulation stopped";
  return undefined;
}
