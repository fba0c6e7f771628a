import type { PathPart } from "../../diagnostics/field-path.js";
import type { LocatedMap } from "../../diagnostics/located-node.js";
import type { Problem } from "../../diagnostics/problem.js";
import { formatDuration } from "../../base/units.js";
import { createCheckContext, type CheckContext } from "../check-context.js";
import type { ScenarioField } from "../field-tree.js";
import { PLAN_LIMITS } from "../plan-spec.js";
import { countedGroup, decisionName, decisionValues } from "../resolve-plan.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";
import { findPath } from "../set-path.js";
import { checkDuplicates } from "./duplicates.js";

type PlanInput = NonNullable<ScenarioSpec["plan"]>;
type DecisionInput = PlanInput["decide"][number];

/** Parts of a scenario that a plan may change: what is bought and how it is run, not what is asked of it. */
const DECIDABLE: readonly string[] = ["cluster", "workload", "policy", "faults", "power", "cost"];

/** What the fields of `plan` must be together, and with the rest of the scenario. */
export function checkPlan(options: {
  readonly root: LocatedMap;
  readonly fields: ScenarioField;
  readonly spec: ScenarioSpec;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}): void {
  const { spec } = options;
  if (spec.plan === undefined) return;
  const context = createCheckContext({ ...options, variant: undefined });
  spec.plan.decide.forEach((decision, index) => checkDecision(context, decision, index));
  checkDuplicates(context, ["plan", "supply"], { key: "group", what: "node group" });
  checkSpace(context, spec.plan);
  checkSupplies(context, spec, spec.plan);
  checkNeeds(context, spec, spec.plan);
  checkStatistics(context, spec, spec.plan);
}

function checkDecision(context: CheckContext, decision: DecisionInput, index: number): void {
  const at: readonly PathPart[] = ["plan", "decide", index];
  const { path, range, values, options } = decision;
  const where = `plan.decide[${index}]`;
  if ((path === undefined) === (options === undefined)) {
    context.report({
      path: at,
      rule: path === undefined ? "incomplete-fields" : "conflicting-fields",
      message: `${where} must have one of path and options`,
      help: "for example: {path: cluster.nodes[h100].count, range: {from: 8, to: 20}}",
    });
    return;
  }
  if (options !== undefined) {
    checkDuplicates(context, [...at, "options"], { key: "name", what: "option" });
    options.forEach((option, position) => {
      for (const written of Object.keys(option.set)) {
        checkPath(context, [...at, "options", position, "set", written], written, "key");
      }
    });
    return;
  }
  if ((range === undefined) === (values === undefined)) {
    context.report({
      path: at,
      rule: range === undefined ? "incomplete-fields" : "conflicting-fields",
      message: `${where} must have one of range and values`,
      help: "for example: range: {from: 8, to: 20}",
    });
    return;
  }
  if (!checkPath(context, [...at, "path"], path!, "value")) return;
  checkValues(context, decision, index);
}

/** True when the path names a field that a plan may change. */
function checkPath(
  context: CheckContext,
  at: readonly PathPart[],
  written: string,
  part: "key" | "value",
): boolean {
  const found = findPath(written, context.root, context.fields);
  if (!found.ok) {
    const { message, ...rest } = found.fault;
    context.report({ path: at, part, rule: "bad-set", message: `plan: ${message}`, ...rest });
    return false;
  }
  const top = String(found.path[0]);
  if (DECIDABLE.includes(top)) return true;
  context.report({
    path: at,
    part,
    rule: "bad-set",
    message: `plan: ${top} is what the plan is held against and cannot be decided`,
    allowed: DECIDABLE,
  });
  return false;
}

