import { nodeAt, plainValue, type LocatedNode } from "../../diagnostics/located-node.js";
import type { CheckContext } from "../../scenario/check-context.js";
import { NAMES_AT } from "../../scenario/fleet/checks/check-fleet-goals.js";
import { FLEET_METRICS, findFleetMetric } from "../../scenario/fleet/fleet-metrics.js";
import { METRICS } from "../../scenario/metrics.js";
import type { SweepBase } from "./sweep-base.js";

const SCENARIO_PATHS = METRICS.map(({ path }) => path);
const FLEET_PATHS = FLEET_METRICS.map(({ path }) => path);

/** Refuses metrics that neither scenarios nor fleets have. */
export function checkMetricNames(context: CheckContext, metrics: readonly string[]): void {
  metrics.forEach((metric, index) => {
    if (SCENARIO_PATHS.includes(metric) || findFleetMetric(metric) !== undefined) return;
    context.report({
      path: ["metrics", index],
      rule: "unknown-name",
      message: `metrics[${index}]: there is no metric "${metric}"`,
      similarTo: [...SCENARIO_PATHS, ...FLEET_PATHS],
      help: "docs/reference/scenario.md and docs/reference/fleet.md list the metrics of scenarios and of fleets",
    });
  });
}

/** Refuses metrics that only the other kind of document has, and those of a part that the fleet has not. */
export function checkMetricsOf(
  kind: SweepBase["kind"],
  metrics: readonly string[],
  root: LocatedNode,
  context: CheckContext,
): void {
  metrics.forEach((metric, index) => {
    const path = ["metrics", index];
    const known = findFleetMetric(metric);
    if (kind === "scenario" ? !SCENARIO_PATHS.includes(metric) : known === undefined) {
      context.report({
        path,
        rule: "unknown-name",
        message: `metrics[${index}]: ${kind === "fleet" ? "fleets have" : "a scenario has"} no metric "${metric}"`,
        similarTo: kind === "fleet" ? FLEET_PATHS : SCENARIO_PATHS,
      });
      return;
    }
    const part = /\[([^\]]*)\]/.exec(metric)?.[1];
    if (kind === "scenario" || part === undefined) return;
    const names = (known?.of ?? []).flatMap((one) => namesAt(root, one));
    if (names.includes(part)) return;
    context.report({
      path,
      rule: "unknown-name",
      message:
        known?.of === undefined
          ? `metrics[${index}]: ${known?.path ?? metric} is known of the fleet as a whole only`
          : `metrics[${index}]: there is no ${known.of.join(" or ")} "${part}"`,
      ...(names.length === 0 ? {} : { allowed: names, given: part }),
    });
  });
}

function namesAt(root: LocatedNode, kind: keyof typeof NAMES_AT): readonly string[] {
  const node = nodeAt(root, NAMES_AT[kind]);
  const list: unknown = node === undefined ? [] : plainValue(node);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: { readonly name?: unknown } | null) =>
    typeof one?.name === "string" ? [one.name] : [],
  );
}
