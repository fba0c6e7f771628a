import type { PoolInput } from "./schema/pools-schema.js";
import type { UpgradeInput } from "./schema/upgrades-schema.js";

type GroupInput = NonNullable<UpgradeInput["stages"]>[number]["groups"][number];

/** Name of the cluster that a pool belongs to: its own where it names none. */
export function clusterOf({ cluster, name }: PoolInput): string {
  return cluster ?? name;
}

/** Pools that an upgrade takes, in the order of the fleet. */
export function poolsOfUpgrade(
  { pools: names }: UpgradeInput,
  pools: readonly PoolInput[],
): readonly PoolInput[] {
  return names === undefined ? pools : pools.filter(({ name }) => names.includes(name));
}

/** Pools that a group chooses. */
export function poolsOfGroup(
  { pools: names, labels = {} }: GroupInput,
  pools: readonly PoolInput[],
): readonly PoolInput[] {
  return pools.filter((pool) => {
    if (names !== undefined && !names.includes(pool.name)) return false;
    const own: Readonly<Record<string, string | undefined>> = {
      ...pool.labels,
      pool: pool.name,
      cluster: clusterOf(pool),
      region: pool.region,
    };
    return Object.entries(labels).every(([key, value]) => own[key] === value);
  });
}
