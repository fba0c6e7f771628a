import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import { clustersOfGroup, memberPoolsOfUpgrade, poolNameOf } from "../pools-of-upgrade.js";
import type { ClusterInput } from "../schema/clusters-schema.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import type { UpgradeInput } from "../schema/upgrades-schema.js";
import { reportTwice, reportUnstaged } from "./check-upgrade-stages.js";

const CLUSTERS = ["fleet", "clusters"] as const;

/** Whether an upgrade is of named clusters. */
export function isOfClusters(upgrade: unknown): boolean {
  return fieldOf(upgrade, "clusters") !== undefined;
}

/** Names of clusters and pools in an upgrade of named clusters, and what it cannot have. */
export function checkClusterUpgrade(
  context: CheckContext,
  path: readonly PathPart[],
  upgrade: unknown,
): void {
  const clusters = listAt(context, CLUSTERS).flatMap((one) => textOf(one, "name") ?? []);
  if (clusters.length === 0)
    context.report({
      path: [...path, "clusters"],
      part: "key",
      rule: "incomplete-fields",
      message: `${formatPath(path)} takes named clusters, and the fleet has none`,
      help: "describe them in fleet.clusters: headroom explain fleet fleet.clusters",
    });
  else checkNames(context, [...path, "clusters"], clusters, "cluster");
  checkPoolNames(context, path);
  if (textOf(upgrade, "what") === "mig")
    context.report({
      path: [...path, "what"],
      rule: "conflicting-fields",
      message: `${formatPath(path)}: what: mig changes how GPUs are divided, and those of named clusters are whole`,
      help: "describe the pool in fleet.pools, with its layout and what runs on it",
    });
  if (fieldOf(upgrade, "sparesMax") !== undefined)
    context.report({
      path: [...path, "sparesMax"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)}: sparesMax tries pools of fleet.pools, each by itself; what runs on named clusters comes and goes`,
      help: "ask headroom plan, with fleet.clusters[NAME].nodes[POOL].spares in plan.decide",
    });
  listAt(context, [...path, "stages"]).forEach((_, stage) => {
    const groups = [...path, "stages", stage, "groups"];
    listAt(context, groups).forEach((group, place) => {
      if (clusters.length > 0)
        checkNames(context, [...groups, place, "clusters"], clusters, "cluster");
      if (fieldOf(group, "pools") !== undefined)
        context.report({
          path: [...groups, place, "pools"],
          part: "key",
          rule: "conflicting-fields",
          message: `${formatPath([...groups, place])}: the upgrade is of named clusters, which a group takes by clusters or labels`,
        });
    });
  });
}

/** An upgrade of pools cannot name clusters in its stages. */
export function checkNoClusters(context: CheckContext, path: readonly PathPart[]): void {
  listAt(context, [...path, "stages"]).forEach((_, stage) => {
    const groups = [...path, "stages", stage, "groups"];
    listAt(context, groups).forEach((group, place) => {
      if (fieldOf(group, "clusters") === undefined) return;
      context.report({
        path: [...groups, place, "clusters"],
        part: "key",
        rule: "conflicting-fields",
        message: `${formatPath([...groups, place])}: the upgrade is of fleet.pools, which a group takes by pools or labels`,
        help: "for named clusters give the upgrade clusters",
      });
    });
  });
}

/** Every cluster in one stage; machines that can be had in the pools that are taken. */
export function checkClusterStages(
  context: CheckContext,
  path: readonly PathPart[],
  upgrade: UpgradeInput,
  { fleet }: FleetDocument,
): void {
  const taken = memberPoolsOfUpgrade(upgrade, fleet.clusters ?? []);
  const clusters = [...new Set(taken.map(({ cluster }) => cluster))];
  if (upgrade.stages === undefined) return;
  const placeOf = new Map<string, string>();
  upgrade.stages.forEach((stage, index) => {
    stage.groups.forEach((group, place) => {
      const where = `stage ${stage.name}, group ${group.name}`;
      for (const cluster of clustersOfGroup(group, clusters)) {
        const other = placeOf.get(cluster);
        placeOf.set(cluster, where);
        if (other !== undefined)
          reportTwice(context, path, { cluster, other, where, stage: index, group: place });
      }
    });
  });
  const left = clusters.map(({ name }) => name).filter((name) => !placeOf.has(name));
  reportUnstaged(context, path, left, "clusters");
}

/** Names in `pools` that some cluster of the upgrade has; every cluster has one of them. */
function checkPoolNames(context: CheckContext, path: readonly PathPart[]): void {
  const names = listAt(context, [...path, "pools"]);
  const chosen = listAt(context, [...path, "clusters"]);
  if (names.length === 0) return;
  const clusters = listAt(context, CLUSTERS).filter((one) => chosen.includes(textOf(one, "name")));
  const poolsOf = (cluster: unknown): readonly string[] => {
    const nodes = fieldOf(cluster, "nodes");
    return (Array.isArray(nodes) ? (nodes as ClusterInput["nodes"]) : []).map(poolNameOf);
  };
  const allowed = [...new Set(clusters.flatMap(poolsOf))];
  if (allowed.length === 0) return;
  checkNames(context, [...path, "pools"], allowed, "pool", "none of its clusters has a");
  for (const cluster of clusters) {
    if (poolsOf(cluster).some((name) => names.includes(name))) continue;
    context.report({
      path: [...path, "pools"],
      part: "key",
      rule: "incomplete-fields",
      message: `${formatPath(path)}: cluster ${textOf(cluster, "name") ?? "?"} has none of the pools ${names.join(", ")}; it has ${poolsOf(cluster).join(", ")}`,
      help: "leave the cluster out, or add one of its pools",
    });
  }
}

function checkNames(
  context: CheckContext,
  path: readonly PathPart[],
  allowed: readonly string[],
  what: string,
  lacks = "the fleet has no",
): void {
  listAt(context, path).forEach((name, index) => {
    if (typeof name !== "string" || allowed.includes(name)) return;
    context.report({
      path: [...path, index],
      rule: "unknown-name",
      message: `${formatPath([...path, index])}: ${lacks} ${what} "${name}"`,
      given: name,
      allowed,
    });
  });
}
