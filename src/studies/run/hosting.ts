import type { ClusterSpec } from "../../cluster/spec.js";
import { collectiveTimeS } from "../../performance/collectives/collective-time.js";
import type { SharedNetwork, SharedNode } from "../../performance/collectives/network-shares.js";
import type { CollectiveFabric } from "../../performance/collectives/types.js";
import type { ResolvedHosting } from "../../scenario/resolved-hosting.js";
import type { NodeGroup } from "../../scenario/resolved.js";
import type { ClusterProcessEntry } from "../../simulation/batch/cluster-process.js";
import {
  createElasticPool,
  type ElasticPool,
  type ElasticPoolOutcome,
} from "../../simulation/batch/elastic-pool.js";
import type { RateFactorEntry } from "../../simulation/batch/gang-rates.js";
import { createJobSteps } from "../../simulation/batch/rates/job-steps.js";
import {
  createPlacementRate,
  type NodeLinks,
  type PlacementRateSpec,
} from "../../simulation/batch/rates/placement-rate.js";
import type { JobTable } from "../../workload/job-table.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import type { HostingResult, NodePoolsResult } from "./optional-results.js";

const SECONDS_PER_HOUR = 3600;

/** What hosting and elasticity add to a run. */
export interface PreparedHosting {
  readonly rates: readonly RateFactorEntry[];
  readonly processes: readonly ClusterProcessEntry[];
  /** What elastic groups did, after the run. */
  outcomes(): readonly ElasticPoolOutcome[];
}

/**
 * Puts hosting profiles, communication and elastic groups into a run. Without any, nothing is added.
 *
 * @param hosting absent when the scenario says nothing of them
 */
export function prepareHosting(
  configuration: { readonly cluster: ClusterSpec; readonly jobs: JobTable },
  nodeGroups: readonly NodeGroup[],
  hosting: ResolvedHosting | undefined,
): PreparedHosting {
  if (hosting === undefined) return { rates: [], processes: [], outcomes: () => [] };
  const pools: ElasticPool[] = [];
  const processes = hosting.groups.flatMap(({ elastic }, index): readonly ClusterProcessEntry[] => {
    const { name, firstNode, count } = nodeGroups[index]!;
    // A group without nodes has none that could come.
    if (elastic === undefined || count === 0) return [];
    return [
      (context) => {
        const pool = createElasticPool({ name, firstNode, nodeCount: count, ...elastic }, context);
        pools.push(pool);
        return pool;
      },
    ];
  });
  return {
    rates: changesRates(hosting)
      ? [createPlacementRate(rateSpecOf(configuration, nodeGroups, hosting))]
      : [],
    processes,
    outcomes: () => pools.map((pool) => pool.outcome()),
  };
}

function rateSpecOf(
  { cluster, jobs }: { readonly cluster: ClusterSpec; readonly jobs: JobTable },
  nodeGroups: readonly NodeGroup[],
  { groups, communication }: ResolvedHosting,
): PlacementRateSpec {
  const groupOf = new Int32Array(cluster.nodes.length);
  nodeGroups.forEach(({ firstNode, count }, group) =>
    groupOf.fill(group, firstNode, firstNode + count),
  );
  const profiles = Array.from(groupOf, (group) => groups[group]!.profile);
  if (communication === undefined) return { profiles };
  const { leafLevel } = communication;
  const links = Array.from(groupOf, (group, node): NodeLinks | undefined => {
    const known = groups[group]!.links;
    const domains = cluster.nodes[node]!.domains;
    if (known === undefined || leafLevel === undefined || domains === undefined) return known;
    return { ...known, leaf: domains.slice(0, leafLevel + 1).join("/") };
  });
  const kinds = [...new Set(groups.flatMap(({ bareLinks }) => bareLinks ?? []))];
  const stepOf = createJobSteps(communication.steps, jobs, collectiveTimeS);
  const fabric = withLeafSize(communication.fabric, links);
  const shared = sharedNetworkOf(links, fabric);
  return {
    profiles,
    communication: {
      links,
      kinds,
      fabric,
      stepOf,
      ...(shared === undefined ? {} : { shared }),
    },
  };
}

/** Says how many nodes a leaf has, the largest counting, so that the best placement also knows. */
function withLeafSize(
  fabric: CollectiveFabric,
  links: readonly (NodeLinks | undefined)[],
): CollectiveFabric {
  const sizes = new Map<string | number, number>();
  for (const known of links) {
    if (known?.leaf !== undefined) sizes.set(known.leaf, (sizes.get(known.leaf) ?? 0) + 1);
  }
  return sizes.size === 0 ? fabric : { ...fabric, nodesPerLeaf: Math.max(...sizes.values()) };
}

