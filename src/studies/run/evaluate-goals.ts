import { serviceOfMetric } from "../../scenario/serving-metrics.js";
import { OPTIONAL_PARTS } from "./optional-results.js";
import type { GoalResult, MetricInterval, RunResult } from "./result-document.js";

/** A goal as the scenario resolves it: the target in the metric's base unit. */
export interface GoalTarget {
  readonly id: string;
  /** Dotted path in the result, such as `jobs.waitS.p95`. */
  readonly metric: string;
  readonly comparison: "atMost" | "atLeast";
  readonly target: number;
  readonly unit: string;
}

/** What is known of a metric beyond its value. */
export interface MetricEvidence {
  /**
   * `none`: the value is that of one run and decides alone. `missing`: an interval was asked for and could
   * not be had.
   */
  readonly interval: MetricInterval | "none" | "missing";
  /** The value of every replication; absent for a single run. */
  readonly perReplication?: Float64Array;
}

/**
 * Holds what was computed against what was asked for.
 *
 * With an interval a goal is met when the whole interval is on the good side, missed when the whole of it is
 * on the other, and otherwise not shown. A goal whose metric has no value (no job started, say) is missed:
 * nothing was shown to be good.
 *
 * @param evidence says what is known of a metric; absent for a single run
 */
export function evaluateGoals(
  goals: readonly GoalTarget[],
  result: Omit<RunResult, "goals">,
  evidence: (metric: string) => MetricEvidence = () => ({ interval: "none" }),
): readonly GoalResult[] {
  return goals.map((goal) => {
    const actual = metricValue(result, goal.metric);
    const { interval, perReplication } = evidence(goal.metric);
    const verdict = verdictOf(goal, actual, interval);
    return {
      ...goal,
      actual,
      interval: typeof interval === "string" ? null : [interval.low, interval.high],
      met: verdict === "met",
      verdict,
      ...(perReplication === undefined
        ? {}
        : { replicationsMet: perReplication.filter((value) => isGood(goal, value)).length }),
    };
  });
}

function verdictOf(
  goal: GoalTarget,
  actual: number | null,
  interval: MetricEvidence["interval"],
): NonNullable<GoalResult["verdict"]> {
  if (actual === null) return "missed";
  if (interval === "missing") return "not shown";
  if (interval === "none") return isGood(goal, actual) ? "met" : "missed";
  const low = isGood(goal, interval.low);
  // Jobs that still wait are in the value, and may be in no interval.
  const highest = goal.comparison === "atMost" ? Math.max(interval.high, actual) : interval.high;
  const high = isGood(goal, highest);
  if (low && high) return "met";
  return low || high ? "not shown" : "missed";
}

function isGood({ comparison, target }: GoalTarget, value: number): boolean {
  return comparison === "atMost" ? value <= target : value >= target;
}

/**
 * The number at a dotted path of a result; null in a part of the result that the run does not have.
 *
 * @throws Error when the path names no number: the scenario accepted a metric that does not exist
 */
export function metricValue(result: Omit<RunResult, "goals">, path: string): number | null {
  const named = serviceOfMetric(path);
  if (named !== undefined) {
    const one = result.serving?.services.find(({ name }) => name === named.service);
    return one === undefined ? null : numberAt({ serving: one }, named.path);
  }
  const keys = path.split(".");
  const optional = OPTIONAL_PARTS.find((part) => part === keys[0]);
  if (optional !== undefined && result[optional] === undefined) return null;
  return numberAt(result, path);
}

function numberAt(result: object, path: string): number | null {
  let value: unknown = result;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      throw new Error(`goals: no metric "${path}" in the result (stopped at "${key}")`);
    }
    value = (value as Record<string, unknown>)[key];
  }
  if (value === null || typeof value === "number") return value;
  throw new Error(`goals: metric "${path}" is not a number`);
}
