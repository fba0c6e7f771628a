import { findMetric, METRICS } from "../../scenario/metrics.js";
import { metricValue } from "../run/evaluate-goals.js";
import type { GoalTarget } from "../run/evaluate-goals.js";
import type { RunResult } from "../run/result-document.js";

/** Metrics that decide when no configuration has a goal. */
const WITHOUT_GOALS = ["jobs.waitS.mean", "jobs.waitS.p95", "jobs.jctS.mean", "cost.total"];

/** Differences below these are as good as none, whatever the mean: a share of nearly 0 is nothing. */
const NEGLIGIBLE: Readonly<Record<string, number>> = {
  s: 1,
  share: 0.001,
  jobs: 0.5,
  stops: 0.5,
  ratio: 0.001,
};

/** A metric to compare, with its unit in the results. */
export interface ChosenMetric {
  readonly path: string;
  readonly unit: string;
}

/**
 * The metrics of all goals; without goals the waits, the time to finish and the cost, as far as results have them.
 *
 * @param results one per configuration
 */
export function decidingMetrics(
  goals: readonly GoalTarget[],
  results: readonly RunResult[],
): readonly ChosenMetric[] {
  const paths = [...new Set(goals.map(({ metric }) => metric))];
  const chosen = paths.length > 0 ? paths : WITHOUT_GOALS.filter((path) => isThere(path, results));
  return chosen.map((path) => ({ path, unit: unitOf(path, results) }));
}

/** Every other metric that some result has a value of; largest values and percentages of one week say too little. */
export function metricsBeside(
  deciding: readonly ChosenMetric[],
  results: readonly RunResult[],
): readonly ChosenMetric[] {
  const known = new Set(deciding.map(({ path }) => path));
  return METRICS.map(({ path }) => path)
    .filter((path) => !known.has(path) && !path.endsWith(".max") && isThere(path, results))
    .map((path) => ({ path, unit: unitOf(path, results) }));
}

function isThere(path: string, results: readonly RunResult[]): boolean {
  return results.some((result) => metricValue(result, path) !== null);
}

function unitOf(path: string, results: readonly RunResult[]): string {
  const unit = findMetric(path)?.unit ?? "";
  if (unit !== "currency") return unit;
  return results.find(({ cost }) => cost !== undefined)?.cost?.currency ?? "";
}

/** A difference of at most this counts as none: a share of the value, or what nobody would notice. */
export function indifferenceOf(value: number | null, unit: string, share: number): number {
  return Math.max(share * Math.abs(value ?? 0), share === 0 ? 0 : (NEGLIGIBLE[unit] ?? 0));
}
