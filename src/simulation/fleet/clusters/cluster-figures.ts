import { quantile } from "../../../stats/quantile.js";
import { createOctaveHistogram } from "../../../stats/octave-histogram.js";
import { kindOf, type FleetJob } from "./copy.js";
import type { MoveTotals } from "./data/data-store.js";
import type { MemberCluster } from "./member-cluster.js";
import type { RayOutcome } from "./ray/ray-meter.js";
import type { ServiceOutcome, UsersOutcome } from "./service-outcome.js";
import type { ClustersRun } from "./clusters-run.js";

const HOUR_S = 3600;
const GB = 1e9;

type Figures = Readonly<Record<string, number | null>>;

/** Every figure of member clusters by its dotted path; those of one named part too. */
export function clusterFigures(run: ClustersRun): ReadonlyMap<string, number | null> {
  const figures = new Map<string, number | null>();
  const add = (section: string, name: string | undefined, values: Figures): void => {
    const prefix = name === undefined ? section : `${section}[${name}]`;
    for (const [key, value] of Object.entries(values)) figures.set(`${prefix}.${key}`, value);
  };
  const { spec, members, jobs, moves, services, ray, durationS } = run;
  if (spec.jobs.length > 0) {
    add("jobs", undefined, jobFigures(jobs, durationS));
    for (const kind of new Set(spec.jobs.map(kindOf)))
      add(
        "jobs",
        kind,
        jobFigures(
          jobs.filter((job) => kindOf(job.group) === kind),
          durationS,
        ),
      );
  }
  const moveCost = moves.reduce((sum, { cost }) => sum + cost, 0);
  const clusters = clusterFiguresOf(members, durationS);
  add("clusters", undefined, { ...clusters, totalCost: clusters["cost"]! + moveCost });
  for (const member of members)
    add("clusters", member.spec.name, clusterFiguresOf([member], durationS));
  add("data", undefined, dataFigures(moves));
  for (const what of new Set(moves.map((move) => move.what)))
    add("data", what, dataFigures(moves.filter((move) => move.what === what)));
  if (services.length > 0) {
    add("inference", undefined, serviceFigures(services));
    for (const service of services) add("inference", service.name, serviceFigures([service]));
  }
  if (ray.length > 0) {
    add("ray", undefined, rayFigures(ray, durationS));
    for (const cluster of ray) add("ray", cluster.name, rayFigures([cluster], durationS));
  }
  return figures;
}

/** When a job began to work, on all of its clusters; undefined before. */
export function startOf(job: FleetJob): number | undefined {
  if (job.entries.length === 0) return undefined;
  let latestS = 0;
  for (const { startS } of job.entries) {
    if (startS === undefined) return undefined;
    latestS = Math.max(latestS, startS);
  }
  return latestS;
}

function jobFigures(all: readonly FleetJob[], durationS: number): Figures {
  // What was not submitted by the end of the run is none of its jobs.
  const jobs = all.filter(({ submitS }) => submitS <= durationS);
  const waits = jobs.map((job) => (startOf(job) ?? durationS) - job.submitS);
  const times = jobs.map((job) => (job.endS ?? durationS) - job.submitS);
  const due = jobs.filter(
    ({ group, submitS, endS }) =>
      group.deadlineS !== undefined &&
      (endS !== undefined || submitS + group.deadlineS <= durationS),
  );
  const late = due.filter(
    ({ group, submitS, endS }) => endS === undefined || endS - submitS > group.deadlineS!,
  );
  const finished = jobs.filter(({ endS }) => endS !== undefined);
  return {
    count: jobs.length,
    finished: finished.length,
    unfinished: jobs.length - finished.length,
    waitMeanS: meanOf(waits),
    waitP50S: quantile(waits, 0.5) ?? null,
    waitP95S: quantile(waits, 0.95) ?? null,
    completionMeanS: meanOf(times),
    completionP95S: quantile(times, 0.95) ?? null,
    deadlineMissShare: due.length === 0 ? null : late.length / due.length,
    stops: sumOf(jobs, ({ stops }) => stops),
    gpuHoursLost: sumOf(jobs, ({ gpuSecondsLost }) => gpuSecondsLost) / HOUR_S,
    cost: sumOf(jobs, ({ cost }) => cost),
  };
}