/** The network between leaf switches; undefined where two gangs cannot meet at a bottleneck. */
function sharedNetworkOf(
  links: readonly (NodeLinks | undefined)[],
  { oversubscription = 1, nicsPerNode, nicBytesPerS }: CollectiveFabric,
): SharedNetwork | undefined {
  const hasLeaves = links.some((known) => known?.leaf !== undefined);
  if (oversubscription <= 1 || !hasLeaves) return undefined;
  const nodes = links.map((known): SharedNode => {
    const nics = known?.topology.nics ?? [];
    const count = nicsPerNode ?? Math.max(1, nics.length);
    const bytesPerS = nicBytesPerS ?? Math.min(...nics.map((nic) => nic.bytesPerS));
    return {
      leaf: known?.leaf ?? "",
      bytesPerS: Number.isFinite(bytesPerS) ? count * bytesPerS : 0,
    };
  });
  return { nodes, oversubscription };
}

/** Hours that nodes of a group were up or being provisioned between two times. */
export function nodeHoursUp({ upTimes }: ElasticPoolOutcome, fromS: number, toS: number): number {
  const seconds = upTimes.reduce((sum, upTime) => {
    const endS = Number.isNaN(upTime.toS) ? toS : Math.min(upTime.toS, toS);
    return sum + Math.max(0, endS - Math.max(upTime.fromS, fromS));
  }, 0);
  return seconds / SECONDS_PER_HOUR;
}

/** The part of a result that says what elastic groups did; undefined without any. */
export function nodePoolsResult(
  outcomes: readonly ElasticPoolOutcome[],
  fromS: number,
  toS: number,
): NodePoolsResult | undefined {
  if (outcomes.length === 0) return undefined;
  const spanHours = (toS - fromS) / SECONDS_PER_HOUR;
  return {
    pools: outcomes.map((outcome) => {
      const hours = nodeHoursUp(outcome, fromS, toS);
      return {
        name: outcome.name,
        nodes: outcome.nodeCount,
        nodesAlwaysUp: outcome.nodesMin,
        nodesUpMean: spanHours > 0 ? hours / spanHours : 0,
        nodesUpMax: nodesUpMax(outcome),
        nodeHoursUp: hours,
        boots: outcome.boots,
        provisioningMeanS: outcome.boots === 0 ? 0 : outcome.provisioningS / outcome.boots,
      };
    }),
  };
}

function nodesUpMax({ upTimes }: ElasticPoolOutcome): number {
  const changes = upTimes.flatMap(({ fromS, toS }) => [
    { timeS: fromS, change: 1 },
    ...(Number.isNaN(toS) ? [] : [{ timeS: toS, change: -1 }]),
  ]);
  // A node that goes when another comes makes room for it.
  changes.sort((left, right) => left.timeS - right.timeS || left.change - right.change);
  let up = 0;
  let most = 0;
  for (const { change } of changes) {
    up += change;
    most = Math.max(most, up);
  }
  return most;
}

/** How much longer jobs ran than their durations say; undefined where hosting and placement change no speed. */
export function hostingResult(
  run: BatchRun,
  hosting: ResolvedHosting | undefined,
): HostingResult | undefined {
  if (hosting === undefined || !changesRates(hosting)) return undefined;
  let ran = 0;
  let asked = 0;
  let most = 0;
  for (let job = 0; job < run.jobs.count; job++) {
    const durationS = run.jobs.durationS[job]!;
    const gpus = gangGpuMilli(run.jobs, job);
    const wasStopped = (run.preemption?.stops[job] ?? 0) > 0;
    if (run.outcome[job] !== OUTCOME.completed || durationS === 0 || gpus === 0 || wasStopped)
      continue;
    const runS = run.endS[job]! - run.startS[job]!;
    ran += gpus * runS;
    asked += gpus * durationS;
    most = Math.max(most, runS / durationS);
  }
  return asked === 0
    ? { slowdownMean: null, slowdownMax: null }
    : { slowdownMean: ran / asked, slowdownMax: most };
}

function changesRates({ communication, groups }: ResolvedHosting): boolean {
  return communication !== undefined || groups.some(({ profile }) => profile !== undefined);
}
