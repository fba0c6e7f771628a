import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { HOST_LEVEL } from "../../policy/gang/topology/topology-tree.js";
import type { CheckContext } from "../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "./duplicates.js";

const TOPOLOGY = ["cluster", "topology"] as const;
const NODES = ["cluster", "nodes"] as const;
const PLACES = ["size", "name", "names"] as const;
const MODES = ["required", "preferred"] as const;

/** What levels, places of nodes and requests of jobs must be together. */
export function checkTopology(context: CheckContext): void {
  const levels = listAt(context, TOPOLOGY).map((level) => textOf(level, "level") ?? "");
  checkDuplicates(context, TOPOLOGY, { key: "level", what: "level" });
  levels.forEach((level, index) => {
    if (level !== HOST_LEVEL) return;
    context.report({
      path: [...TOPOLOGY, index, "level"],
      rule: "conflicting-fields",
      message: `cluster.topology: ${HOST_LEVEL} is the node itself and is always the lowest level`,
      help: "leave it out",
    });
  });
  listAt(context, NODES).forEach((group, index) => {
    checkGroup(context, group, [...NODES, index], levels);
  });
  checkRequest(context, ["workload", "topology"], levels);
  listAt(context, ["workload", "jobs"]).forEach((_, index) =>
    checkRequest(context, ["workload", "jobs", index, "topology"], levels),
  );
  checkLevel(context, ["policy", "placement", "within"], [...levels, HOST_LEVEL]);
}

function checkGroup(
  context: CheckContext,
  group: unknown,
  path: readonly PathPart[],
  levels: readonly string[],
): void {
  const ownPath = [...path, "topology"];
  const own = listAt(context, ownPath);
  if (levels.length === 0 && own.length > 0) {
    context.report({
      path: ownPath,
      part: "key",
      rule: "incomplete-fields",
      message: `${formatPath(ownPath)} names levels and cluster.topology has none`,
      help: "add the levels, for example: cluster.topology: [{ level: rack }]",
    });
    return;
  }
  checkDuplicates(context, ownPath, { key: "level", what: "level" });
  own.forEach((place, index) => {
    checkLevel(context, [...ownPath, index, "level"], levels);
    checkPlace(context, place, [...ownPath, index], fieldOf(group, "count"));
  });
  const sizes = levels.map((level, index) => {
    const place = own.find((candidate) => textOf(candidate, "level") === level);
    const common = fieldOf(listAt(context, TOPOLOGY)[index], "size");
    if (place === undefined && common === undefined) reportNoPlace(context, path, level);
    return place === undefined ? common : fieldOf(place, "size");
  });
  checkNesting(context, path, levels, sizes);
}

function reportNoPlace(context: CheckContext, path: readonly PathPart[], level: string): void {
  context.report({
    path,
    rule: "incomplete-fields",
    message: `${formatPath(path)} does not say in which ${level} its nodes are`,
    help: `add a size to the level in cluster.topology, or to the group: topology: [{ level: ${level}, size: 4 }]`,
  });
}

function checkPlace(
  context: CheckContext,
  place: unknown,
  path: readonly PathPart[],
  count: unknown,
): void {
  const given = PLACES.filter((name) => fieldOf(place, name) !== undefined);
  if (given.length !== 1) {
    context.report({
      path,
      rule: given.length === 0 ? "incomplete-fields" : "conflicting-fields",
      message: `${formatPath(path)} must have one of ${PLACES.join(", ")}, got ${given.join(" and ") || "none"}`,
    });
  }
  const names = fieldOf(place, "names");
  if (!Array.isArray(names) || typeof count !== "number" || names.length === count) return;
  context.report({
    path: [...path, "names"],
    rule: "conflicting-fields",
    message: `${formatPath(path)} has ${names.length} names for ${count} nodes, must have one for each`,
  });
}

/** A rack must not lie in two blocks: domains by size have to fit into each other. */
function checkNesting(
  context: CheckContext,
  path: readonly PathPart[],
  levels: readonly string[],
  sizes: readonly unknown[],
): void {
  for (let index = 1; index < levels.length; index += 1) {
    const [wide, narrow] = [sizes[index - 1], sizes[index]];
    if (typeof wide !== "number" || typeof narrow !== "number" || wide % narrow === 0) continue;
    context.report({
      path,
      rule: "conflicting-fields",
      message:
        `${formatPath(path)}: ${levels[index - 1]!} has ${wide} nodes and ${levels[index]!} ${narrow}: ` +
        `the wider level must have a multiple of the narrower`,
      help: "change one of the sizes, or name the domains of the nodes",
    });
  }
}

function checkRequest(
  context: CheckContext,
  path: readonly PathPart[],
  levels: readonly string[],
): void {
  const request = context.valueAt(path);
  if (typeof request !== "object" || request === null) return;
  const given = MODES.filter((mode) => fieldOf(request, mode) !== undefined);
  if (given.length !== 1) {
    context.report({
      path,
      rule: given.length === 0 ? "incomplete-fields" : "conflicting-fields",
      message: `${formatPath(path)} must have one of required and preferred, got ${given.join(" and ") || "none"}`,
    });
  }
  for (const mode of given) checkLevel(context, [...path, mode], [...levels, HOST_LEVEL]);
}

function checkLevel(
  context: CheckContext,
  path: readonly PathPart[],
  levels: readonly string[],
): void {
  const level = context.valueAt(path);
  if (typeof level !== "string" || levels.includes(level)) return;
  context.report({
    path,
    rule: "unknown-level",
    message: `${formatPath(path)}: the cluster has no level "${level}"`,
    allowed: levels,
    help: "levels are named in cluster.topology",
  });
}
