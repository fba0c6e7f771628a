import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import type { PoolInput } from "../schema/pools-schema.js";
import type { UpgradeInput } from "../schema/upgrades-schema.js";
import { clusterOf, poolsOfGroup, poolsOfUpgrade } from "../pools-of-upgrade.js";
import {
  checkClusterStages,
  checkClusterUpgrade,
  checkNoClusters,
  isOfClusters,
} from "./check-cluster-upgrades.js";
import { checkPools } from "./check-pools.js";
import { reportTwice, reportUnstaged } from "./check-upgrade-stages.js";

const UPGRADES = ["upgrades"] as const;
const STRATEGIES = ["rolling", "blueGreen", "inPlace"] as const;

/** What upgrades of node pools must be, alone and together with the pools. */
export function checkUpgrades(context: CheckContext, spec: FleetDocument | undefined): void {
  checkPools(context, spec);
  checkDuplicates(context, UPGRADES, { key: "name", what: "upgrade" });
  const pools = listAt(context, ["fleet", "pools"]).flatMap((one) => textOf(one, "name") ?? []);
  const upgrades = listAt(context, UPGRADES);
  if (upgrades.some((one) => !isOfClusters(one)) && pools.length === 0) {
    context.report({
      path: UPGRADES,
      part: "key",
      rule: "incomplete-fields",
      message: "upgrades are of node pools, and the fleet has none",
      help: "describe them in fleet.pools (headroom explain fleet fleet.pools), or name clusters of fleet.clusters in upgrades[].clusters",
    });
  }
  upgrades.forEach((upgrade, index) => {
    const path = [...UPGRADES, index];
    checkStrategy(context, path, upgrade);
    if (isOfClusters(upgrade)) {
      checkClusterUpgrade(context, path, upgrade);
    } else {
      checkNames(context, [...path, "pools"], fieldOf(upgrade, "pools"), pools);
      checkNoClusters(context, path);
    }
    checkDuplicates(context, [...path, "stages"], { key: "name", what: "stage" });
    listAt(context, [...path, "stages"]).forEach((_, stage) => {
      const groups = [...path, "stages", stage, "groups"];
      checkDuplicates(context, groups, { key: "name", what: "group" });
      listAt(context, groups).forEach((group, place) => {
        if (!isOfClusters(upgrade))
          checkNames(context, [...groups, place, "pools"], fieldOf(group, "pools"), pools);
      });
    });
  });
  if (spec?.upgrades === undefined) return;
  const known = spec.fleet.pools ?? [];
  spec.upgrades.forEach((upgrade, index) => {
    if (upgrade.clusters !== undefined) {
      checkClusterStages(context, [...UPGRADES, index], upgrade, spec);
      return;
    }
    if (known.length === 0) return;
    checkLayoutAfter(context, [...UPGRADES, index], upgrade, known);
    checkMembers(context, [...UPGRADES, index], upgrade, known);
  });
}

function checkNames(
  context: CheckContext,
  path: readonly PathPart[],
  names: unknown,
  allowed: readonly string[],
): void {
  if (!Array.isArray(names) || allowed.length === 0) return;
  names.forEach((name, index) => {
    if (typeof name !== "string" || allowed.includes(name)) return;
    context.report({
      path: [...path, index],
      rule: "unknown-name",
      message: `${formatPath([...path, index])}: the fleet has no pool "${name}"`,
      allowed,
    });
  });
}

function checkStrategy(context: CheckContext, path: readonly PathPart[], upgrade: unknown): void {
  if (typeof upgrade !== "object" || upgrade === null) return;
  const given = STRATEGIES.filter((name) => fieldOf(upgrade, name) !== undefined);
  if (given.length !== 1) {
    context.report({
      path,
      rule: given.length === 0 ? "missing-field" : "conflicting-fields",
      message: `${formatPath(path)} must have one of rolling, blueGreen and inPlace, got ${given.length === 0 ? "none" : given.join(" and ")}`,
      help: "headroom explain fleet upgrades[].rolling",
    });
  }
  const what = textOf(upgrade, "what") ?? "kubernetes";
  const other = given.find((name) => name !== "inPlace");
  if ((what === "driver" || what === "mig") && other !== undefined) {
    context.report({
      path: [...path, other],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)}: what: ${what} changes nodes that stay, and ${other} makes new ones`,
      help: "write inPlace: { maxUnavailable: 1 }",
    });
  }
  const layout = fieldOf(upgrade, "layout");
  if (what === "mig" && layout === undefined) {
    context.report({
      path: [...path, "what"],
      rule: "incomplete-fields",
      message: `${formatPath(path)}: what: mig needs layout, the instances of every GPU afterwards`,
    });
  }
  if (what !== "mig" && layout !== undefined) {
    context.report({
      path: [...path, "layout"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)}: layout is the MIG layout afterwards, and what: ${what} changes none`,
    });
  }
}

function checkLayoutAfter(
  context: CheckContext,
  path: readonly PathPart[],
  upgrade: UpgradeInput,
  pools: readonly PoolInput[],
): void {
  for (const pool of poolsOfUpgrade(upgrade, pools)) {
    if (upgrade.what === "mig" && pool.layout === undefined)
      context.report({
        path: [...path, "what"],
        rule: "incomplete-fields",
        message: `${formatPath(path)}: what: mig changes the layout of ${pool.name}, and the pool has none`,
        help: "give it fleet.pools[].layout, or name other pools in upgrades[].pools",
      });
  }
}

/** Every cluster in one stage, none in two or in two groups. */
function checkMembers(
  context: CheckContext,
  path: readonly PathPart[],
  upgrade: UpgradeInput,
  pools: readonly PoolInput[],
): void {
  if (upgrade.stages === undefined) return;
  const taken = poolsOfUpgrade(upgrade, pools);
  const placeOf = new Map<string, string>();
  upgrade.stages.forEach((stage, index) => {
    stage.groups.forEach((group, place) => {
      const clusters = new Set(poolsOfGroup(group, taken).map(clusterOf));
      const where = `stage ${stage.name}, group ${group.name}`;
      for (const cluster of clusters) {
        const other = placeOf.get(cluster);
        placeOf.set(cluster, where);
        if (other !== undefined)
          reportTwice(context, path, { cluster, other, where, stage: index, group: place });
      }
    });
  });
  const left = [...new Set(taken.map(clusterOf))].filter((cluster) => !placeOf.has(cluster));
  reportUnstaged(context, path, left, "pools");
}
