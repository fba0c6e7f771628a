import type { ClusterSpec } from "../../cluster/spec.js";
import { formatNumber } from "../../base/units.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { momentsOf } from "../../stats/moments.js";
import { pairwiseSum } from "../../stats/quantile.js";
import { studentTCdf } from "../../stats/student-t.js";
import { formatQuantity } from "./format-quantity.js";

const GPU_MILLI = 1000;
/** Fewer jobs are a handful of work, not a stream of arrivals with a load. */
const JOBS_MIN = 100;
/** A trace shorter than so many mean durations has no load either: most of its work ends after it. */
const DURATIONS_MIN = 10;
/** Batches in each third of the arrivals. */
const BATCHES = 10;
/** One-sided chance of a false alarm of the comparison of thirds, were batches independent. */
const SIGNIFICANCE = 0.01;

/** Whether the waits of a run say something about the cluster, or only about how long the run was. */
export interface Overload {
  readonly overloaded: boolean;
  /** GPU time asked for over GPU time there was, of the fullest lane; null with too few jobs to say. */
  readonly offeredLoad: number | null;
  /** In full sentences; empty when nothing is wrong. */
  readonly warnings: readonly string[];
}

/**
 * Finds queues that grow as long as jobs arrive, by two tests; each lane with nodes of its own on its own.
 *
 * Load: the GPU time that jobs ask for between the first and the last submission is at least what the GPUs
 * have in that time. It is applied from 100 jobs on, over a span of at least 10 mean durations.
 * Growth: jobs of the last third of the submissions found more jobs waiting than those of the middle third
 * (Welch's t test on 10 batches each, one-sided, 1 %), and the queue was not empty for an instant in the
 * last third. A queue that empties every night is busy, not overloaded, whatever its waits at noon. Queue
 * lengths and not waits, because at the end of a run that is stopped nobody knows how long jobs will wait.
 */
export function findOverload(run: BatchRun, cluster: ClusterSpec): Overload {
  const lanes = lanesOf(run, cluster);
  let offeredLoad: number | null = null;
  const warnings: string[] = [];
  for (const lane of lanes) {
    if (lane.jobs.length < JOBS_MIN) continue;
    const load = offeredLoadOf(run, lane);
    if (load !== null) offeredLoad = Math.max(offeredLoad ?? 0, load);
    if (load !== null && load >= 1) warnings.push(loadWarning(lane, load));
    else {
      const growth = growthOf(run, lane.jobs);
      if (growth !== null) warnings.push(growthWarning(lane, growth));
    }
  }
  return { overloaded: warnings.length > 0, offeredLoad, warnings };
}

/** Jobs that share nodes and a queue. */
interface Lane {
  /** Name of the partition; undefined when the whole cluster is one lane. */
  readonly partition: string | undefined;
  readonly gpuMilli: number;
  /** Rows in order of submission, without those that can never run. */
  readonly jobs: Int32Array;
}

function lanesOf(run: BatchRun, { nodes }: ClusterSpec): Lane[] {
  const { jobs, outcome } = run;
  const ownNodes = nodes.some(({ partition }) => partition !== undefined);
  const names = ownNodes ? [...new Set(nodes.map(({ partition = "" }) => partition))] : [undefined];
  return names.map((name) => {
    const rows: number[] = [];
    for (let job = 0; job < jobs.count; job++) {
      const code = outcome[job];
      if (code === OUTCOME.neverPlaceable || code === OUTCOME.notSubmitted) continue;
      if (name === undefined || jobs.partitionNames[jobs.partition[job]!] === name) rows.push(job);
    }
    const order = Int32Array.from(rows);
    order.sort((left, right) => jobs.submitS[left]! - jobs.submitS[right]! || left - right);
    const here = nodes.filter(({ partition = "" }) => name === undefined || partition === name);
    const gpus = here.reduce((sum, { gpuCount }) => sum + gpuCount, 0);
    return { partition: name, gpuMilli: gpus * GPU_MILLI, jobs: order };
  });
}

