import { jainIndex } from "../../stats/fairness.js";
import { summarizeInPlace, type DistributionSummary } from "../../stats/quantile.js";
import { runsAtStart } from "../../workload/running-on-columns.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import { summarizeCensored } from "./censored.js";
import { OUTCOME, UTILIZATION_QUANTITIES, type BatchRun } from "./batch-spec.js";
import { waitedS } from "./waited.js";

const GPU_MILLI = 1000;
const SECONDS_PER_HOUR = 3600;
/** Jobs shorter than this count as this long in the bounded slowdown (Feitelson & Rudolph 1998). Seconds. */
const SLOWDOWN_BOUND_S = 10;

/** Counts and distributions over the submitted jobs of one run. Times in simulated seconds. */
export interface JobsSummary {
  /** Jobs submitted before the end of the run. */
  readonly count: number;
  readonly completed: number;
  readonly running: number;
  readonly waiting: number;
  readonly neverPlaceable: number;
  /** End minus submission, over completed jobs; those that had not ended count with their time so far where that is worse. */
  readonly jctS: DistributionSummary;
  /** Time between submission and end that was not spent running, over jobs that started; those that wait count with their wait so far where that is worse. Jobs that ran before the trace began are in neither. */
  readonly waitS: DistributionSummary;
  /** Completion time over duration, over jobs of some duration; as `jctS`. */
  readonly slowdown: DistributionSummary;
  /** max(1, completion time / max(duration, 10 s)); as `jctS`. */
  readonly boundedSlowdown: DistributionSummary;
  /** First submission to last end. */
  readonly makespanS: number;
  /** GPU-hours asked for by jobs that completed. */
  readonly gpuHours: number;
  readonly queueLengthMax: number;
  /** Time average from the first submission to the end of the run. */
  readonly queueLengthMean: number;
  /** Submitted jobs that have a deadline. */
  readonly withDeadline: number;
  /** Of these, the jobs that ended after it, can never be placed, or were not done when it passed. */
  readonly deadlinesMissed: number;
  /** Times a running job was stopped for another. */
  readonly preemptions: number;
  /** GPU-hours of work that was done and lost again, and spent on restarts, over all jobs. */
  readonly gpuHoursLost: number;
  /** Jain's index of GPU-hours over tenants; null with fewer than two tenants or no GPU-hour. */
  readonly tenantFairness: number | null;
}

/** GPU occupancy averaged over time from the first submission to the end of the run. */
export interface GpuSummary {
  readonly count: number;
  readonly allocatedShare: number;
  readonly allocatedShareMax: number;
  /** Empty unless idle classes were observed; else these shares and `allocatedShare` sum to 1. */
  readonly idleByClass: Readonly<Record<string, number>>;
}

/** Jobs that waited, grouped by the reason recorded at their last refusal. */
export interface WaitReasonSummary {
  readonly reason: string;
  readonly jobs: number;
  readonly waitHours: number;
}

/** Outcome of one tenant or partition. */
export interface GroupSummary {
  readonly name: string;
  /** Jobs submitted before the end of the run. */
  readonly jobs: number;
  /** GPU-hours asked for by jobs that completed. */
  readonly gpuHours: number;
  readonly waitS: DistributionSummary;
}

/** Every number a report prints about one batch run. */
export interface BatchSummary {
  readonly jobs: JobsSummary;
  readonly gpu: GpuSummary;
  readonly waitReasons: readonly WaitReasonSummary[];
  readonly tenants: readonly GroupSummary[];
  readonly partitions: readonly GroupSummary[];
}

/** Folds a run into its numbers. Percentiles by rule R-7. */
export function summarizeBatch(run: BatchRun): BatchSummary {
  const waits = waitedS(run);
  const tenants = summarizeGroups(run, waits, run.jobs.tenant, run.jobs.tenantNames);
  return {
    jobs: summarizeJobs(run, waits, tenants),
    gpu: summarizeGpus(run),
    waitReasons: summarizeReasons(run, waits),
    tenants,
    partitions: summarizeGroups(run, waits, run.jobs.partition, run.jobs.partitionNames),
  };
}

/** GPU-hours a job asks for: GPUs of the gang times its duration. */
function gpuHoursOf(run: BatchRun, job: number): number {
  return (gangGpuMilli(run.jobs, job) / GPU_MILLI) * (run.jobs.durationS[job]! / SECONDS_PER_HOUR);
}

/** Values of the jobs that pass the test, in file order. */
function collect(
  run: BatchRun,
  test: (job: number) => boolean,
  value: (job: number) => number,
): Float64Array {
  const values = new Float64Array(run.jobs.count);
  let count = 0;
  for (let job = 0; job < run.jobs.count; job++) {
    if (test(job)) values[count++] = value(job);
  }
  return values.subarray(0, count);
}

