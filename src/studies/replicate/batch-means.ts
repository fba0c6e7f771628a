import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { waitedS } from "../../simulation/batch/waited.js";
import { momentsOf } from "../../stats/moments.js";
import { pairwiseSum, quantileOfSorted } from "../../stats/quantile.js";
import { studentTQuantile } from "../../stats/student-t.js";
import type { MetricInterval } from "../run/result-document.js";
import { feasibleEnds } from "./replication-intervals.js";

/** Numbers of batches that are tried: fewer are larger and depend less on each other. */
const BATCH_COUNTS = [30, 25, 20] as const;
/** Neighbouring batches more alike than this are not independent enough. */
const LAG_1_MAX = 0.2;

/**
 * Statistics that get an interval, with the jobs one batch needs. With fewer than 400 the waits of one batch
 * still depend on those of the last so much that intervals hold the truth in far fewer than 9 of 10 cases;
 * for p99 that is 15 jobs beyond the percentile (test/full/interval-coverage.test.ts).
 */
const STATISTICS: readonly (readonly [name: string, q: number | undefined, jobsMin: number])[] = [
  ["mean", undefined, 400],
  ["p50", 0.5, 400],
  ["p95", 0.95, 400],
  ["p99", 0.99, 1500],
];

const SLOWDOWN_BOUND_S = 10;

const SHARE = "gpu.allocatedShare";

/** Metrics that batches can give an interval for; counts, extremes and totals of one run have none. */
export const BATCHED_METRICS: ReadonlySet<string> = new Set([
  ...["waitS", "jctS", "slowdown", "boundedSlowdown"].flatMap((path) =>
    STATISTICS.map(([name]) => `jobs.${path}.${name}`),
  ),
  SHARE,
]);

/**
 * Intervals for one long run from its batches in order of arrival.
 *
 * A mean is around the mean of all jobs, with the spread of batch means. A percentile q is the percentile of
 * all jobs; the spread of the batches' shares of jobs at or below it says how far the true share may be from
 * q, and the percentiles at the ends of that range are the ends of the interval. (The spread of the batches'
 * own percentiles is far too small: a batch hardly holds the rare long waits that move the percentile.)
 * The share of GPUs in use is a mean over equal stretches of time.
 *
 * A metric whose neighbouring batches are still correlated at 20 batches gets no interval: it would be too
 * narrow. Nor does one whose batches hold too few jobs, or whose range goes beyond the longest value.
 *
 * @param run after its warm-up
 * @returns intervals by path of the metric
 */
export function batchMeansIntervals(
  run: BatchRun,
  confidence: number,
): Readonly<Record<string, MetricInterval>> {
  const intervals: Record<string, MetricInterval> = {};
  for (const [path, values] of jobSeries(run)) {
    const sorted = values.slice().sort();
    for (const [name, q, jobsMin] of STATISTICS) {
      const metric = `jobs.${path}.${name}`;
      const found =
        q === undefined
          ? meanInterval(metric, values, { jobsMin, confidence })
          : quantileInterval(values, sorted, { q, jobsMin, confidence });
      if (found !== undefined) intervals[metric] = found;
    }
  }
  const share = shareInterval(run, confidence);
  if (share !== undefined) intervals[SHARE] = share;
  return intervals;
}

/** Values per job in order of arrival, with the name of their distribution in the result. */
function jobSeries(run: BatchRun): readonly (readonly [path: string, values: Float64Array])[] {
  const { jobs, outcome, startS, endS } = run;
  const waits = waitedS(run);
  const order = Array.from({ length: jobs.count }, (_, job) => job);
  order.sort((left, right) => jobs.submitS[left]! - jobs.submitS[right]! || left - right);
  const of = (test: (job: number) => boolean, value: (job: number) => number): Float64Array =>
    Float64Array.from(order.filter(test), value);
  const completed = (job: number): boolean => outcome[job] === OUTCOME.completed;
  const jctS = (job: number): number => endS[job]! - jobs.submitS[job]!;
  const durationS = (job: number): number => jobs.durationS[job]!;
  const ranForATime = (job: number): boolean => completed(job) && durationS(job) > 0;
  const bounded = (job: number): number =>
    Math.max(1, jctS(job) / Math.max(durationS(job), SLOWDOWN_BOUND_S));
  return [
    [
      "waitS",
      of(
        (job) => !Number.isNaN(startS[job]!),
        (job) => waits[job]!,
      ),
    ],
    ["jctS", of(completed, jctS)],
    ["slowdown", of(ranForATime, (job) => jctS(job) / durationS(job))],
    ["boundedSlowdown", of(completed, bounded)],
  ];
}

interface Demands {
  readonly jobsMin: number;
  readonly confidence: number;
}

