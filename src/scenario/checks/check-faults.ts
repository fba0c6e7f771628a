import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { findFailurePreset } from "../../performance/reliability/failure-presets.js";
import type { CheckContext } from "../check-context.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";
import { checkDuplicates } from "./duplicates.js";

type FaultsInput = NonNullable<ScenarioSpec["faults"]>;
type RepairInput = NonNullable<FaultsInput["repair"]>;

const FAULTS = ["faults"] as const;

/** What the fields of `faults` and of checkpoints must be together. */
export function checkFaults(context: CheckContext, spec: ScenarioSpec): void {
  checkCheckpoint(context, spec);
  const { faults } = spec;
  if (faults === undefined) return;
  for (const [list, what] of [
    ["components", "component"],
    ["maintenance", "window"],
    ["spares", "node group"],
  ] as const) {
    checkDuplicates(context, [...FAULTS, list], { key: "name", what });
  }
  checkNotEmpty(context, faults);
  checkRepairs(context, faults);
  faults.components?.forEach((_, index) => {
    checkComponent(context, spec, index);
  });
  faults.maintenance?.forEach((window, index) => {
    const path = [...FAULTS, "maintenance", index];
    checkGroups(context, spec, [...path, "nodes"], window.nodes);
    checkCalendar(context, spec, index);
  });
  faults.spares?.forEach(({ name, count }, index) => {
    const path = [...FAULTS, "spares", index];
    const group = spec.cluster.nodes.find((one) => one.name === name);
    if (group === undefined) checkGroups(context, spec, [...path, "name"], [name]);
    else if (count >= group.count && count > 0) {
      context.report({
        path: [...path, "count"],
        rule: "out-of-range",
        message: `${formatPath(path)}.count must be below the ${group.count} nodes of ${name}, of which they are a part, got ${count}`,
      });
    }
  });
}

function checkNotEmpty(context: CheckContext, faults: FaultsInput): void {
  const { preset, components = [], maintenance = [], rateFactor } = faults;
  if (preset === undefined && components.length === 0 && maintenance.length === 0) {
    context.report({
      path: FAULTS,
      part: "key",
      rule: "incomplete-fields",
      message: "faults has neither preset nor components nor maintenance: nothing would ever fail",
      help: "for example: preset: llama3",
    });
  }
  if (preset === undefined && rateFactor !== undefined) {
    context.report({
      path: [...FAULTS, "rateFactor"],
      part: "key",
      rule: "incomplete-fields",
      message: "faults.rateFactor is a factor on the rates of a preset, and there is none",
    });
  }
  const causes = findFailurePreset(preset ?? "")?.causes.map((cause) => cause.id) ?? [];
  components.forEach(({ name }, index) => {
    if (!causes.includes(name)) return;
    context.report({
      path: [...FAULTS, "components", index, "name"],
      rule: "duplicate-name",
      message: `faults.components: the preset ${preset} has a component "${name}" already; it has ${causes.join(", ")}`,
    });
  });
}

function checkRepairs(context: CheckContext, faults: FaultsInput): void {
  const { preset, components = [], repair } = faults;
  const path = [...FAULTS, "repair"];
  if (repair !== undefined) checkRepair(context, repair, path);
  const needs = findFailurePreset(preset ?? "")?.causes.some((cause) => cause.needsRepair) === true;
  const without = components.find((component) => component.repair === undefined);
  if (repair === undefined && (needs || without !== undefined)) {
    const whose = needs ? `the preset ${preset}` : `the component "${without!.name}"`;
    context.report({
      path,
      rule: "missing-figure",
      message: `faults.repair is missing: nobody published how long repairs take with the rates of ${whose}, and spares and availability hang on it`,
      help: "for example: repair: {median: 4h, p95: 3d}",
    });
  }
  components.forEach((component, index) => {
    if (component.repair === undefined) return;
    checkRepair(context, component.repair, [...FAULTS, "components", index, "repair"]);
  });
}

function checkRepair(
  context: CheckContext,
  { fixed, mean, median, p95 }: RepairInput,
  path: readonly PathPart[],
): void {
  const forms = [fixed, mean, median ?? p95].filter((form) => form !== undefined);
  if (forms.length !== 1) {
    context.report({
      path,
      rule: forms.length === 0 ? "incomplete-fields" : "conflicting-fields",
      message: `${formatPath(path)} must have one of fixed, mean, or median with p95`,
    });
  } else if ((median === undefined) !== (p95 === undefined)) {
    context.report({
      path,
      rule: "incomplete-fields",
      message: `${formatPath(path)}: median and p95 are given together`,
    });
  } else if (median !== undefined && p95! < median) {
    context.report({
      path: [...path, "p95"],
      rule: "out-of-range",
      message: `${formatPath(path)}.p95 must not be below the median`,
    });
  }
}

