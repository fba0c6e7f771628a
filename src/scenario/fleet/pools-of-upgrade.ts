import type { ClusterInput } from "./schema/clusters-schema.js";
import type { PoolInput } from "./schema/pools-schema.js";
import type { UpgradeInput } from "./schema/upgrades-schema.js";

type GroupInput = NonNullable<UpgradeInput["stages"]>[number]["groups"][number];

/** Name of the cluster that a pool belongs to: its own where it names none. */
export function clusterOf({ cluster, name }: PoolInput): string {
  return cluster ?? name;
}

/** Pools of `fleet.pools` that an upgrade takes, in the order of the fleet; none when it takes named clusters. */
export function poolsOfUpgrade(
  { pools: names, clusters }: Pick<UpgradeInput, "pools" | "clusters">,
  pools: readonly PoolInput[],
): readonly PoolInput[] {
  if (clusters !== undefined) return [];
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

/** A pool of a named cluster that an upgrade takes. */
export interface UpgradedPool {
  readonly cluster: ClusterInput;
  readonly member: number;
  readonly pool: number;
}

/** Pools of named clusters that an upgrade takes, in the order of the fleet; none when it takes `fleet.pools`. */
export function memberPoolsOfUpgrade(
  { pools: names, clusters: taken }: Pick<UpgradeInput, "pools" | "clusters">,
  clusters: readonly ClusterInput[],
): readonly UpgradedPool[] {
  return clusters.flatMap((cluster, member) =>
    taken?.includes(cluster.name) !== true
      ? []
      : cluster.nodes.flatMap((pool, index) =>
          names === undefined || names.includes(poolNameOf(pool))
            ? [{ cluster, member, pool: index }]
            : [],
        ),
  );
}

/** Clusters of an upgrade that a group of a stage chooses, by name. */
export function clustersOfGroup(
  { clusters: names, labels = {} }: GroupInput,
  clusters: readonly ClusterInput[],
): readonly string[] {
  return clusters.flatMap((cluster) => {
    if (names !== undefined && !names.includes(cluster.name)) return [];
    const own: Readonly<Record<string, string | undefined>> = {
      ...cluster.labels,
      cluster: cluster.name,
      region: cluster.region,
    };
    return Object.entries(labels).every(([key, value]) => own[key] === value) ? [cluster.name] : [];
  });
}

/** Name of a pool within its named cluster. */
export function poolNameOf({
  name,
  gpu,
}: Pick<ClusterInput["nodes"][number], "name" | "gpu">): string {
  return name ?? gpu;
}
