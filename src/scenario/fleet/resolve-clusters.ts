import type { ClustersSpec, JobPlacement } from "../../simulation/fleet/clusters/clusters-spec.js";
import { neverFits } from "../../simulation/fleet/clusters/job-costs.js";
import type { Assume } from "./assume.js";
import { resolveFleetJobs, type FleetTraces } from "./resolve-fleet-jobs.js";
import { resolveInference } from "./resolve-inference.js";
import { resolveMemberUpgrades } from "./resolve-member-upgrades.js";
import { resolveMembers } from "./resolve-members.js";
import { placesOf, resolveDatasets } from "./resolve-places.js";
import { resolveRay } from "./resolve-ray.js";
import { CLUSTER_DEFAULTS } from "./schema/clusters-schema.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { findLink } from "./wan-links.js";

/** Builds the named clusters of a fleet with what runs on them; undefined without any. */
export function resolveClusters(
  spec: FleetDocument,
  assume: Assume,
  traces?: FleetTraces,
): ClustersSpec | undefined {
  if (spec.fleet.clusters === undefined) return undefined;
  const places = placesOf(spec);
  const names = {
    clusters: spec.fleet.clusters.map(({ name }) => name),
    places: places.map(({ name }) => name),
    datasets: (spec.workload?.datasets ?? []).map(({ name }) => name),
  };
  const regions = [...new Set(places.map(({ region }) => region))];
  const { dispatch } = spec.fleet;
  const members = resolveMembers(spec, assume);
  const upgrades = resolveMemberUpgrades(spec, members, assume);
  const resolved: ClustersSpec = {
    members,
    hub: {
      heartbeatMaxS: dispatch?.heartbeatMax ?? CLUSTER_DEFAULTS.heartbeatS,
      syncS: dispatch?.sync ?? CLUSTER_DEFAULTS.syncS,
      workerLostTimeoutS: dispatch?.workerLostTimeout ?? CLUSTER_DEFAULTS.workerLostS,
      orchestratedPreemption: dispatch?.orchestratedPreemption ?? false,
      gateTimeoutS: dispatch?.preemptionTimeout ?? CLUSTER_DEFAULTS.gateTimeoutS,
      quotaGpus: dispatch?.quotas ?? {},
    },
    jobs: resolveFleetJobs(spec, names, traces, assume),
    data: {
      places,
      regions,
      links: regions.map((from) => regions.map((to) => findLink(spec.fleet.wan, from, to)?.link)),
      datasets: resolveDatasets(spec, places),
      cacheBytes: places.map(({ member }) =>
        member === undefined ? undefined : spec.fleet.clusters![member]!.cache,
      ),
    },
    services: resolveInference(spec, places, names, assume),
    ray: resolveRay(spec, names, assume),
    ...(upgrades === undefined ? {} : { upgrades }),
  };
  for (const [from, to] of pairsNeeded(resolved))
    for (const assumption of findLink(spec.fleet.wan, from, to)?.assumptions ?? [])
      assume(assumption);
  noteRules(resolved, assume);
  return resolved;
}

/** Members a placement may use; all of them for one that picks by filters. */
export function candidatesOf(placement: JobPlacement, members: number): readonly number[] {
  switch (placement.kind) {
    case "pick":
      return placement.type === "fixed"
        ? placement.members
        : Array.from({ length: members }, (_, member) => member);
    case "race":
      return placement.members;
    case "burst":
      return [...new Set([...placement.home, ...placement.to])];
  }
}

/** Pairs of regions that something may move between, or that people are apart by, each once. */
export function pairsNeeded(spec: ClustersSpec): readonly (readonly [string, string])[] {
  const { places, datasets } = spec.data;
  const pairs = new Map<string, readonly [string, string]>();
  const need = (from: string, to: string): void => {
    pairs.set(JSON.stringify([from, to]), [from, to]);
  };
  const bring = (dataset: number, member: number): void => {
    const { at, allowed } = datasets[dataset]!;
    if (!allowed[member]! || at.includes(member)) return;
    for (const place of at) need(places[place]!.region, places[member]!.region);
  };
  for (const { at, copyTo = [], allowed } of datasets)
    for (const to of copyTo)
      if (allowed[to]!) for (const from of at) need(places[from]!.region, places[to]!.region);
  for (const group of spec.jobs) {
    for (const member of candidatesOf(group.placement, spec.members.length)) {
      if (neverFits(spec, group, member) !== undefined) continue;
      for (const dataset of group.inputs) bring(dataset, member);
      for (const to of [group.output?.to, group.checkpoint?.to])
        if (to !== undefined && to !== member) need(places[member]!.region, places[to]!.region);
    }
  }
  for (const { model, replicas, users } of spec.services) {
    for (const { member } of replicas) {
      if (model !== undefined) bring(model, member);
      for (const { region } of users) need(region, places[member]!.region);
    }
  }
  return [...pairs.values()];
}

function noteRules({ data, jobs, services }: ClustersSpec, assume: Assume): void {
  const note = (id: string, what: string, value: string): void =>
    assume({
      id: `fleet.clusters.${id}`,
      what,
      value,
      provenance: "assumed",
      source: "rule of the model; docs/models.md, member clusters",
    });
  if (jobs.length > 0)
    note(
      "gang",
      "What a job needs of a cluster",
      "whole GPUs, each worker on one node, all workers in one pool; CPU and memory follow the GPUs",
    );
  if (data.datasets.length > 0)
    note(
      "moves",
      "Moves over one link",
      "take turns in the order they were asked for; they stand still while a cluster at either end has no link",
    );
  if (services.length > 0)
    note("requests", "Requests of people", "Poisson, the same rate at every hour");
}
