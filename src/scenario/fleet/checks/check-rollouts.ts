import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import { checkTemplates } from "./check-fleet-services.js";
import { checkStageMembers } from "./check-stage-members.js";

const ROLLOUTS = ["rollouts"] as const;

/** What rollouts must be, alone and together with sites and services. */
export function checkRollouts(context: CheckContext, spec: FleetDocument | undefined): void {
  checkDuplicates(context, ROLLOUTS, { key: "name", what: "rollout" });
  const templates = listAt(context, ["fleet", "sites"]).flatMap((one) => textOf(one, "name") ?? []);
  listAt(context, ROLLOUTS).forEach((rollout, index) => {
    const path = [...ROLLOUTS, index];
    checkWhat(context, path, rollout);
    checkStages(context, [...path, "stages"], templates);
    if (fieldOf(rollout, "giveUp") !== undefined && fieldOf(rollout, "disconnected") === "skip") {
      context.report({
        path: [...path, "giveUp"],
        part: "key",
        rule: "conflicting-fields",
        message: `${formatPath(path)}: with disconnected: skip nobody waits, and giveUp says for how long`,
      });
    }
  });
  if (spec !== undefined) checkStageMembers(context, spec);
}

function checkWhat(context: CheckContext, path: readonly PathPart[], rollout: unknown): void {
  const service = textOf(rollout, "service");
  const what = fieldOf(rollout, "what");
  const place = [...path, "service"];
  if (what === "model" && service === undefined) {
    context.report({
      path: [...path, "what"],
      rule: "incomplete-fields",
      message: `${formatPath(path)}: what: model needs service, whose model it is`,
    });
  }
  if (what === "node" && service !== undefined) {
    context.report({
      path: place,
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)}: what: node replaces whole nodes, and service names one service`,
    });
  }
  const allowed = listAt(context, ["workload", "services"]).flatMap(
    (one) => textOf(one, "name") ?? [],
  );
  if (service !== undefined && !allowed.includes(service)) {
    context.report({
      path: place,
      rule: "unknown-name",
      message: `${formatPath(place)}: there is no service "${service}"`,
      allowed,
    });
  }
}

function checkStages(
  context: CheckContext,
  path: readonly PathPart[],
  templates: readonly string[],
): void {
  checkDuplicates(context, path, { key: "name", what: "stage" });
  const stages = listAt(context, path);
  const names = stages.map((stage) => textOf(stage, "name") ?? "");
  stages.forEach((stage, index) => {
    const groups = [...path, index, "groups"];
    checkDuplicates(context, groups, { key: "name", what: "group" });
    listAt(context, groups).forEach((group, place) =>
      checkTemplates(context, [...groups, place, "sites"], fieldOf(group, "sites"), templates),
    );
    afterOf(stage).forEach((name, place) => {
      if (names.includes(name)) return;
      context.report({
        path: [...path, index, "after", place],
        rule: "unknown-name",
        message: `${formatPath([...path, index, "after"])}: there is no stage "${name}"`,
        allowed: names,
      });
    });
  });
  const circle = findCircle(stages, names);
  if (circle === undefined) return;
  const [first] = circle;
  context.report({
    path: [...path, names.indexOf(first!), "after"],
    part: "key",
    rule: "circular-stages",
    message: `${formatPath(path)} wait for each other in a circle: ${circle.join(" after ")}`,
    help: "take one `after` out of the circle",
  });
}

function afterOf(stage: unknown): readonly string[] {
  const after = fieldOf(stage, "after");
  return Array.isArray(after)
    ? after.filter((name): name is string => typeof name === "string")
    : [];
}

/** Stages a stage waits for: those it names, else the one before it. */
function waitsFor(
  stages: readonly unknown[],
  names: readonly string[],
  index: number,
): readonly string[] {
  const stage = stages[index];
  if (fieldOf(stage, "after") !== undefined) return afterOf(stage);
  return index === 0 ? [] : [names[index - 1]!];
}

/** Names along a circle, the first again at the end; undefined without one. */
function findCircle(
  stages: readonly unknown[],
  names: readonly string[],
): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): readonly string[] | undefined => {
    const seenAt = way.indexOf(name);
    if (seenAt !== -1) return [...way.slice(seenAt), name];
    const index = names.indexOf(name);
    if (index === -1 || done.has(name)) return undefined;
    for (const next of waitsFor(stages, names, index)) {
      const circle = visit(next, [...way, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of names) {
    const circle = visit(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