/** The last job is left out: n arrivals have n - 1 gaps between them. */
function offeredLoadOf({ jobs }: BatchRun, lane: Lane): number | null {
  const spanS = jobs.submitS[lane.jobs.at(-1)!]! - jobs.submitS[lane.jobs[0]!]!;
  let demand = 0;
  let width = 0;
  for (const job of lane.jobs.subarray(0, -1)) {
    const milli = gangGpuMilli(jobs, job);
    demand += milli * jobs.durationS[job]!;
    width += milli;
  }
  if (lane.gpuMilli === 0 || width === 0) return null;
  const meanDurationS = demand / width;
  if (!(spanS >= DURATIONS_MIN * meanDurationS && spanS > 0)) return null;
  return demand / (lane.gpuMilli * spanS);
}

/** Jobs that a submission found waiting, on average over a third of the submissions. */
interface Growth {
  readonly middleJobs: number;
  readonly lastJobs: number;
}

function growthOf(run: BatchRun, order: Int32Array): Growth | null {
  const third = Math.floor(order.length / 3);
  const lastFrom = order.length - third;
  if (emptiesDuring(run, order, run.jobs.submitS[order[lastFrom]!]!)) return null;
  const found = waitingAtSubmission(run, order);
  const late = momentsOf(batchMeans(found.subarray(lastFrom)));
  const early = momentsOf(batchMeans(found.subarray(lastFrom - third, lastFrom)));
  if (!(late.mean > early.mean)) return null;
  const lateVariance = late.variance / BATCHES;
  const earlyVariance = early.variance / BATCHES;
  const variance = lateVariance + earlyVariance;
  const isSignificant =
    variance === 0 ||
    1 -
      studentTCdf(
        (late.mean - early.mean) / Math.sqrt(variance),
        (variance * variance * (BATCHES - 1)) /
          (lateVariance * lateVariance + earlyVariance * earlyVariance),
      ) <=
      SIGNIFICANCE;
  return isSignificant ? { middleJobs: early.mean, lastJobs: late.mean } : null;
}

/** Jobs submitted before each job that had not started for the first time when it was submitted. */
function waitingAtSubmission({ jobs, startS }: BatchRun, order: Int32Array): Float64Array {
  const started = Float64Array.from(order, (job) => startS[job]!)
    .filter((timeS) => !Number.isNaN(timeS))
    .sort();
  let startedBefore = 0;
  return Float64Array.from(order, (job, place) => {
    const nowS = jobs.submitS[job]!;
    while (startedBefore < started.length && started[startedBefore]! < nowS) startedBefore++;
    return place - startedBefore;
  });
}

function batchMeans(values: Float64Array): Float64Array {
  return Float64Array.from({ length: BATCHES }, (_, batch) => {
    const from = Math.floor((batch * values.length) / BATCHES);
    const to = Math.floor(((batch + 1) * values.length) / BATCHES);
    return pairwiseSum(values, from, to) / (to - from);
  });
}

/** Whether at some instant from `fromS` to the last submission no job was waiting for its first start. */
function emptiesDuring({ jobs, startS }: BatchRun, order: Int32Array, fromS: number): boolean {
  let waitingUntilS = Number.NEGATIVE_INFINITY;
  for (const job of order) {
    const submitS = jobs.submitS[job]!;
    if (submitS > fromS && submitS > waitingUntilS) return true;
    const startedS = startS[job]!;
    waitingUntilS = Math.max(waitingUntilS, Number.isNaN(startedS) ? Infinity : startedS);
  }
  return false;
}

function where({ partition }: Lane): string {
  return partition === undefined ? "" : ` in partition “${partition}”`;
}

function loadWarning(lane: Lane, load: number): string {
  return (
    `Overloaded${where(lane)}: the jobs ask for ${formatQuantity(load, "share")} of the GPU time there is between ` +
    "the first and the last submission. The queue grows as long as such jobs arrive, so waits and their " +
    "percentiles say how long the run is, not how the cluster does."
  );
}

function growthWarning(lane: Lane, { middleJobs, lastJobs }: Growth): string {
  return (
    `Waits did not settle${where(lane)}: jobs of the last third of the submissions found ${formatNumber(lastJobs)} jobs ` +
    `waiting on average, those of the middle third ${formatNumber(middleJobs)}, and the queue was never empty in the ` +
    "last third. Means and percentiles of waits depend on how long the run is."
  );
}
