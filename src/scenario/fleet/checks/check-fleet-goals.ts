import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import type { FleetMetric, FleetPartKind } from "../fleet-metric.js";
import { findFleetMetric, metricOfPart } from "../fleet-metrics.js";
import { parseFleetTarget } from "../parse-fleet-target.js";

const GOALS = ["goals"] as const;

/** Where the names of each kind of part stand in a fleet. */
export const NAMES_AT: Readonly<Record<FleetPartKind, readonly PathPart[]>> = {
  template: ["fleet", "sites"],
  service: ["workload", "services"],
  rollout: ["rollouts"],
  cluster: ["fleet", "clusters"],
  upgrade: ["upgrades"],
  job: ["workload", "jobs"],
  dataset: ["workload", "datasets"],
  inference: ["workload", "inference"],
  ray: ["workload", "ray"],
};

/** Name of a goal that has none of its own. */
export function fleetGoalIdOf(goal: unknown): string | undefined {
  const id = textOf(goal, "id");
  if (id !== undefined) return id;
  const metric = textOf(goal, "metric");
  if (metric === undefined) return undefined;
  const of = textOf(goal, "of");
  const whole = of === undefined ? metric : metricOfPart(metric, of);
  return `${whole} ${fieldOf(goal, "atMost") === undefined ? "atLeast" : "atMost"}`;
}

/** One comparison per goal, a target in the unit of its metric, and a part that exists. */
export function checkFleetGoals(context: CheckContext): void {
  checkDuplicates(context, GOALS, { key: "id", what: "goal", nameOf: fleetGoalIdOf });
  listAt(context, GOALS).forEach((goal, index) => {
    const path = [...GOALS, index];
    const given = (["atMost", "atLeast"] as const).filter(
      (key) => fieldOf(goal, key) !== undefined,
    );
    if (given.length !== 1) {
      context.report({
        path,
        rule: given.length === 0 ? "missing-field" : "conflicting-fields",
        message: `${formatPath(path)} must have either atMost or atLeast, got ${given.length === 0 ? "none" : "both"}`,
        help: "headroom explain goals",
      });
    }
    const metric = findFleetMetric(textOf(goal, "metric") ?? "");
    if (metric === undefined) return;
    checkPart(context, path, goal, metric);
    for (const key of given) checkTarget(context, [...path, key], fieldOf(goal, key), metric);
  });
}

function checkTarget(
  context: CheckContext,
  path: readonly PathPart[],
  value: unknown,
  metric: FleetMetric,
): void {
  // Other types, and numbers that are none, are refused by the schema already.
  if (typeof value !== "string" && !Number.isFinite(value)) return;
  const target = parseFleetTarget(metric.unit, value as string | number);
  if (target.ok) return;
  context.report({
    path,
    rule: target.rule,
    message: `${formatPath(path)}: ${metric.path} is counted in ${metric.unit}, and ${target.message}`,
    ...(target.suggestion === undefined ? {} : { suggestion: target.suggestion }),
    ...(target.help === undefined ? {} : { help: target.help }),
  });
}

function checkPart(
  context: CheckContext,
  path: readonly PathPart[],
  goal: unknown,
  metric: FleetMetric,
): void {
  const of = textOf(goal, "of");
  const place = [...path, "of"];
  const kinds = metric.of ?? [];
  const allowed = kinds.flatMap((kind) =>
    listAt(context, NAMES_AT[kind]).flatMap((one) => textOf(one, "name") ?? []),
  );
  if (of !== undefined && kinds.length === 0) {
    context.report({
      path: place,
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(place)}: ${metric.path} is known of the fleet as a whole only`,
    });
  } else if (of !== undefined && !allowed.includes(of)) {
    context.report({
      path: place,
      rule: "unknown-name",
      message: `${formatPath(place)}: there is no ${kinds.join(" or ")} "${of}"`,
      allowed,
    });
  } else if (of === undefined && kinds.length > 0 && allowed.length === 0) {
    context.report({
      path: [...path, "metric"],
      rule: "incomplete-fields",
      message: `${metric.path} is about a ${kinds.join(" or a ")}, and the fleet has none`,
    });
  }
}