function checkComponent(context: CheckContext, spec: ScenarioSpec, index: number): void {
  const component = spec.faults!.components![index]!;
  const { scope, takes, nodesEach, level, mtbf, perThousandNodeDays } = component;
  const path = [...FAULTS, "components", index];
  const report = (
    field: string,
    rule: "conflicting-fields" | "incomplete-fields",
    text: string,
  ) => {
    context.report({
      path: [...path, field],
      part: "key",
      rule,
      message: `${formatPath(path)} ${text}`,
    });
  };
  checkGroups(context, spec, [...path, "nodes"], component.nodes);
  if ((mtbf === undefined) === (perThousandNodeDays === undefined)) {
    const both = mtbf !== undefined;
    report(
      both ? "perThousandNodeDays" : "name",
      both ? "conflicting-fields" : "incomplete-fields",
      "must have one of mtbf and perThousandNodeDays",
    );
  }
  if (takes !== undefined && scope !== "gpu") {
    report("takes", "conflicting-fields", `is of scope ${scope}; takes is for scope gpu`);
  }
  const shared = [nodesEach, level].filter((one) => one !== undefined).length;
  if (scope === "nodes" && shared !== 1) {
    report("scope", "incomplete-fields", "of scope nodes must have one of nodesEach and level");
  }
  if (scope !== "nodes" && shared > 0) {
    const field = nodesEach === undefined ? "level" : "nodesEach";
    report(field, "conflicting-fields", `is of scope ${scope}; ${field} is for scope nodes`);
  }
  if (level !== undefined) checkLevel(context, spec, [...path, "level"], level);
}

function checkLevel(
  context: CheckContext,
  spec: ScenarioSpec,
  path: readonly PathPart[],
  level: string,
): void {
  const names = (spec.cluster.topology ?? []).map((one) => one.level);
  if (names.includes(level)) return;
  context.report({
    path,
    rule: "unknown-name",
    message:
      names.length === 0
        ? `${formatPath(path)} names a level of cluster.topology, which the cluster does not have`
        : `${formatPath(path)} must be a level of cluster.topology, got "${level}"`,
    ...(names.length === 0 ? { help: "use nodesEach" } : { allowed: names }),
  });
}

function checkCalendar(context: CheckContext, spec: ScenarioSpec, index: number): void {
  const { every, duration, drain = 0, nodesAtOnce, nodes } = spec.faults!.maintenance![index]!;
  if (every === undefined) return;
  const count = spec.cluster.nodes
    .filter((group) => nodes === undefined || nodes.includes(group.name))
    .reduce((sum, group) => sum + group.count, 0);
  const batches = nodesAtOnce === undefined ? 1 : Math.ceil(count / nodesAtOnce);
  const roundS = batches * duration + drain;
  if (every >= roundS) return;
  const path = [...FAULTS, "maintenance", index, "every"];
  context.report({
    path,
    rule: "out-of-range",
    message: `${formatPath(path)} must not be shorter than one round over all nodes: ${batches} × ${duration} s and ${drain} s to drain`,
  });
}

/** Names of node groups that are not there. */
function checkGroups(
  context: CheckContext,
  spec: ScenarioSpec,
  path: readonly PathPart[],
  names: readonly string[] = [],
): void {
  const known = spec.cluster.nodes.map((group) => group.name);
  names.forEach((name, index) => {
    if (known.includes(name)) return;
    const isList = path.at(-1) === "nodes";
    context.report({
      path: isList ? [...path, index] : path,
      rule: "unknown-name",
      message: `${formatPath(path)} must name a node group of the cluster, got "${name}"`,
      allowed: known,
    });
  });
}

function checkCheckpoint(context: CheckContext, spec: ScenarioSpec): void {
  const { checkpoint } = spec.workload;
  if (checkpoint?.interval !== "optimal") return;
  const path = ["workload", "checkpoint", "interval"];
  if (spec.faults === undefined) {
    context.report({
      path,
      rule: "incomplete-fields",
      message: "workload.checkpoint.interval optimal needs faults: without failures none is best",
    });
  }
  if (checkpoint.cost === undefined || checkpoint.cost === 0) {
    context.report({
      path,
      rule: "incomplete-fields",
      message:
        "workload.checkpoint.interval optimal needs a cost above 0: if checkpoints were free, one would be written all the time",
      help: "for example: cost: 5m",
    });
  }
}