function meanInterval(
  path: string,
  values: Float64Array,
  { jobsMin, confidence }: Demands,
): MetricInterval | undefined {
  const spread = firstSpread(jobsMin, values.length, confidence, (batches) =>
    meansOf(values, batches),
  );
  if (spread === undefined) return undefined;
  const mean = pairwiseSum(values) / values.length;
  const { halfWidth, batches, lag1Correlation } = spread;
  return { mean, ...feasibleEnds(path, mean, halfWidth), batches, lag1Correlation };
}

function quantileInterval(
  values: Float64Array,
  sorted: Float64Array,
  { q, jobsMin, confidence }: Demands & { readonly q: number },
): MetricInterval | undefined {
  const mean = quantileOfSorted(sorted, q);
  if (mean === undefined) return undefined;
  const below = values.map((value) => (value <= mean ? 1 : 0));
  const spread = firstSpread(jobsMin, values.length, confidence, (batches) =>
    meansOf(below, batches),
  );
  if (spread === undefined || q + spread.halfWidth >= 1) return undefined;
  const { halfWidth, batches, lag1Correlation } = spread;
  return {
    mean,
    low: quantileOfSorted(sorted, Math.max(0, q - halfWidth))!,
    high: quantileOfSorted(sorted, q + halfWidth)!,
    batches,
    lag1Correlation,
  };
}

/** Means of equal batches; the incomplete tail is dropped. */
function meansOf(values: Float64Array, batches: number): Float64Array {
  const size = Math.floor(values.length / batches);
  return Float64Array.from(
    { length: batches },
    (_, batch) => pairwiseSum(values, batch * size, (batch + 1) * size) / size,
  );
}

/** GPUs in use over equal stretches of time, from the series. */
function shareInterval(run: BatchRun, confidence: number): MetricInterval | undefined {
  if (!(run.endOfRunS > run.startOfTraceS && run.gpuMilliTotal > 0)) return undefined;
  const spread = firstSpread(0, Infinity, confidence, (batches) => timeShares(run, batches));
  if (spread === undefined) return undefined;
  const parts = timeShares(run, spread.batches);
  const mean = pairwiseSum(parts) / parts.length;
  const { halfWidth, batches, lag1Correlation } = spread;
  return { mean, ...feasibleEnds(SHARE, mean, halfWidth), batches, lag1Correlation };
}

/** Share of GPUs in use in equal stretches of time; their mean is that of the whole run. */
function timeShares(run: BatchRun, batches: number): Float64Array {
  const { series, startOfTraceS, endOfRunS, gpuMilliTotal } = run;
  const widthS = (endOfRunS - startOfTraceS) / batches;
  const areas = new Float64Array(batches);
  for (let row = 0; row < series.timeS.length; row++) {
    const untilS = series.timeS[row + 1] ?? endOfRunS;
    for (let atS = Math.max(series.timeS[row]!, startOfTraceS); atS < untilS;) {
      const batch = Math.min(batches - 1, Math.floor((atS - startOfTraceS) / widthS));
      const borderS = batch === batches - 1 ? untilS : startOfTraceS + (batch + 1) * widthS;
      // Rounding may put the border on atS itself: the next batch then begins here.
      const nextS = borderS > atS ? Math.min(untilS, borderS) : untilS;
      areas[batch]! += (nextS - atS) * series.gpuMilliAllocated[row]!;
      atS = nextS;
    }
  }
  return areas.map((area) => area / (widthS * gpuMilliTotal));
}

interface Spread {
  readonly halfWidth: number;
  readonly batches: number;
  readonly lag1Correlation: number;
}

/**
 * The half-width from the most batches that are large and independent enough; undefined when none are.
 *
 * What correlation is left makes the mean vary more than independent batches would: their variance is raised
 * by (1 + r) / (1 - r), as for a first-order autoregressive series.
 */
function firstSpread(
  jobsMin: number,
  jobs: number,
  confidence: number,
  partsOf: (batches: number) => Float64Array,
): Spread | undefined {
  for (const batches of BATCH_COUNTS) {
    if (Math.floor(jobs / batches) < jobsMin) continue;
    const parts = partsOf(batches);
    const lag1Correlation = lag1(parts);
    if (!(lag1Correlation < LAG_1_MAX)) continue;
    const raised = Math.max(1, (1 + lag1Correlation) / (1 - lag1Correlation));
    const variance = (momentsOf(parts).variance * raised) / batches;
    const halfWidth = studentTQuantile((1 + confidence) / 2, batches - 1) * Math.sqrt(variance);
    return { halfWidth, batches, lag1Correlation };
  }
  return undefined;
}

/** Correlation of neighbouring values; 0 for values that are all equal, which tell nothing about each other. */
export function lag1(values: Float64Array): number {
  const { mean } = momentsOf(values);
  let product = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const fromMean = values[index]! - mean;
    squares += fromMean * fromMean;
    if (index > 0) product += fromMean * (values[index - 1]! - mean);
  }
  return squares === 0 ? 0 : product / squares;
}
