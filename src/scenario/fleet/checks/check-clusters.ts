import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import { checkGpu, checkRegion, regionNames } from "./check-sites.js";

const CLUSTERS = ["fleet", "clusters"] as const;

/** What named clusters, their pools and the links between regions must be together. */
export function checkClusters(context: CheckContext): void {
  checkDuplicates(context, CLUSTERS, { key: "name", what: "cluster" });
  const regions = regionNames(context);
  listAt(context, CLUSTERS).forEach((cluster, index) => {
    const path = [...CLUSTERS, index];
    const name = textOf(cluster, "name");
    if (name !== undefined && regions.includes(name))
      context.report({
        path: [...path, "name"],
        rule: "duplicate-name",
        message: `${formatPath([...path, "name"])}: "${name}" is a region, and data lies at clusters and regions by name`,
      });
    const region = textOf(cluster, "region");
    if (region !== undefined) checkRegion(context, [...path, "region"], region);
    checkPools(context, [...path, "nodes"]);
  });
  checkWan(context);
}

function checkPools(context: CheckContext, path: readonly PathPart[]): void {
  checkDuplicates(context, path, {
    key: "name",
    what: "pool",
    nameOf: (pool) => textOf(pool, "name") ?? textOf(pool, "gpu"),
  });
  listAt(context, path).forEach((pool, index) => {
    const place = [...path, index];
    const elastic = fieldOf(pool, "elastic");
    checkGpu(context, [...place, "gpu"], textOf(pool, "gpu"));
    if (fieldOf(pool, "count") === undefined && elastic === undefined)
      context.report({
        path: place,
        rule: "missing-field",
        message: `${formatPath(place)} must have count, or elastic when the pool grows`,
      });
    if (fieldOf(pool, "spares") !== undefined && elastic !== undefined)
      context.report({
        path: [...place, "spares"],
        part: "key",
        rule: "conflicting-fields",
        message: `${formatPath(place)}: a pool that grows gets nodes when something waits; spare ones are of pools that do not`,
        help: "give elastic a larger min, and max, in their place",
      });
    const spot = fieldOf(pool, "spot");
    if (spot !== undefined && elastic === undefined)
      context.report({
        path: [...place, "spot"],
        part: "key",
        rule: "incomplete-fields",
        message: `${formatPath(place)}: spot nodes that are taken back come again only where the pool is elastic`,
      });
    if (spot !== undefined && fieldOf(pool, "failures") !== undefined)
      context.report({
        path: [...place, "failures"],
        part: "key",
        rule: "conflicting-fields",
        message: `${formatPath(place)}: spot nodes are taken back and not repaired; give either spot or failures`,
      });
    checkRange(context, place, {
      low: fieldOf(elastic, "min"),
      count: fieldOf(pool, "count"),
      high: fieldOf(elastic, "max"),
    });
  });
}

function checkRange(
  context: CheckContext,
  path: readonly PathPart[],
  {
    low = 0,
    count,
    high,
  }: { readonly low: unknown; readonly count: unknown; readonly high: unknown },
): void {
  if (typeof low !== "number" || typeof high !== "number") return;
  if (low > high)
    context.report({
      path: [...path, "elastic", "min"],
      rule: "out-of-range",
      message: `${formatPath([...path, "elastic", "min"])} must be at most max, which is ${high}, got ${low}`,
    });
  else if (typeof count === "number" && (count < low || count > high))
    context.report({
      path: [...path, "count"],
      rule: "out-of-range",
      message: `${formatPath([...path, "count"])} must be within the pool's ${low} to ${high} nodes, got ${count}`,
    });
}

function checkWan(context: CheckContext): void {
  const path = ["fleet", "wan", "links"];
  const seen = new Set<string>();
  listAt(context, path).forEach((link, index) => {
    const pair = (["from", "to"] as const).map((end) => textOf(link, end));
    for (const [at, region] of pair.entries())
      if (region !== undefined)
        checkRegion(context, [...path, index, at === 0 ? "from" : "to"], region);
    const key = JSON.stringify(pair);
    if (seen.has(key))
      context.report({
        path: [...path, index],
        rule: "duplicate-name",
        message: `fleet.wan.links: the pair ${pair[0] ?? "?"} -> ${pair[1] ?? "?"} is given twice`,
      });
    seen.add(key);
  });
}
