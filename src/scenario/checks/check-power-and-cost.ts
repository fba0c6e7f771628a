import type { PathPart } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import { resolveCluster } from "../resolve-cluster.js";
import { resolveCost } from "../resolve-cost.js";
import { resolvePower } from "../resolve-power.js";
import { isGiven } from "../report-issues.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";
import { checkDuplicates } from "./duplicates.js";

/** Parts of a result that exist only with their section of the scenario. */
const SECTIONS = ["faults", "cost", "energy"] as const;
const SECTION_OF = { faults: "faults", cost: "cost", energy: "power" } as const;

/** What the fields of `power` and `cost` must be together, and with the machines. */
export function checkPowerAndCost(context: CheckContext, spec: ScenarioSpec): void {
  checkGoalSections(context, spec);
  for (const [path, what] of [
    [["power", "gpus"], "GPU model"],
    [["power", "nodes"], "node group"],
    [["cost", "nodes"], "node group"],
  ] as const) {
    checkDuplicates(context, path, { key: "name", what });
  }
  checkNames(context, spec, ["power", "nodes"], spec.power?.nodes);
  checkNames(context, spec, ["cost", "nodes"], spec.cost?.nodes);
  if (spec.cost?.electricity !== undefined && spec.power === undefined) {
    context.report({
      path: ["cost", "electricity"],
      part: "key",
      rule: "incomplete-fields",
      message: "cost.electricity needs power: without it nobody knows how much is used",
      help: "for example: power: {pue: 1.3}",
    });
  }
  // The figures of machines that have problems of their own cannot be looked at.
  if (context.hasProblems) return;
  checkPower(context, spec);
  checkCost(context, spec);
}

/** A goal on a part of the result that the run will not have. */
function checkGoalSections(context: CheckContext, spec: ScenarioSpec): void {
  spec.goals?.forEach(({ metric }, index) => {
    const part = SECTIONS.find((section) => metric.startsWith(`${section}.`));
    if (part === undefined || isGiven(context, [SECTION_OF[part]])) return;
    context.report({
      path: ["goals", index, "metric"],
      rule: "incomplete-fields",
      message: `goals[${index}] is about ${metric}, which the result has only when the scenario has the section ${SECTION_OF[part]}`,
      help: `headroom explain ${SECTION_OF[part]}`,
    });
  });
}

function checkNames(
  context: CheckContext,
  spec: ScenarioSpec,
  path: readonly PathPart[],
  entries: readonly { readonly name: string }[] = [],
): void {
  const known = spec.cluster.nodes.map((group) => group.name);
  entries.forEach(({ name }, index) => {
    if (known.includes(name)) return;
    context.report({
      path: [...path, index, "name"],
      rule: "unknown-name",
      message: `${path.join(".")} must name a node group of the cluster, got "${name}"`,
      allowed: known,
    });
  });
}

function checkPower(context: CheckContext, spec: ScenarioSpec): void {
  if (spec.power === undefined) return;
  const { faults, withoutOverhead } = resolvePower(spec.power, resolveCluster(spec.cluster));
  for (const { field, rule, message, help } of faults) {
    context.report({
      path: field === undefined ? ["power"] : ["power", field],
      part: "key",
      rule,
      message,
      ...(help === undefined ? {} : { help }),
    });
  }
  if (withoutOverhead.length === 0 || faults.length > 0) return;
  context.warn({
    path: ["power"],
    part: "key",
    rule: "power-not-counted",
    message: `power: only GPUs are counted for the nodes of ${withoutOverhead.join(", ")}; nobody published what the rest of such a node uses, and power.nodes does not give it`,
  });
}

function checkCost(context: CheckContext, spec: ScenarioSpec): void {
  if (spec.cost === undefined) return;
  for (const fault of resolveCost(spec.cost, spec.cluster.nodes.map(plainGroup)).faults) {
    context.report({
      path: fault.index === undefined ? ["cost"] : ["cost", "nodes", fault.index],
      part: "key",
      rule: fault.rule,
      message: fault.message,
    });
  }
}

function plainGroup(group: ScenarioSpec["cluster"]["nodes"][number]): {
  readonly name: string;
  readonly count: number;
  readonly sku?: string;
} {
  const { name, count, sku } = group;
  return sku === undefined ? { name, count } : { name, count, sku };
}
