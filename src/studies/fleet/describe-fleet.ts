import { formatNumber } from "../../base/units.js";
import type { FleetSpec } from "../../simulation/fleet/fleet-spec.js";

/** What a fleet consists of, for a sentence: "1,000 sites and 1 node pool of 8 nodes". */
export function describeFleet(spec: FleetSpec): string {
  const parts: string[] = [];
  const sites = spec.sites?.templates.reduce((sum, { count }) => sum + count, 0) ?? 0;
  if (sites > 0) parts.push(countOf(sites, "site"));
  const clusters = spec.clusters?.members.length ?? 0;
  if (clusters > 0) parts.push(countOf(clusters, "cluster"));
  const pools = new Map(
    (spec.upgrades?.upgrades ?? []).flatMap((upgrade) =>
      upgrade.pools.map(({ pool, upgrade: { pool: nodes } }) => [pool, nodes.nodes] as const),
    ),
  );
  const nodes = [...pools.values()].reduce((sum, count) => sum + count, 0);
  if (pools.size > 0)
    parts.push(`${countOf(pools.size, "node pool")} of ${countOf(nodes, "node")}`);
  return parts.length === 0 ? "a fleet" : parts.join(" and ");
}

function countOf(count: number, noun: string): string {
  return `${formatNumber(count, { digits: 15 })} ${noun}${count === 1 ? "" : "s"}`;
}
