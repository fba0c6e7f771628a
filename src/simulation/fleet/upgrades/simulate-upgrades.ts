import type { RandomStreams } from "../../../engine/streams.js";
import type { FleetPartOutcome } from "../fleet-part.js";
import { findSpares } from "./find-spares.js";
import type { FleetUpgradeResult, PoolUpgradeResult } from "./fleet-upgrade-result.js";
import type { FleetUpgrade, PoolUpgrade, UpgradesSpec } from "./fleet-upgrades-spec.js";
import { simulateUpgrade } from "./simulate-upgrade.js";
import { simulateUpdateRun, type UpdateRunStage } from "./update-run.js";
import { outcomeOfUpgrades } from "./upgrades-outcome.js";
import type { UpgradeResult } from "./upgrade-result.js";

/** What all upgrades gave. */
export interface UpgradesOutcome extends FleetPartOutcome {
  readonly upgrades: readonly FleetUpgradeResult[];
}

/**
 * Takes the pools of a fleet through their upgrades.
 *
 * Each pool is upgraded as if its cluster were alone; stages, windows and the other pools of its cluster decide when
 * its turn comes. Where an upgrade stops, what it leaves behind counts until the end of the run.
 *
 * @param ofMembers upgrades of named clusters, which were simulated with what runs there
 */
export function simulateUpgrades(
  spec: UpgradesSpec,
  run: { readonly durationS: number },
  streams: RandomStreams,
  ofMembers: readonly FleetUpgradeResult[] = [],
): UpgradesOutcome {
  const upgrades = [
    ...spec.upgrades.map((upgrade) => simulateOne(upgrade, run.durationS, streams)),
    ...ofMembers,
  ];
  return { ...outcomeOfUpgrades(upgrades, run.durationS), upgrades };
}

function simulateOne(
  upgrade: FleetUpgrade,
  durationS: number,
  { rootSeed }: RandomStreams,
): FleetUpgradeResult {
  const upgradeFor = (plan: PoolUpgrade, horizonS: number): UpgradeResult =>
    simulateUpgrade({ ...plan.upgrade, seed: rootSeed, horizonS });
  const fullS = Math.max(0, durationS - upgrade.startS);
  const first = new Map(upgrade.pools.map((plan) => [plan, upgradeFor(plan, fullS)] as const));
  const clusters = clustersOf(upgrade, first);
  const run = simulateUpdateRun(
    upgrade.stages.map((stage): UpdateRunStage => ({
      ...stage,
      groups: stage.groups.map((group) => ({
        ...group,
        members: group.clusters.map((name) => {
          const { durationS: takesS, fails } = clusters.get(name)!;
          const window = upgrade.windows.get(name);
          return { name, durationS: takesS, fails, ...(window === undefined ? {} : { window }) };
        }),
      })),
    })),
    { startS: upgrade.startS, pollS: upgrade.pollS, horizonS: durationS },
  );
  const begunS = new Map(run.members.map(({ name, startS }) => [name, startS]));
  const pools = upgrade.pools.map((plan): PoolUpgradeResult => {
    const offsetS = clusters.get(plan.cluster)!.offsets.get(plan);
    const startS = (begunS.get(plan.cluster) ?? Infinity) + (offsetS ?? Infinity);
    const whole = first.get(plan)!;
    const leftS = durationS - startS;
    if (!(leftS > 0)) return { plan, startS: Infinity, result: undefined, search: undefined };
    // Its turn came later: what is looked at ends with the run.
    const result = leftS < fullS ? upgradeFor(plan, leftS) : whole;
    const search =
      upgrade.sparesMax === 0
        ? undefined
        : findSpares(withoutSpares(plan, rootSeed, leftS), upgrade.sparesMax);
    return { plan, startS, result, search };
  });
  return { upgrade, run, pools };
}

function withoutSpares({ upgrade, spares }: PoolUpgrade, seed: number, horizonS: number) {
  const pool = { ...upgrade.pool, nodes: upgrade.pool.nodes - spares };
  return { ...upgrade, pool, seed, horizonS };
}

interface ClusterCourse {
  durationS: number;
  fails: boolean;
  /** When each pool's turn comes, from the turn of its cluster; absent where one before it failed. */
  readonly offsets: Map<PoolUpgrade, number>;
}

/** Pools of a cluster one after the other; one that does not come to its end is the last. */
function clustersOf(
  upgrade: FleetUpgrade,
  results: ReadonlyMap<PoolUpgrade, UpgradeResult>,
): ReadonlyMap<string, ClusterCourse> {
  const clusters = new Map<string, ClusterCourse>();
  for (const plan of upgrade.pools) {
    const cluster = clusters.get(plan.cluster) ?? {
      durationS: 0,
      fails: false,
      offsets: new Map<PoolUpgrade, number>(),
    };
    clusters.set(plan.cluster, cluster);
    if (cluster.fails) continue;
    const result = results.get(plan)!;
    cluster.offsets.set(plan, cluster.durationS);
    cluster.durationS += result.durationS;
    cluster.fails = result.end !== "done" && result.end !== "done-with-blocked-nodes";
  }
  return clusters;
}
