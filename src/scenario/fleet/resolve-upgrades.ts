import { formatDuration } from "../../base/units.js";
import type {
  ClusterStage,
  FleetUpgrade,
  PoolUpgrade,
  UpgradesSpec,
} from "../../simulation/fleet/upgrades/fleet-upgrades-spec.js";
import type { MaintenanceWindow } from "../../simulation/fleet/upgrades/update-run.js";
import type {
  UpgradeStrategy,
  UpgradeTimes,
} from "../../simulation/fleet/upgrades/upgrade-spec.js";
import { amountOf } from "./amount.js";
import { clusterOf, poolsOfGroup, poolsOfUpgrade } from "./pools-of-upgrade.js";
import { slotsOfPool } from "./pool-slots.js";
import type { Assume } from "./assume.js";
import { resolvePoolWorkloads } from "./resolve-pool-workloads.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { POOL_DEFAULTS, type PoolInput } from "./schema/pools-schema.js";
import { UPGRADE_DEFAULTS, type UpgradeInput } from "./schema/upgrades-schema.js";

const HOUR_S = 3_600;

type GroupInput = NonNullable<UpgradeInput["stages"]>[number]["groups"][number];

/** Builds the upgrades of node pools; undefined where the fleet has none. */
export function resolveUpgrades(spec: FleetDocument, assume: Assume): UpgradesSpec | undefined {
  const { upgrades = [] } = spec;
  const { pools = [], regions = [] } = spec.fleet;
  const ofPools = upgrades.filter(({ clusters }) => clusters === undefined);
  if (ofPools.length === 0) return undefined;
  const offsetS = offsetsOf(regions);
  return {
    upgrades: ofPools.map((upgrade): FleetUpgrade => {
      noteUpgrade(upgrade, assume);
      const taken = poolsOfUpgrade(upgrade, pools);
      return {
        name: upgrade.name,
        startS: upgrade.start ?? 0,
        pools: taken.map((pool) => resolvePool(pool, upgrade, assume)),
        stages: resolveStages(upgrade, {
          all: [...new Set(taken.map(clusterOf))],
          ofGroup: (group) => [...new Set(poolsOfGroup(group, taken).map(clusterOf))],
        }),
        windows: windowsOf(
          upgrade,
          taken.map((pool) => ({ cluster: clusterOf(pool), region: pool.region })),
          offsetS,
        ),
        pollS: upgrade.poll ?? UPGRADE_DEFAULTS.pollS,
        sparesMax: upgrade.sparesMax ?? UPGRADE_DEFAULTS.sparesMax,
      };
    }),
  };
}

/** Seconds by which the local time of each region is ahead. */
export function offsetsOf(
  regions: NonNullable<FleetDocument["fleet"]["regions"]>,
): ReadonlyMap<string, number> {
  return new Map(regions.map(({ name, utcOffsetHours }) => [name, (utcOffsetHours ?? 0) * HOUR_S]));
}

function resolvePool(pool: PoolInput, upgrade: UpgradeInput, assume: Assume): PoolUpgrade {
  const spares = pool.spares ?? POOL_DEFAULTS.spares;
  const slotsAfter =
    upgrade.layout === undefined
      ? {}
      : { slotsAfter: slotsOfPool({ ...pool, layout: upgrade.layout }) };
  return {
    pool: pool.name,
    cluster: clusterOf(pool),
    spares,
    ...(pool.pricePerNodeHour === undefined ? {} : { pricePerNodeHour: pool.pricePerNodeHour }),
    upgrade: {
      pool: {
        name: pool.name,
        nodes: pool.nodes + spares,
        slots: slotsOfPool(pool),
        ...slotsAfter,
        isSystem: pool.system ?? false,
      },
      strategy: strategyOf(upgrade),
      times: timesOf(upgrade),
      workloads: resolvePoolWorkloads(pool, assume),
      placement: pool.placement === "spread" ? "spread" : "pack",
    },
  };
}

/** How long machines take. */
export function timesOf({ what = "kubernetes", times }: UpgradeInput): UpgradeTimes {
  return {
    bootS: times?.boot ?? UPGRADE_DEFAULTS.bootS,
    changeS: times?.change ?? UPGRADE_DEFAULTS.changeS[what as "kubernetes"],
  };
}