function clusterFiguresOf(members: readonly MemberCluster[], durationS: number): Figures {
  const pools = members.flatMap((member) => member.pools);
  const totals = pools.map((pool) => pool.totals(durationS));
  const gpuSeconds = pools.reduce(
    (sum, { spec }, index) => sum + totals[index]!.nodeHours * HOUR_S * spec.gpusPerNode,
    0,
  );
  const held = sumOf(totals, ({ gpuSecondsHeld }) => gpuSecondsHeld);
  const count = (pick: (counts: MemberCluster["counts"]) => number): number =>
    sumOf(members, ({ counts }) => pick(counts));
  return {
    gpuHoursHeld: held / HOUR_S,
    gpuUseShare: gpuSeconds === 0 ? null : held / gpuSeconds,
    nodeHours: sumOf(totals, ({ nodeHours }) => nodeHours),
    cost: sumOf(totals, ({ cost }) => cost),
    admitted: count(({ admitted }) => admitted),
    finished: count(({ finished }) => finished),
    preemptions: count(({ preemptions }) => preemptions),
    wastedPreemptions: count(({ wastedPreemptions }) => wastedPreemptions),
    wastedGpuHours: count(({ wastedGpuSeconds }) => wastedGpuSeconds) / HOUR_S,
    lossStops: count(({ lossStops }) => lossStops),
    lossGpuHours: count(({ lossGpuSeconds }) => lossGpuSeconds) / HOUR_S,
    duplicateGpuHours: count(({ duplicateGpuSeconds }) => duplicateGpuSeconds) / HOUR_S,
    nodesLost: sumOf(pools, ({ losses }) => losses),
    nodesLaunched: sumOf(pools, ({ launches }) => launches),
  };
}

function dataFigures(moves: readonly MoveTotals[]): Figures {
  return {
    moves: sumOf(moves, ({ count }) => count),
    movedGb: sumOf(moves, ({ bytes }) => bytes) / GB,
    moveCost: sumOf(moves, ({ cost }) => cost),
    moveHours: sumOf(moves, ({ seconds }) => seconds) / HOUR_S,
  };
}

function serviceFigures(services: readonly ServiceOutcome[]): Figures {
  const users = services.flatMap((service) => service.users);
  const latency = createOctaveHistogram();
  for (const one of users) latency.addAll(one.latency);
  const sum = (pick: (one: UsersOutcome) => number): number => sumOf(users, pick);
  const requests = sum((one) => one.requests);
  const served = sum((one) => one.served);
  const ofServed = (value: number): number | null => (served === 0 ? null : value / served);
  return {
    requests,
    unserved: sum((one) => one.unserved),
    unservedShare: requests === 0 ? null : sum((one) => one.unserved) / requests,
    sloMissShare:
      requests === 0
        ? null
        : (sum((one) => one.missedGoal) + sum((one) => one.unserved)) / requests,
    elsewhereShare: ofServed(sum((one) => one.elsewhere)),
    rerouted: sum((one) => one.rerouted),
    latencyMeanS: ofServed(sum((one) => one.wanSumS + one.queueSumS + one.computeSumS)),
    latencyP50S: latency.quantile(0.5),
    latencyP95S: latency.quantile(0.95),
    latencyP99S: latency.quantile(0.99),
    roundTripMeanS: ofServed(sum((one) => one.wanSumS)),
    queueMeanS: ofServed(sum((one) => one.queueSumS)),
    computeMeanS: ofServed(sum((one) => one.computeSumS)),
  };
}

function rayFigures(clusters: readonly RayOutcome[], durationS: number): Figures {
  const work = clusters.flatMap((cluster) => cluster.work);
  const admitted = clusters.filter(({ work: [first] }) => first !== undefined);
  const held = sumOf(clusters, ({ gpuSecondsHeld }) => gpuSecondsHeld);
  return {
    work: work.length,
    finished: work.filter(({ endS }) => endS !== undefined).length,
    completionMeanS: meanOf(work.map(({ submitS, endS }) => (endS ?? durationS) - submitS)),
    completionMaxS:
      work.length === 0
        ? null
        : Math.max(...work.map(({ submitS, endS }) => (endS ?? durationS) - submitS)),
    admissionWaitMeanS: meanOf(
      admitted.map(({ work: [first], admittedS }) => (admittedS ?? durationS) - first!.submitS),
    ),
    restarts: sumOf(work, ({ restarts }) => restarts),
    lostWorkerHours: sumOf(work, ({ lostWorkerSeconds }) => lostWorkerSeconds) / HOUR_S,
    launches: sumOf(clusters, ({ launches }) => launches),
    nodeHours: sumOf(clusters, ({ nodeSeconds }) => nodeSeconds) / HOUR_S,
    idleNodeHours: sumOf(clusters, ({ idleNodeSeconds }) => idleNodeSeconds) / HOUR_S,
    gpuHoursHeld: held / HOUR_S,
    gpuUseShare: held === 0 ? null : sumOf(clusters, ({ gpuSecondsUsed }) => gpuSecondsUsed) / held,
  };
}

function sumOf<Item>(items: readonly Item[], pick: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + pick(item), 0);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
