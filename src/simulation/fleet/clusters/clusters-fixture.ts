import { createRandomStreams } from "../../../engine/streams.js";
import type { ClustersSpec, HubSpec, JobGroupSpec, MemberSpec } from "./clusters-spec.js";
import type { DatasetSpec, LinkSpec, PlaceSpec } from "./data/data-spec.js";
import { simulateClusters, type ClustersOutcome } from "./simulate-clusters.js";

/** A member of a test: nodes of bare metal in one pool. */
export function member(
  name: string,
  nodes: number,
  gpusPerNode: number,
  changes: Partial<MemberSpec> & { readonly pool?: Partial<MemberSpec["pools"][number]> } = {},
): MemberSpec {
  const { pool, ...rest } = changes;
  return {
    name,
    region: name,
    labels: {},
    taints: [],
    properties: {},
    pools: [
      {
        name: "gpus",
        gpuModel: "H100-SXM5-80GB",
        gpusPerNode,
        count: nodes,
        hosting: "bare-metal",
        speed: 1,
        pricePerNodeHour: 0,
        ...pool,
      },
    ],
    queue: { order: "skip", preemption: "never", graceS: 30, quotaGpus: {} },
    disconnected: [],
    outages: [],
    ...rest,
  };
}

/** Jobs of a test: one of one GPU for 100 s, offered to all members. */
export function jobs(name: string, changes: Partial<JobGroupSpec> = {}): JobGroupSpec {
  return {
    name,
    tenant: "team",
    priority: 0,
    workers: 1,
    gpusPerWorker: 1,
    count: 1,
    firstS: 0,
    betweenS: 0,
    arrivals: "even",
    durationS: 100,
    durations: "fixed",
    placement: raceOf(0),
    inputs: [],
    prefetch: false,
    restartS: 0,
    ...changes,
  };
}

/** Offers a job to these members at once. */
export function raceOf(...members: readonly number[]): JobGroupSpec["placement"] {
  return { kind: "race", members, dispatcher: "all-at-once", stepSize: 3, roundS: 300 };
}

/** A fleet of a test. Links of 1 ms, 8 Gbit/s and 0.1 a GB join all regions unless they are given. */
export function clustersSpec(
  members: readonly MemberSpec[],
  groups: readonly JobGroupSpec[],
  changes: {
    readonly hub?: Partial<HubSpec>;
    readonly datasets?: readonly DatasetSpec[];
    readonly link?: LinkSpec;
    readonly stores?: readonly PlaceSpec[];
    readonly cacheBytes?: readonly (number | undefined)[];
    readonly services?: ClustersSpec["services"];
    readonly ray?: ClustersSpec["ray"];
  } = {},
): ClustersSpec {
  const places = [
    ...members.map(({ name, region }, index) => ({ name, region, member: index })),
    ...(changes.stores ?? []),
  ];
  const regions = [...new Set(places.map(({ region }) => region))];
  const link = changes.link ?? { rttS: 0.001, bitsPerS: 8e9, pricePerGb: 0.1 };
  return {
    members,
    hub: {
      heartbeatMaxS: 300,
      syncS: 1,
      workerLostTimeoutS: 900,
      orchestratedPreemption: false,
      gateTimeoutS: 300,
      quotaGpus: {},
      ...changes.hub,
    },
    jobs: groups,
    data: {
      places,
      regions,
      links: regions.map(() => regions.map(() => link)),
      datasets: changes.datasets ?? [],
      cacheBytes: changes.cacheBytes ?? places.map(() => undefined),
    },
    services: changes.services ?? [],
    ray: changes.ray ?? [],
  };
}

/** Runs a fleet of a test. */
export function runClusters(spec: ClustersSpec, durationS = 10_000, seed = 1): ClustersOutcome {
  return simulateClusters(spec, { durationS, stepS: durationS / 10 }, createRandomStreams(seed));
}

/** When the jobs of a run began and were done, by name. */
export function timesOf({
  run,
}: ClustersOutcome): Readonly<Record<string, readonly (number | undefined)[]>> {
  return Object.fromEntries(
    run.jobs.map(({ name, entries, endS }) => [name, [entries[0]?.startS, endS]]),
  );
}
