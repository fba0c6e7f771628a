import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import type { MetricUnit } from "../metrics.js";
import { findMetric } from "../metrics.js";
import { parseTarget } from "../parse-target.js";
import { explainCommand } from "../report-issues.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "./duplicates.js";

const GOALS = ["goals"] as const;

const UNIT_WORDS: Readonly<Record<MetricUnit, string>> = {
  s: "a time",
  share: "a share",
  jobs: "a number of jobs",
  ratio: "a ratio",
  stops: "a number of stops",
  "GPU-hours": "a number of GPU-hours",
  kWh: "a number of kilowatt-hours",
  W: "a number of watts",
  currency: "an amount of money",
};

/** Name of a goal that has none of its own. */
export function goalIdOf(goal: unknown): string | undefined {
  const id = textOf(goal, "id");
  if (id !== undefined) return id;
  const metric = textOf(goal, "metric");
  if (metric === undefined) return undefined;
  return `${metric} ${fieldOf(goal, "atMost") === undefined ? "atLeast" : "atMost"}`;
}

/** One comparison per goal, and a target in the unit of its metric. */
export function checkGoals(context: CheckContext): void {
  checkDuplicates(context, GOALS, { key: "id", what: "goal", nameOf: goalIdOf });
  listAt(context, GOALS).forEach((goal, index) => {
    if (typeof goal === "object" && goal !== null && !Array.isArray(goal)) {
      checkGoal(context, goal, [...GOALS, index]);
    }
  });
}

function checkGoal(context: CheckContext, goal: object, path: readonly PathPart[]): void {
  const given = (["atMost", "atLeast"] as const).filter((key) => fieldOf(goal, key) !== undefined);
  if (given.length === 0) {
    context.report({
      path,
      rule: "missing-field",
      message: `${formatPath(path)} has neither atMost nor atLeast, must have one of them`,
      help: "headroom explain goals",
    });
  }
  if (given.length === 2) {
    context.report({
      path: [...path, "atLeast"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} has both atMost and atLeast, must have one of them`,
      help: "two bounds on one metric are two goals",
    });
  }
  const metric = findMetric(textOf(goal, "metric") ?? "");
  if (metric === undefined) return;
  for (const key of given) {
    const value = fieldOf(goal, key);
    // Other types, and numbers that are none, are refused by the schema already.
    if (typeof value !== "string" && !Number.isFinite(value)) continue;
    const target = parseTarget(metric.unit, value as string | number);
    if (target.ok) continue;
    context.report({
      path: [...path, key],
      rule: target.rule,
      message: `${formatPath([...path, key])}: ${metric.path} is ${UNIT_WORDS[metric.unit]}, and ${target.message}`,
      ...(target.suggestion === undefined ? {} : { suggestion: target.suggestion }),
      help: target.help ?? explainCommand(`goals[].${key}`),
    });
  }
}
