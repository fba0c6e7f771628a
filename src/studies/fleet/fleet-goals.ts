import type { Goal } from "../../scenario/resolved.js";
import type { GoalResult } from "../run/result-document.js";
import type { FleetReplications } from "./fleet-result-document.js";

/**
 * Holds what came out against what was asked for. With an interval a goal is met when the whole of it is on the good
 * side, missed when the whole of it is on the other, and otherwise not shown; without a value it is missed.
 *
 * @param runs figures of every replication
 */
export function judgeFleetGoals(
  goals: readonly Goal[],
  figures: Readonly<Record<string, number | null>>,
  runs: readonly ReadonlyMap<string, number | null>[],
  replications: FleetReplications | undefined,
): readonly GoalResult[] {
  return goals.map((goal) => {
    const actual = figures[goal.metric];
    if (actual === undefined) throw new Error(`fleet goals: no figure ${goal.metric}`);
    const isGood = (value: number): boolean =>
      goal.comparison === "atMost" ? value <= goal.target : value >= goal.target;
    const interval = replications?.intervals[goal.metric];
    const verdict =
      actual === null
        ? "missed"
        : interval === undefined
          ? isGood(actual)
            ? "met"
            : "missed"
          : verdictOf(isGood(interval.low), isGood(interval.high));
    return {
      ...goal,
      actual,
      interval: interval === undefined ? null : [interval.low, interval.high],
      met: verdict === "met",
      verdict,
      ...(replications === undefined
        ? {}
        : {
            replicationsMet: runs.filter((run) => {
              const value = run.get(goal.metric);
              return value !== undefined && value !== null && isGood(value);
            }).length,
          }),
    };
  });
}

function verdictOf(low: boolean, high: boolean): NonNullable<GoalResult["verdict"]> {
  if (low && high) return "met";
  return low || high ? "not shown" : "missed";
}