function checkValues(context: CheckContext, decision: DecisionInput, index: number): void {
  const { path, range, values } = decision;
  const at: readonly PathPart[] = [
    "plan",
    "decide",
    index,
    range === undefined ? "values" : "range",
  ];
  const all = decisionValues(decision);
  if (all.length === 0) {
    context.report({
      path: at,
      rule: "out-of-range",
      message: `plan.decide[${index}]: from ${range!.from} to ${range!.to} there is nothing to decide between`,
      help: "from must not be above to",
    });
  }
  if (all.length > PLAN_LIMITS.choicesMax) {
    context.report({
      path: at,
      rule: "out-of-range",
      message: `plan.decide[${index}] has ${all.length} choices, at most ${PLAN_LIMITS.choicesMax} are considered`,
      help: "give range.step",
    });
  }
  if (path === undefined || countedGroup(path) === undefined) return;
  const wrong = all.find(
    (value) => typeof value !== "number" || !Number.isInteger(value) || value < 0,
  );
  if (wrong !== undefined) {
    context.report({
      path: at,
      rule: "out-of-range",
      message: `plan.decide[${index}]: a number of nodes must be a whole number from 0, got ${JSON.stringify(wrong)}`,
    });
  }
  if (values !== undefined && new Set(values).size < values.length) {
    context.report({
      path: at,
      rule: "duplicate-name",
      message: `plan.decide[${index}] names a number of nodes twice`,
    });
  }
}

function checkSpace(context: CheckContext, plan: PlanInput): void {
  const sizeOf = (decision: DecisionInput): number =>
    decision.options?.length ?? decisionValues(decision).length;
  const isCount = ({ path }: DecisionInput): boolean =>
    path !== undefined && countedGroup(path) !== undefined;
  const product = (decisions: readonly DecisionInput[]): number =>
    decisions.reduce((size, decision) => size * Math.max(1, sizeOf(decision)), 1);
  const candidates = product(plan.decide);
  const families = product(plan.decide.filter((decision) => !isCount(decision)));
  const tooMany = (message: string): void =>
    context.report({ path: ["plan", "decide"], part: "key", rule: "out-of-range", message });
  if (candidates > PLAN_LIMITS.candidatesMax) {
    tooMany(
      `plan.decide makes ${candidates} plans, at most ${PLAN_LIMITS.candidatesMax} are considered: leave out choices, or give steps`,
    );
  } else if (families > PLAN_LIMITS.familiesMax) {
    tooMany(
      `plan.decide makes ${families} combinations besides the counts of nodes, at most ${PLAN_LIMITS.familiesMax} are considered: leave out choices`,
    );
  }
  const names = plan.decide.map((decision, index) => decisionName(decision, index));
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    context.report({
      path: ["plan", "decide", index],
      rule: "duplicate-name",
      message: `plan.decide decides "${name}" twice`,
    });
  });
}

function checkSupplies(context: CheckContext, spec: ScenarioSpec, plan: PlanInput): void {
  const known = spec.cluster.nodes.map(({ name }) => name);
  plan.supply?.forEach((supply, index) => {
    const at: readonly PathPart[] = ["plan", "supply", index];
    if (!known.includes(supply.group)) {
      context.report({
        path: [...at, "group"],
        rule: "unknown-name",
        message: `plan.supply must name a node group of the cluster, got "${supply.group}"`,
        allowed: known,
      });
    }
    if ((supply.batch === undefined) !== (supply.every === undefined)) {
      context.report({
        path: at,
        rule: "incomplete-fields",
        message: `plan.supply[${index}]: batch and every are given together`,
      });
    }
    const { leadTime = 0 } = supply;
    const delivery = plan.limits?.delivery ?? Infinity;
    if (leadTime <= delivery || !isAlwaysBought(spec, plan, supply)) return;
    context.report({
      path: [...at, "leadTime"],
      rule: "out-of-range",
      message: `no node of ${supply.group} can be there in time: it takes ${formatDuration(leadTime)} to come, and plan.limits.delivery is ${formatDuration(delivery)} from today`,
      help: "order from somebody faster, rent, or move plan.limits.delivery",
    });
  });
}

