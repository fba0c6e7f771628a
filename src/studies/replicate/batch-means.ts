import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { waitedS } from "../../simulation/batch/waited.js";
import { momentsOf } from "../../stats/moments.js";
import { pairwiseSum, quantile } from "../../stats/quantile.js";
import { studentTQuantile } from "../../stats/student-t.js";
import type { MetricInterval } from "../run/result-document.js";
import { feasibleEnds } from "./replication-intervals.js";

/** Numbers of batches that are tried: fewer are larger and depend less on each other. */
const BATCH_COUNTS = [30, 25, 20] as const;
/** Neighbouring batches more alike than this are not independent enough. */
const LAG_1_MAX = 0.2;

/**
 * Jobs one batch needs for each statistic: with fewer, the quantile of a batch is far from that of the whole.
 * 72 and 368 are the sizes from which an order-statistic interval of p95 and p99 has two ends.
 */
const STATISTICS: readonly (readonly [name: string, q: number | undefined, jobsMin: number])[] = [
  ["mean", undefined, 10],
  ["p50", 0.5, 10],
  ["p95", 0.95, 72],
  ["p99", 0.99, 368],
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
 * Intervals for one long run from its batches in order of arrival: by batch means for means, by sectioning
 * for quantiles (the estimate from all jobs, its spread from the quantiles of the batches), and from equal
 * stretches of time for the share of GPUs in use.
 *
 * A metric whose neighbouring batches are still correlated at 20 batches gets no interval: it would be too
 * narrow. Nor does one whose batches hold too few jobs.
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
    for (const [name, q, jobsMin] of STATISTICS) {
      const metric = `jobs.${path}.${name}`;
      const found = bestBatches(metric, values, { q, jobsMin, confidence });
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

/** The interval from the most batches that are independent enough; undefined when none are. */
function bestBatches(
  path: string,
  values: Float64Array,
  options: {
    readonly q: number | undefined;
    readonly jobsMin: number;
    readonly confidence: number;
  },
): MetricInterval | undefined {
  const { q, jobsMin, confidence } = options;
  const statistic = (part: Float64Array): number =>
    q === undefined ? pairwiseSum(part) / part.length : quantile(part, q)!;
  for (const batches of BATCH_COUNTS) {
    const size = Math.floor(values.length / batches);
    if (size < jobsMin) continue;
    const parts = Float64Array.from({ length: batches }, (_, batch) =>
      statistic(values.subarray(batch * size, (batch + 1) * size)),
    );
    const found = intervalAround(path, statistic(values), parts, confidence);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** GPUs in use over equal stretches of time, from the series. */
function shareInterval(run: BatchRun, confidence: number): MetricInterval | undefined {
  const { series, startOfTraceS, endOfRunS, gpuMilliTotal } = run;
  const spanS = endOfRunS - startOfTraceS;
  if (!(spanS > 0 && gpuMilliTotal > 0)) return undefined;
  for (const batches of BATCH_COUNTS) {
    const widthS = spanS / batches;
    const areas = new Float64Array(batches);
    let whole = 0;
    for (let row = 0; row < series.timeS.length; row++) {
      const fromS = Math.max(series.timeS[row]!, startOfTraceS);
      const untilS = series.timeS[row + 1] ?? endOfRunS;
      const value = series.gpuMilliAllocated[row]!;
      whole += Math.max(0, untilS - fromS) * value;
      for (let atS = fromS; atS < untilS;) {
        const batch = Math.min(batches - 1, Math.floor((atS - startOfTraceS) / widthS));
        const borderS = batch === batches - 1 ? untilS : startOfTraceS + (batch + 1) * widthS;
        // Rounding may put the border on atS itself: the next batch then begins here.
        const nextS = borderS > atS ? Math.min(untilS, borderS) : untilS;
        areas[batch]! += (nextS - atS) * value;
        atS = nextS;
      }
    }
    const shares = areas.map((area) => area / (widthS * gpuMilliTotal));
    const found = intervalAround(SHARE, whole / (spanS * gpuMilliTotal), shares, confidence);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The interval around an estimate by the spread of batches; undefined when neighbours are too much alike. */
function intervalAround(
  path: string,
  mean: number,
  parts: Float64Array,
  confidence: number,
): MetricInterval | undefined {
  const lag1Correlation = lag1(parts);
  if (!(lag1Correlation < LAG_1_MAX)) return undefined;
  const { variance } = momentsOf(parts);
  const quantileT = studentTQuantile((1 + confidence) / 2, parts.length - 1);
  const halfWidth = quantileT * Math.sqrt(variance / parts.length);
  return {
    mean,
    ...feasibleEnds(path, mean, halfWidth),
    batches: parts.length,
    lag1Correlation,
  };
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
