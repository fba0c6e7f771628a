import { planSurge } from "./plan-surge.js";
import { simulateUpgrade } from "./simulate-upgrade.js";
import type { UpgradeResult } from "./upgrade-result.js";
import type { UpgradeSpec } from "./upgrade-spec.js";

/** The upgrade with so many spare nodes in the pool. */
export interface SpareTrial {
  readonly spares: number;
  readonly result: UpgradeResult;
}

/** What spare nodes do for an upgrade. */
export interface SpareSearch {
  /** From 0 up, as far as the first that is painless. */
  readonly trials: readonly SpareTrial[];
  /** Fewest spare nodes with which nothing waits, no service falls below its need and every node is done. */
  readonly painless: number | null;
  /** What stands in the way of a painless upgrade, whatever the spare nodes; null when none does. */
  readonly obstacle: string | null;
}

/**
 * Upgrades the pool with 0, 1, 2 … spare nodes beside those it has, until it is painless.
 *
 * Spare nodes are empty nodes of the same kind that are upgraded with the others.
 *
 * @param sparesMax most that are tried
 */
export function findSpares(spec: UpgradeSpec, sparesMax: number): SpareSearch {
  const trials: SpareTrial[] = [];
  for (let spares = 0; spares <= sparesMax; spares += 1) {
    const result = simulateUpgrade(withSpares(spec, spares));
    trials.push({ spares, result });
    if (result.isPainless) return { trials, painless: spares, obstacle: null };
  }
  return { trials, painless: null, obstacle: obstacleOf(trials.at(-1)!.result) };
}

/**
 * The same upgrade of a pool with more nodes. Where surge nodes cannot be had, spare ones are what it is for: as many
 * nodes are then upgraded in place at once.
 */
export function withSpares(spec: UpgradeSpec, spares: number): UpgradeSpec {
  const pool = { ...spec.pool, nodes: spec.pool.nodes + spares };
  const { strategy } = spec;
  if (spares === 0 || strategy.kind !== "rolling" || spec.pool.isSystem === true)
    return { ...spec, pool };
  if (planSurge(pool, strategy).course !== "none") return { ...spec, pool };
  const inPlace = { ...strategy, maxSurge: { count: 0 }, maxUnavailable: { count: spares } };
  return { ...spec, pool, strategy: inPlace };
}

function obstacleOf(result: UpgradeResult): string {
  if (result.end !== "done") return result.why;
  const missed = result.services.filter(({ missS }) => missS > 0);
  const atNeed = missed.find(({ ready, need }) => (ready[0]?.replicas ?? 0) <= need);
  if (atNeed !== undefined)
    return `${atNeed.name} needs all ${atNeed.need} replicas it has, and a replica is evicted before its replacement serves: one more replica is needed, not one more node`;
  if (missed.length > 0)
    return `${missed[0]!.name} falls below its need: its disruption budget lets more replicas go than it can spare`;
  return "pods still wait for a place";
}