function countOutcome(run: BatchRun, code: number): number {
  let count = 0;
  for (const outcome of run.outcome) if (outcome === code) count++;
  return count;
}

function summarizeJobs(
  run: BatchRun,
  waits: Float64Array,
  tenants: readonly GroupSummary[],
): JobsSummary {
  const { jobs, endS, outcome } = run;
  const completed = (job: number): boolean => outcome[job] === OUTCOME.completed;
  const ends = collect(run, completed, (job) => endS[job]!);
  const { spanS, integrals, maxima } = run.utilization;
  const queued = UTILIZATION_QUANTITIES.indexOf("jobsQueued");
  const fairness =
    tenants.length > 1 ? jainIndex(tenants.map((tenant) => tenant.gpuHours)) : undefined;
  return {
    count: jobs.count - countOutcome(run, OUTCOME.notSubmitted),
    completed: ends.length,
    running: countOutcome(run, OUTCOME.running),
    waiting: countOutcome(run, OUTCOME.waiting),
    neverPlaceable: countOutcome(run, OUTCOME.neverPlaceable),
    ...summarizeTimes(run, waits),
    makespanS: ends.reduce((last, end) => Math.max(last, end - run.startOfTraceS), 0),
    gpuHours: tenants.reduce((sum, tenant) => sum + tenant.gpuHours, 0),
    queueLengthMax: maxima[queued] ?? 0,
    queueLengthMean: spanS > 0 ? integrals[queued]! / spanS : 0,
    ...countDeadlines(run),
    preemptions: run.preemption?.stops.reduce((sum, stops) => sum + stops, 0) ?? 0,
    gpuHoursLost: gpuHoursLost(run),
    tenantFairness: fairness ?? null,
  };
}

/** Waits, completion times and slowdowns of the jobs that the policy started or keeps waiting. */
function summarizeTimes(
  run: BatchRun,
  waits: Float64Array,
): Pick<JobsSummary, "jctS" | "waitS" | "slowdown" | "boundedSlowdown"> {
  const { jobs, startS, endS, outcome, endOfRunS } = run;
  const isNew = (job: number): boolean => !runsAtStart(jobs, job);
  const isDone = (job: number): boolean => isNew(job) && outcome[job] === OUTCOME.completed;
  const isOpen = (job: number): boolean =>
    isNew(job) && (outcome[job] === OUTCOME.waiting || outcome[job] === OUTCOME.running);
  const durationS = (job: number): number => jobs.durationS[job]!;
  const jct = (job: number): number => (isDone(job) ? endS[job]! : endOfRunS) - jobs.submitS[job]!;
  const overJobs = (
    value: (job: number) => number,
    filter: (job: number) => boolean = () => true,
  ): DistributionSummary =>
    summarizeCensored(
      collect(run, (job) => isDone(job) && filter(job), value),
      collect(run, (job) => isOpen(job) && filter(job), value),
    );
  return {
    jctS: overJobs(jct),
    waitS: summarizeCensored(
      collect(
        run,
        (job) => isNew(job) && !Number.isNaN(startS[job]!),
        (job) => waits[job]!,
      ),
      collect(
        run,
        (job) => neverStarted(run, job),
        (job) => waits[job]!,
      ),
    ),
    slowdown: overJobs(
      (job) => jct(job) / durationS(job),
      (job) => durationS(job) > 0,
    ),
    boundedSlowdown: overJobs((job) =>
      Math.max(1, jct(job) / Math.max(durationS(job), SLOWDOWN_BOUND_S)),
    ),
  };
}

/** True for a job that had not started when the run ended, and could have. */
function neverStarted({ outcome, startS }: BatchRun, job: number): boolean {
  return outcome[job] === OUTCOME.waiting && Number.isNaN(startS[job]!);
}

/** Values of the jobs that pass the test, by group, in file order. */
function collectByGroup(
  run: BatchRun,
  groupOf: Int32Array,
  groups: number,
  of: { test(job: number): boolean; value(job: number): number },
): readonly Float64Array[] {
  const counts = new Int32Array(groups);
  for (let job = 0; job < run.jobs.count; job++) if (of.test(job)) counts[groupOf[job]!]!++;
  const values = Array.from(counts, (count) => new Float64Array(count));
  counts.fill(0);
  for (let job = 0; job < run.jobs.count; job++) {
    const group = groupOf[job]!;
    if (of.test(job)) values[group]![counts[group]!++] = of.value(job);
  }
  return values;
}

