import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobTable } from "../../workload/job-table.js";
import type { Ignored, ImportLog } from "./imported.js";

/** A job that runs or waits at the moment the list was made. */
export interface CurrentJob {
  readonly id: string;
  readonly isRunning: boolean;
  /** Seconds on any one clock; only the order counts. */
  readonly submitS: number;
  /** Seconds it has run; 0 for a waiting job. */
  readonly elapsedS: number;
  /** The time limit in seconds; NaN for none. */
  readonly limitS: number;
  readonly workers: number;
  readonly gpuCount: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly gpuModels: readonly string[];
  readonly tenant: string;
  readonly user?: string;
  readonly partition?: string;
  /** Higher goes first; any whole number. */
  readonly priority: number;
  /** Where the job stands, for problems. */
  readonly place: Pick<Problem, "file" | "line" | "col">;
}

/** Today's jobs as a trace that starts now. */
export interface ImportedJobs {
  readonly jobs: JobTable;
  readonly ignored: readonly Ignored[];
  readonly notes: readonly string[];
}

/** How jobs become a trace. */
export interface CurrentJobsOptions {
  /** Remaining seconds of running jobs without a limit, and duration of waiting ones. */
  readonly assumedDurationS?: number;
}

/** Priorities that the trace format takes. */
const PRIORITY_MAX = 1e9;
const PROBLEMS_SHOWN = 20;
/** The backlog comes one second after the running jobs, so that no policy starts it before them. */
const BACKLOG_S = 1;

/**
 * Makes a trace of the jobs of a moment: running ones at second 0 with what remains of their time limit,
 * waiting ones at second 1 in order of priority and submission.
 *
 * Running jobs with the most GPUs per worker come first, because they are the hardest to place.
 *
 * @throws InputError with every problem of the log, and for jobs whose duration nobody knows
 */
export function traceFromNow(
  found: readonly CurrentJob[],
  log: ImportLog,
  options: CurrentJobsOptions,
): ImportedJobs {
  const running = found
    .filter(({ isRunning }) => isRunning)
    .sort((left, right) => right.gpuCount - left.gpuCount || right.elapsedS - left.elapsedS);
  const waiting = found
    .filter(({ isRunning }) => !isRunning)
    .sort((left, right) => right.priority - left.priority || left.submitS - right.submitS);
  const priorityOf = priorityScale(found, log);
  const builder = createJobTableBuilder();
  const unknown: Problem[] = [];
  let assumed = 0;
  let overdue = 0;
  for (const job of [...running, ...waiting]) {
    const left = job.limitS - job.elapsedS;
    if (left < 0) overdue += 1;
    const isKnown = !Number.isNaN(left);
    const durationS = isKnown ? Math.max(1, left) : options.assumedDurationS;
    if (durationS === undefined) {
      unknown.push(unknownDuration(job));
      continue;
    }
    if (!isKnown) assumed += 1;
    const { id, workers, gpuCount, cpuMilli, memoryBytes, gpuModels, tenant, user, partition } =
      job;
    const row = builder.add({
      id,
      submitS: job.isRunning ? 0 : BACKLOG_S,
      durationS,
      walltimeS: durationS,
      workers,
      gpuCount,
      cpuMilli,
      memoryBytes,
      gpuModels,
      tenant,
      user,
      partition,
      priority: priorityOf(job.priority),
      status: job.isRunning ? "running" : "pending",
    });
    if (row === -1) {
      log.problems.push({ ...job.place, rule: "duplicate-id", message: `job ${id} stands twice` });
    }
  }
  reportUnknown(unknown, log);
  if (log.problems.length > 0) throw new InputError(log.problems);
  log.notes.push(
    `${running.length} running jobs at second 0, ${waiting.length} waiting jobs at second ${BACKLOG_S}`,
    "durations are what the time limits leave: an upper bound, most jobs end earlier",
    "running jobs are placed by the policy at second 0, not on the nodes they run on",
  );
  if (assumed > 0) {
    log.notes.push(
      `${assumed} jobs have no time limit: ${options.assumedDurationS!} s from now is assumed for each`,
    );
  }
  if (overdue > 0) log.notes.push(`${overdue} jobs are past their time limit: they end after 1 s`);
  const { jobs } = builder.build({ originS: 0 });
  return { jobs, ignored: log.ignored, notes: log.notes };
}

function unknownDuration({ id, place }: CurrentJob): Problem {
  return {
    ...place,
    rule: "unknown-duration",
    message: `job ${id} has no time limit: how long it still takes is not known`,
    help: "say what to assume for such jobs, for example: --assume-duration 4h",
  };
}

function reportUnknown(unknown: readonly Problem[], log: ImportLog): void {
  log.problems.push(...unknown.slice(0, PROBLEMS_SHOWN));
  const more = unknown.length - PROBLEMS_SHOWN;
  const [first] = unknown;
  if (more <= 0 || first === undefined) return;
  const message = `${more} more jobs have no time limit`;
  log.problems.push({ file: first.file, rule: "unknown-duration", message });
}

/** Priorities as they are, or their ranks where some are too large for a trace. */
function priorityScale(jobs: readonly CurrentJob[], log: ImportLog): (priority: number) => number {
  if (jobs.every(({ priority }) => Math.abs(priority) <= PRIORITY_MAX))
    return (priority) => priority;
  const sorted = [...new Set(jobs.map(({ priority }) => priority))].sort(
    (left, right) => left - right,
  );
  const rank = new Map(sorted.map((priority, index) => [priority, index + 1]));
  log.notes.push(
    "priorities are larger than a trace takes: they are replaced by their ranks, 1 for the lowest",
  );
  return (priority) => rank.get(priority)!;
}
