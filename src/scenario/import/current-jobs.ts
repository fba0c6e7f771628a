import { formatNumber } from "../../base/units.js";
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
  /** Where it runs, one node per worker; empty for a waiting job, and where the list does not say. */
  readonly nodes: readonly string[];
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
  /** Share of what their time limits leave that jobs use, in (0, 1]; all of it when absent. */
  readonly limitUse?: number;
}

/** Priorities that the trace format takes. */
const PRIORITY_MAX = 1e9;
const PROBLEMS_SHOWN = 20;
/** Where some running jobs have yet to be placed, the backlog comes a second after them. */
const BACKLOG_S = 1;

/**
 * Makes a trace of the jobs of a moment: running ones on their nodes with what remains of their time limit,
 * then waiting ones in order of priority and submission.
 *
 * A running job whose nodes are not known is placed by the policy at second 0; the backlog then comes at
 * second 1. Those with the most GPUs per worker come first, because they are the hardest to place.
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
  const isWithoutNodes = ({ nodes }: CurrentJob): boolean => nodes.length === 0;
  const backlogS = running.some(isWithoutNodes) ? BACKLOG_S : 0;
  const builder = createJobTableBuilder();
  const unknown: Problem[] = [];
  let assumed = 0;
  let overdue = 0;
  for (const job of [...running, ...waiting]) {
    const lengths = lengthsOf(job, options);
    if (lengths === undefined) {
      unknown.push(unknownDuration(job));
      continue;
    }
    if (lengths.isAssumed) assumed += 1;
    if (lengths.isOverdue) overdue += 1;
    const { id, workers, gpuCount, cpuMilli, memoryBytes, gpuModels, tenant, user, partition } =
      job;
    const isPlaced = job.isRunning && job.nodes.length > 0;
    const row = builder.add({
      id,
      submitS: job.isRunning ? 0 : backlogS,
      durationS: lengths.durationS,
      walltimeS: lengths.walltimeS,
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
      ranS: isPlaced ? job.elapsedS : undefined,
      runningOn: isPlaced ? job.nodes : undefined,
    });
    if (row === -1) {
      log.problems.push({ ...job.place, rule: "duplicate-id", message: `job ${id} stands twice` });
    }
  }
  reportUnknown(unknown, log);
  if (log.problems.length > 0) throw new InputError(log.problems);
  log.notes.push(
    `${counted(running.length, "running job")} at second 0, ${counted(waiting.length, "waiting job")} at second ${backlogS}`,
    options.limitUse === undefined
      ? "durations are what the time limits leave: an upper bound, most jobs end earlier; --limit-use assumes less"
      : `durations are ${formatNumber(options.limitUse * 100)} % of what the time limits leave, as assumed; policies that plan ahead go by the limits`,
    ...nodeNotes(running.length, running.filter(isWithoutNodes).length),
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

/** How long a job still takes, and what its limit says of that; undefined when nobody knows. */
function lengthsOf(
  { limitS, elapsedS }: CurrentJob,
  { assumedDurationS, limitUse = 1 }: CurrentJobsOptions,
):
  | {
      readonly durationS: number;
      readonly walltimeS: number;
      readonly isAssumed: boolean;
      readonly isOverdue: boolean;
    }
  | undefined {
  const leftS = limitS - elapsedS;
  if (!Number.isNaN(leftS)) {
    const walltimeS = Math.max(1, leftS);
    const durationS = Math.max(1, Math.round(walltimeS * limitUse));
    return { durationS, walltimeS, isAssumed: false, isOverdue: leftS < 0 };
  }
  if (assumedDurationS === undefined) return undefined;
  return {
    durationS: assumedDurationS,
    walltimeS: assumedDurationS,
    isAssumed: true,
    isOverdue: false,
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function nodeNotes(running: number, withoutNodes: number): readonly string[] {
  const placed = running - withoutNodes;
  return [
    ...(placed > 0
      ? [
          `${counted(placed, "running job")} on ${placed === 1 ? "its" : "their"} recorded nodes, which the cluster must have by name (cluster.nodes[].names)`,
        ]
      : []),
    ...(withoutNodes > 0
      ? [
          `the list does not say where ${counted(withoutNodes, "running job")} ${withoutNodes === 1 ? "is" : "are"}: the policy places ${withoutNodes === 1 ? "it" : "them"} at second 0`,
        ]
      : []),
  ];
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