/** Deadlines, judged at the end of the run. */
function countDeadlines(run: BatchRun): Pick<JobsSummary, "withDeadline" | "deadlinesMissed"> {
  const { deadlineS } = run.jobs;
  let withDeadline = 0;
  let deadlinesMissed = 0;
  for (let job = 0; job < (deadlineS?.length ?? 0); job++) {
    const deadline = deadlineS![job]!;
    if (Number.isNaN(deadline) || run.outcome[job] === OUTCOME.notSubmitted) continue;
    withDeadline++;
    const isOpen = run.outcome[job] === OUTCOME.waiting || run.outcome[job] === OUTCOME.running;
    const endS = isOpen ? run.endOfRunS : run.endS[job]!;
    // NaN: it can never be placed. An open job may still make it when its deadline lies ahead.
    if (!(endS <= deadline)) deadlinesMissed++;
  }
  return { withDeadline, deadlinesMissed };
}

/** GPU-hours that completed jobs occupied beyond their durations, and unfinished jobs are known to have lost. */
function gpuHoursLost(run: BatchRun): number {
  if (run.preemption === undefined) return 0;
  const { stops, occupiedS, lostS } = run.preemption;
  let hours = 0;
  for (let job = 0; job < run.jobs.count; job++) {
    if (stops[job] === 0) continue;
    // The size of an elastic job varied: what it held beyond its duration is not all lost.
    const isCompleted =
      run.outcome[job] === OUTCOME.completed && run.elastic?.isElastic(job) !== true;
    const seconds = isCompleted ? occupiedS[job]! - run.jobs.durationS[job]! : lostS[job]!;
    hours += (gangGpuMilli(run.jobs, job) / GPU_MILLI) * (seconds / SECONDS_PER_HOUR);
  }
  return hours;
}

function summarizeGpus(run: BatchRun): GpuSummary {
  const { spanS, integrals, maxima } = run.utilization;
  const capacity = run.gpuMilliTotal * spanS;
  const share = (quantity: number): number => (capacity > 0 ? integrals[quantity]! / capacity : 0);
  const allocated = UTILIZATION_QUANTITIES.indexOf("gpuMilliAllocated");
  return {
    count: run.gpuMilliTotal / GPU_MILLI,
    allocatedShare: share(allocated),
    allocatedShareMax: run.gpuMilliTotal > 0 ? maxima[allocated]! / run.gpuMilliTotal : 0,
    idleByClass: Object.fromEntries(
      run.idleClassNames.map((name, index) => [name, share(UTILIZATION_QUANTITIES.length + index)]),
    ),
  };
}

/** Reasons by hours waited, most first; jobs still waiting count with their wait so far. */
function summarizeReasons(run: BatchRun, waits: Float64Array): readonly WaitReasonSummary[] {
  const jobs = new Int32Array(run.reasons.length);
  const waitS = new Float64Array(run.reasons.length);
  for (let job = 0; job < run.jobs.count; job++) {
    const reason = run.waitReason[job]!;
    if (reason < 0 || !(waits[job]! > 0) || run.outcome[job] === OUTCOME.neverPlaceable) continue;
    jobs[reason]!++;
    waitS[reason]! += waits[job]!;
  }
  return run.reasons
    .map((reason, index) => ({
      reason,
      jobs: jobs[index]!,
      waitHours: waitS[index]! / SECONDS_PER_HOUR,
    }))
    .filter((summary) => summary.jobs > 0)
    .sort(
      (left, right) => right.waitHours - left.waitHours || (left.reason < right.reason ? -1 : 1),
    );
}

function summarizeGroups(
  run: BatchRun,
  waits: Float64Array,
  groupOf: Int32Array,
  names: readonly string[],
): readonly GroupSummary[] {
  const jobs = new Int32Array(names.length);
  const gpuHours = new Float64Array(names.length);
  for (let job = 0; job < run.jobs.count; job++) {
    const group = groupOf[job]!;
    if (run.outcome[job] !== OUTCOME.notSubmitted) jobs[group]!++;
    if (run.outcome[job] === OUTCOME.completed) gpuHours[group]! += gpuHoursOf(run, job);
  }
  const started = collectByGroup(run, groupOf, names.length, {
    test: (job) => !Number.isNaN(run.startS[job]!) && !runsAtStart(run.jobs, job),
    value: (job) => waits[job]!,
  });
  const open = collectByGroup(run, groupOf, names.length, {
    test: (job) => neverStarted(run, job),
    value: (job) => waits[job]!,
  });
  return names.flatMap((name, group) =>
    jobs[group] === 0
      ? []
      : [
          {
            name,
            jobs: jobs[group]!,
            gpuHours: gpuHours[group]!,
            // No goal is about a group: one that never got anything shows how long it has waited.
            waitS:
              started[group]!.length === 0
                ? summarizeInPlace(open[group]!)
                : summarizeCensored(started[group]!, open[group]!),
          },
        ],
  );
}
