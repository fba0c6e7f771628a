import type { PoolUpgrade } from "../../simulation/fleet/upgrades/fleet-upgrades-spec.js";
import type { MemberPoolSpec, MemberSpec } from "../../simulation/fleet/clusters/clusters-spec.js";
import type { MemberUpgradeSpec } from "../../simulation/fleet/clusters/upgrades/member-upgrade-spec.js";
import type { Assume } from "./assume.js";
import { clustersOfGroup, memberPoolsOfUpgrade, type UpgradedPool } from "./pools-of-upgrade.js";
import {
  noteUpgrade,
  offsetsOf,
  resolveStages,
  strategyOf,
  timesOf,
  windowsOf,
} from "./resolve-upgrades.js";
import type { ClusterInput } from "./schema/clusters-schema.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { UPGRADE_DEFAULTS, type UpgradeInput } from "./schema/upgrades-schema.js";

/** Builds the upgrades of named clusters; undefined where the fleet has none. */
export function resolveMemberUpgrades(
  spec: FleetDocument,
  members: readonly MemberSpec[],
  assume: Assume,
): readonly MemberUpgradeSpec[] | undefined {
  const upgrades = (spec.upgrades ?? []).filter(({ clusters }) => clusters !== undefined);
  if (upgrades.length === 0) return undefined;
  const { clusters = [], regions = [] } = spec.fleet;
  noteDrains(spec, assume);
  return upgrades.map((upgrade): MemberUpgradeSpec => {
    noteUpgrade(upgrade, assume);
    const taken = memberPoolsOfUpgrade(upgrade, clusters);
    const chosen = [...new Set(taken.map(({ cluster }) => cluster))];
    return {
      upgrade: {
        name: upgrade.name,
        startS: upgrade.start ?? 0,
        pools: taken.map((place) =>
          resolvePool(place, members[place.member]!.pools[place.pool]!, upgrade),
        ),
        stages: resolveStages(upgrade, {
          all: chosen.map(({ name }) => name),
          ofGroup: (group) => clustersOfGroup(group, chosen),
        }),
        windows: windowsOf(
          upgrade,
          chosen.map(({ name, region }) => ({ cluster: name, region })),
          offsetsOf(regions),
        ),
        pollS: upgrade.poll ?? UPGRADE_DEFAULTS.pollS,
        sparesMax: 0,
      },
      places: taken.map(({ member, pool }) => ({ member, pool })),
    };
  });
}

function resolvePool(
  { cluster, pool }: UpgradedPool,
  { name, gpusPerNode, count }: MemberPoolSpec,
  upgrade: UpgradeInput,
): PoolUpgrade {
  const written = cluster.nodes[pool]!;
  const whole = `${cluster.name}/${name}`;
  return {
    pool: whole,
    cluster: cluster.name,
    spares: written.spares ?? 0,
    ...(written.pricePerHour === undefined ? {} : { pricePerNodeHour: written.pricePerHour }),
    upgrade: {
      pool: { name: whole, nodes: count, slots: { gpu: gpusPerNode } },
      strategy: strategyOf(upgrade),
      times: timesOf(upgrade),
      workloads: [],
      placement: "pack",
    },
  };
}

function noteDrains({ fleet, workload, upgrades = [] }: FleetDocument, assume: Assume): void {
  const rule = "rule of the model; docs/models.md, upgrades of named clusters";
  const byDefault = { provenance: "assumed", source: "default" } as const;
  assume({
    id: "upgrades.clusters.rules",
    what: "What a drain does on named clusters",
    value:
      "jobs go back to the queue of their cluster; Ray nodes go at once; an upgrade that has begun goes on through outages",
    provenance: "assumed",
    source: rule,
  });
  for (const { name, onDrain } of workload?.jobs ?? [])
    if (onDrain === undefined)
      assume({
        id: `workload.jobs[${name}].onDrain`,
        what: `What ${name} does when one of its nodes is drained`,
        value: "it ends at once; work that is in no checkpoint is lost",
        ...byDefault,
      });
  for (const { name, budget } of workload?.inference ?? [])
    if (budget === undefined)
      assume({
        id: `workload.inference[${name}].budget`,
        what: `Replicas of ${name} that may be evicted at once`,
        value: "all of them",
        ...byDefault,
      });
  const isElastic = (cluster: ClusterInput): boolean =>
    cluster.nodes.some(({ elastic }) => elastic !== undefined);
  const taken = upgrades.flatMap(({ clusters = [] }) => clusters);
  if ((fleet.clusters ?? []).some((one) => taken.includes(one.name) && isElastic(one)))
    assume({
      id: "upgrades.clusters.elastic",
      what: "Elastic pools while they are upgraded",
      value: "give no idle nodes back, and nodes they ask for come with the new version",
      provenance: "assumed",
      source: rule,
    });
}
