import type { GoalResult, RunResult } from "./result-document.js";

/** A goal as the scenario resolves it: the target in the metric's base unit. */
export interface GoalTarget {
  readonly id: string;
  /** Dotted path in the result, such as `jobs.waitS.p95`. */
  readonly metric: string;
  readonly comparison: "atMost" | "atLeast";
  readonly target: number;
  readonly unit: string;
}

/**
 * Holds what was computed against what was asked for.
 *
 * A goal whose metric has no value (no job started, say) is missed: nothing was shown to be good.
 */
export function evaluateGoals(
  goals: readonly GoalTarget[],
  result: Omit<RunResult, "goals">,
): readonly GoalResult[] {
  return goals.map((goal) => {
    const actual = metricValue(result, goal.metric);
    const met =
      actual !== null &&
      (goal.comparison === "atMost" ? actual <= goal.target : actual >= goal.target);
    return { ...goal, actual, interval: null, met };
  });
}

/**
 * The number at a dotted path of a result.
 *
 * @throws Error when the path names no number: the scenario accepted a metric that does not exist
 */
export function metricValue(result: Omit<RunResult, "goals">, path: string): number | null {
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
