import { findMetric, METRICS } from "../../scenario/metrics.js";
import { negligibleOf } from "../replicate/negligible.js";
import { metricValue } from "../run/evaluate-goals.js";
import type { GoalTarget } from "../run/evaluate-goals.js";
import type { RunResult } from "../run/result-document.js";

/** Metrics that decide when no configuration has a goal. */
const WITHOUT_GOALS = ["jobs.waitS.mean", "jobs.waitS.p95", "jobs.jctS.mean", "cost.total"];

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

/**
 * A difference of at most this counts as none, in the unit of the metric: a share of the value, or what nobody would
 * notice where the value is nearly 0. Nothing but 0 counts where the share is 0.
 */
export function indifferenceOf(path: string, value: number | null, share: number): number {
  return share === 0 ? 0 : Math.max(share * Math.abs(value ?? 0), negligibleOf(path));
}