/** True when every plan has more nodes of the group than stand there already. */
function isAlwaysBought(
  spec: ScenarioSpec,
  plan: PlanInput,
  supply: NonNullable<PlanInput["supply"]>[number],
): boolean {
  const position = spec.cluster.nodes.findIndex(({ name }) => name === supply.group);
  const decision = plan.decide.find(({ path }) => {
    const selector = path === undefined ? undefined : countedGroup(path);
    return selector === supply.group || selector === String(position);
  });
  const fewest =
    decision === undefined
      ? (spec.cluster.nodes[position]?.count ?? 0)
      : Math.min(...decisionValues(decision).filter((value) => typeof value === "number"));
  return fewest > (supply.have ?? 0);
}

/** Limits and objectives that rest on figures of other sections. */
function checkNeeds(context: CheckContext, spec: ScenarioSpec, plan: PlanInput): void {
  const needs = (path: readonly PathPart[], what: string, section: "cost" | "power"): void => {
    if (spec[section] !== undefined) return;
    context.report({
      path,
      part: "key",
      rule: "incomplete-fields",
      message: `${what} needs the section ${section}`,
      help: `headroom explain ${section}`,
    });
  };
  if (plan.minimise === "power") needs(["plan", "minimise"], "plan.minimise: power", "power");
  else needs(["plan"], "a plan of least cost", "cost");
  const { budget, purchase, power, rackUnits } = plan.limits ?? {};
  if (budget !== undefined) needs(["plan", "limits", "budget"], "plan.limits.budget", "cost");
  if (purchase !== undefined) needs(["plan", "limits", "purchase"], "plan.limits.purchase", "cost");
  if (power !== undefined) needs(["plan", "limits", "power"], "plan.limits.power", "power");
  if (rackUnits === undefined) return;
  const without = spec.cluster.nodes.filter(
    ({ name }) =>
      plan.supply?.some((supply) => supply.group === name && supply.rackUnits !== undefined) !==
      true,
  );
  if (without.length === 0) return;
  context.report({
    path: ["plan", "limits", "rackUnits"],
    part: "key",
    rule: "incomplete-fields",
    message: `plan.limits.rackUnits needs the rack units of one node of ${without.map(({ name }) => name).join(", ")}`,
    help: `for example: plan: {supply: [{group: ${without[0]!.name}, rackUnits: 8}]}`,
  });
}

function checkStatistics(context: CheckContext, spec: ScenarioSpec, plan: PlanInput): void {
  for (const [value, name] of [
    [plan.confidence, "confidence"],
    [plan.tolerance, "tolerance"],
  ] as const) {
    if (value === undefined || (value > 0 && value < 1)) continue;
    context.report({
      path: ["plan", name],
      rule: "out-of-range",
      message: `plan.${name} must be above 0 and below 100 %, got ${value}`,
    });
  }
  const { first, max } = plan.replications ?? {};
  if (first !== undefined && max !== undefined && first > max) {
    context.report({
      path: ["plan", "replications"],
      rule: "out-of-range",
      message: `plan.replications: first (${first}) must not be above max (${max})`,
    });
  }
  if (spec.run?.interval === "batch-means" || spec.run?.warmup === "auto") {
    const field = spec.run.interval === "batch-means" ? "interval" : "warmup";
    context.report({
      path: ["run", field],
      part: "key",
      rule: "conflicting-fields",
      message: `run.${field} ${String(spec.run[field])} does not go with plan, whose evidence is replications of the same jobs`,
      help: field === "warmup" ? "give run.warmup a duration" : "leave run.interval out",
    });
  }
  if ((spec.goals ?? []).length > 0 || plan.survive !== undefined) return;
  context.report({
    path: ["plan"],
    part: "key",
    rule: "incomplete-fields",
    message: "a plan needs goals: without them the cheapest plan is to buy nothing",
    help: "for example: goals: [{metric: jobs.waitS.p95, atMost: 1h}]",
  });
}
