import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import type { MetricUnit } from "../metrics.js";
import { findMetric } from "../metrics.js";
import { metricOfService } from "../serving-metrics.js";
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
  requests: "a number of requests",
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
  const service = textOf(goal, "service");
  const whole = service === undefined ? metric : metricOfService(metric, service);
  return `${whole} ${fieldOf(goal, "atMost") === undefined ? "atLeast" : "atMost"}`;
}

/** The service a goal is about exists, and the metric is one of services. */
function checkService(
  context: CheckContext,
  goal: object,
  metric: string,
  path: readonly PathPart[],
): void {
  const service = textOf(goal, "service");
  const names = listAt(context, ["workload", "services"]).flatMap(
    (one) => textOf(one, "name") ?? [],
  );
  if (metric.startsWith("serving.") && names.length === 0) {
    context.report({
      path: [...path, "metric"],
      rule: "incomplete-fields",
      message: `${metric} is about services, and the workload has none`,
      help: "add workload.services",
    });
  }
  if (service === undefined) return;
  if (!metric.startsWith("serving.")) {
    context.report({
      path: [...path, "service"],
      rule: "conflicting-fields",
      message: `${metric} is not about services`,
    });
  } else if (names.length > 0 && !names.includes(service)) {
    context.report({
      path: [...path, "service"],
      rule: "unknown-name",
      message: `${formatPath([...path, "service"])}: there is no service "${service}"`,
      allowed: names,
    });
  }
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
  checkService(context, goal, metric.path, path);
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
