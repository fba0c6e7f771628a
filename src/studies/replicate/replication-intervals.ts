import { findMetric, METRICS } from "../../scenario/metrics.js";
import { metricOfService, SERVING_METRICS } from "../../scenario/serving-metrics.js";
import { replicationInterval } from "../../stats/confidence-interval.js";
import { metricValue } from "../run/evaluate-goals.js";
import type { MetricInterval, PairedDifference, RunResult } from "../run/result-document.js";

/** Metrics that get an interval: those a goal may name, and the mean length of the queue. */
const PATHS: readonly string[] = [...METRICS.map(({ path }) => path), "jobs.queueLengthMean"];

/** Where there are several services, the metrics of each too. */
function pathsOf(results: readonly ComputedResult[]): readonly string[] {
  const services = results[0]?.serving?.services ?? [];
  return [
    ...PATHS,
    ...services.flatMap(({ name }) =>
      SERVING_METRICS.map(({ path }) => metricOfService(path, name)),
    ),
  ];
}

/** A result before its goals are judged. */
export type ComputedResult = Omit<RunResult, "goals">;

/** Values of one metric over replications; undefined when one of them has none. */
export function valuesOf(
  results: readonly ComputedResult[],
  path: string,
): Float64Array | undefined {
  const values = results.map((result) => metricValue(result, path));
  return values.every((value) => value !== null) ? Float64Array.from(values) : undefined;
}

/**
 * Student-t intervals for the mean of every metric over replications.
 *
 * A percentile is one value per replication, so its interval is about the percentile of one such run, on
 * average over runs; jobs of one run depend on each other and are never pooled.
 */
export function replicationIntervals(
  results: readonly ComputedResult[],
  confidence: number,
): Readonly<Record<string, MetricInterval>> {
  const intervals: Record<string, MetricInterval> = {};
  for (const path of pathsOf(results)) {
    const values = valuesOf(results, path);
    if (values === undefined || values.length < 2) continue;
    const { mean, halfWidth } = replicationInterval(values, confidence);
    intervals[path] = { mean, ...feasibleEnds(path, mean, halfWidth) };
  }
  return intervals;
}

/**
 * The ends of an interval, cut to the values the metric can take: times, counts and ratios are not negative,
 * shares are at most 1. What is cut off cannot be true, so the coverage stays.
 */
export function feasibleEnds(
  path: string,
  mean: number,
  halfWidth: number,
): { readonly low: number; readonly high: number } {
  const highest = findMetric(path)?.unit === "share" ? 1 : Infinity;
  return { low: Math.max(0, mean - halfWidth), high: Math.min(highest, mean + halfWidth) };
}

/** Variant minus base on common random numbers: the interval of the paired differences of every metric. */
export function pairedDifferences(
  base: readonly ComputedResult[],
  variant: readonly ComputedResult[],
  confidence: number,
): Readonly<Record<string, PairedDifference>> {
  const differences: Record<string, PairedDifference> = {};
  for (const path of pathsOf(base)) {
    const before = valuesOf(base, path);
    const after = valuesOf(variant, path);
    if (before === undefined || after === undefined || before.length < 2) continue;
    const paired = after.map((value, replication) => value - before[replication]!);
    const { mean, halfWidth } = replicationInterval(paired, confidence);
    differences[path] = {
      mean,
      low: mean - halfWidth,
      high: mean + halfWidth,
      correlation: correlationOf(before, after),
    };
  }
  return differences;
}

/** Pearson's correlation; null when one side is constant. */
function correlationOf(left: Float64Array, right: Float64Array): number | null {
  const meanOf = (values: Float64Array): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const leftMean = meanOf(left);
  const rightMean = meanOf(right);
  let product = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let index = 0; index < left.length; index++) {
    const fromLeft = left[index]! - leftMean;
    const fromRight = right[index]! - rightMean;
    product += fromLeft * fromRight;
    leftSquares += fromLeft * fromLeft;
    rightSquares += fromRight * fromRight;
  }
  if (leftSquares === 0 || rightSquares === 0) return null;
  return product / Math.sqrt(leftSquares * rightSquares);
}