/** How nodes are taken. */
export function strategyOf(upgrade: UpgradeInput): UpgradeStrategy {
  const { rolling, blueGreen, inPlace } = upgrade;
  if (blueGreen !== undefined)
    return {
      kind: "blue-green",
      drainBatch: amountOf(blueGreen.drainBatch ?? UPGRADE_DEFAULTS.drainBatch),
      drainTimeoutS: blueGreen.drainTimeout ?? UPGRADE_DEFAULTS.drainTimeoutS,
      batchSoakS: blueGreen.batchSoak ?? UPGRADE_DEFAULTS.batchSoakS,
      finalSoakS: blueGreen.finalSoak ?? UPGRADE_DEFAULTS.finalSoakS,
      surgeAvailable: blueGreen.surgeAvailable,
    };
  const settings = rolling ?? inPlace;
  if (settings === undefined) throw new Error(`fleet: upgrade ${upgrade.name} has no strategy`);
  const written = settings.maxUnavailable;
  const ownDefault =
    rolling === undefined
      ? UPGRADE_DEFAULTS.maxUnavailableInPlace
      : UPGRADE_DEFAULTS.maxUnavailable;
  return {
    kind: "rolling",
    maxSurge:
      rolling === undefined
        ? { count: 0 }
        : amountOf(rolling.maxSurge ?? UPGRADE_DEFAULTS.maxSurge),
    maxUnavailable: amountOf(written ?? ownDefault),
    surgeAvailable: rolling?.surgeAvailable ?? 0,
    kubernetesMinor: Number((upgrade.kubernetes ?? UPGRADE_DEFAULTS.kubernetes).slice(2)),
    drainTimeoutS: settings.drainTimeout ?? UPGRADE_DEFAULTS.drainTimeoutS,
    soakS: rolling?.soak ?? UPGRADE_DEFAULTS.soakS,
    undrainable: (settings.undrainable ?? UPGRADE_DEFAULTS.undrainable) as "stop",
    ...(settings.maxBlockedNodes === undefined
      ? {}
      : { maxBlockedNodes: amountOf(settings.maxBlockedNodes) }),
  };
}

/** The stages as written; without any, one cluster at a time in the order of the pools. */
export function resolveStages(
  upgrade: UpgradeInput,
  clusters: {
    readonly all: readonly string[];
    readonly ofGroup: (group: GroupInput) => readonly string[];
  },
): readonly ClusterStage[] {
  if (upgrade.stages === undefined)
    return [
      {
        name: "all",
        groups: [{ name: "all", clusters: clusters.all, maxConcurrency: { count: 1 } }],
        maxConcurrency: { count: UPGRADE_DEFAULTS.stageConcurrency },
        maxAllowedFailures: { count: UPGRADE_DEFAULTS.failuresMax },
        waitS: 0,
      },
    ];
  return upgrade.stages.map((stage) => ({
    name: stage.name,
    groups: stage.groups.map((group) => ({
      name: group.name,
      clusters: clusters.ofGroup(group),
      maxConcurrency: amountOf(group.maxConcurrency ?? UPGRADE_DEFAULTS.groupConcurrency),
    })),
    maxConcurrency: amountOf(stage.maxConcurrency ?? UPGRADE_DEFAULTS.stageConcurrency),
    maxAllowedFailures: amountOf(stage.failuresMax ?? UPGRADE_DEFAULTS.failuresMax),
    waitS: stage.wait ?? 0,
    ...(stage.approvalBefore === undefined ? {} : { approvalBeforeS: stage.approvalBefore }),
    ...(stage.approvalAfter === undefined ? {} : { approvalAfterS: stage.approvalAfter }),
  }));
}

/** Windows are of local time; that of a cluster is the one of its first pool. */
export function windowsOf(
  { window }: UpgradeInput,
  pools: readonly { readonly cluster: string; readonly region?: string | undefined }[],
  offsetS: ReadonlyMap<string, number>,
): ReadonlyMap<string, MaintenanceWindow> {
  const windows = new Map<string, MaintenanceWindow>();
  if (window === undefined) return windows;
  for (const { cluster, region } of pools) {
    if (windows.has(cluster)) continue;
    const aheadS = region === undefined ? 0 : (offsetS.get(region) ?? 0);
    windows.set(cluster, { fromS: window.fromHour * HOUR_S - aheadS, durationS: window.for });
  }
  return windows;
}

/** Notes what an upgrade assumes, whatever it acts on. */
export function noteUpgrade(upgrade: UpgradeInput, assume: Assume): void {
  const what = upgrade.what ?? "kubernetes";
  const { times = {} } = upgrade;
  const changeS = times.change ?? UPGRADE_DEFAULTS.changeS[what as "kubernetes"];
  const given = { provenance: "given", source: "the file of the fleet" } as const;
  const assumed = {
    provenance: "assumed",
    source: "no provider is known to publish it: measure yours",
  } as const;
  assume({
    id: `upgrades[${upgrade.name}].times.change`,
    what: `Time to change an empty node in ${upgrade.name}`,
    value: formatDuration(changeS),
    ...(times.change === undefined ? assumed : given),
  });
  if (upgrade.inPlace === undefined)
    assume({
      id: `upgrades[${upgrade.name}].times.boot`,
      what: `Time until a new node takes pods in ${upgrade.name}`,
      value: formatDuration(times.boot ?? UPGRADE_DEFAULTS.bootS),
      ...(times.boot === undefined ? assumed : given),
    });
  assume({
    id: `upgrades[${upgrade.name}].rules`,
    what: `How nodes are taken in ${upgrade.name}`,
    value: upgrade.blueGreen === undefined ? "rolling" : "blue-green",
    provenance: "published",
    source:
      upgrade.blueGreen === undefined
        ? "MicrosoftDocs/azure-aks-docs articles/aks/upgrade-aks-node-pools-rolling.md and upgrade-options.md"
        : "MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md",
  });
}
