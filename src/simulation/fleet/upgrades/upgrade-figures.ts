import type { FleetUpgradeResult, PoolUpgradeResult } from "./fleet-upgrade-result.js";
import type { UpgradeResult } from "./upgrade-result.js";

/** Figures of upgrades by the last word of their path. */
export type UpgradeFigures = Readonly<Record<string, number | null>>;

/** Figures of one upgrade, or of several together. */
export function figuresOfUpgrades(upgrades: readonly FleetUpgradeResult[]): UpgradeFigures {
  const pools = upgrades.flatMap((one) => one.pools);
  const results = pools.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const sum = (value: (result: UpgradeResult) => number): number =>
    results.reduce((total, result) => total + value(result), 0);
  const nodes = pools.reduce((total, { plan }) => total + plan.upgrade.pool.nodes, 0);
  const ends = upgrades.map((one) => one.run);
  const isNeedKnown = results.every((result) => result.isNeedKnown !== false);
  const allEnded = ends.every(({ end }) => end === "done");
  return {
    doneShare: nodes === 0 ? null : sum(({ nodesChanged }) => nodesChanged) / nodes,
    durationS:
      allEnded && upgrades.length > 0
        ? Math.max(...upgrades.map(({ run, upgrade }) => lastEndS(run) - upgrade.startS))
        : null,
    stoppedPools: pools.filter(({ result }) => !isEnded(result)).length,
    serviceMissS: isNeedKnown ? sum(({ missS }) => missS) : null,
    serviceMisses: isNeedKnown
      ? sum(({ services }) => services.reduce((total, { misses }) => total + misses, 0))
      : null,
    jobStops: sum(({ stops }) => stops),
    lostGpuHours: sum(({ lostGpuHours }) => lostGpuHours),
    restartGpuHours: sum(({ restartGpuHours }) => restartGpuHours),
    waitingGpuHours: sum(({ waitingGpuHours }) => waitingGpuHours),
    capacityLostGpuHours: sum(({ capacityLostGpuHours }) => capacityLostGpuHours),
    openShareMin: results.reduce<number | null>(
      (least, { openGpusMin, openGpusBefore }) =>
        openGpusBefore === 0 ? least : Math.min(least ?? Infinity, openGpusMin / openGpusBefore),
      null,
    ),
    surgeNodes: sum(({ surgeNodes }) => surgeNodes),
    ...spareFigures(pools),
  };
}

/** The end of the last cluster; waits after the last stage are none of the upgrade. */
function lastEndS({ members, endS }: FleetUpgradeResult["run"]): number {
  const ends = members.map((member) => member.endS).filter((timeS) => timeS < Infinity);
  return ends.length === 0 ? endS : Math.max(...ends);
}

/** Whether the upgrade of a pool came to an end by itself. */
export function isEnded(result: UpgradeResult | undefined): boolean {
  return result?.end === "done" || result?.end === "done-with-blocked-nodes";
}

/** A pool that is in two upgrades has its spare nodes once. */
function spareFigures(
  pools: readonly PoolUpgradeResult[],
): Record<"spareNodes" | "spareCostPerDay" | "painlessSpareNodes", number | null> {
  const byPool = new Map<string, { spares: number; price?: number; painless: number | null }>();
  for (const { plan, search } of pools) {
    const known = byPool.get(plan.pool);
    const painless = search?.painless ?? null;
    byPool.set(plan.pool, {
      spares: plan.spares,
      ...(plan.pricePerNodeHour === undefined ? {} : { price: plan.pricePerNodeHour }),
      painless:
        known === undefined
          ? painless
          : known.painless === null || painless === null
            ? null
            : Math.max(known.painless, painless),
    });
  }
  const all = [...byPool.values()];
  const costs = all.map(({ spares, price }) => (price === undefined ? null : spares * price * 24));
  const total = (values: readonly (number | null)[]): number | null =>
    values.reduce<number | null>(
      (sum, value) => (sum === null || value === null ? null : sum + value),
      0,
    );
  return {
    spareNodes: all.reduce((sum, { spares }) => sum + spares, 0),
    spareCostPerDay: total(costs),
    painlessSpareNodes: total(all.map(({ painless }) => painless)),
  };
}
