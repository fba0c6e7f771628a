import type { ClustersSpec, JobGroupSpec, MemberPoolSpec } from "./clusters-spec.js";
import { gpusOf, type FleetJob } from "./copy.js";
import type { DataStore } from "./data/data-store.js";
import type { FleetClock } from "./fleet-clock.js";

const HOUR_S = 3600;
const GB = 1e9;

/** What a job would cost and need on a member, as far as it can be said before. */
export interface JobEstimate {
  /** Money for its GPUs at the price of the nodes. */
  readonly computeCost: number;
  /** Money to bring what it reads, as things lie now, and to send what it writes. */
  readonly moveCost: number;
  readonly moveS: number;
  /** From its GPUs being there to the end of its work. */
  readonly workS: number;
  /** Until nodes come, where all would have to. */
  readonly provisionS: number;
}

/** Which members may run a job, and at what price. */
export interface JobCosts {
  /** Why a member may not run a job, in words; undefined when it may. */
  refusal(job: FleetJob, member: number): string | undefined;
  estimate(group: JobGroupSpec, workS: number, member: number): JobEstimate | undefined;
  /** The member where it costs least, the earlier one between equals. */
  cheapest(job: FleetJob, members: readonly number[]): number | undefined;
  /** When one of the members must get the job at the latest for its deadline; Infinity without one. */
  latestStartS(job: FleetJob, members: readonly number[]): number;
}

/** Why jobs of a group can never run on a member, whatever it costs; undefined when they can. */
export function neverFits(
  spec: ClustersSpec,
  group: JobGroupSpec,
  member: number,
): string | undefined {
  const { pools, queue } = spec.members[member]!;
  for (const dataset of group.inputs) {
    const { allowed, name } = spec.data.datasets[dataset]!;
    if (allowed[member] !== true) return `the rule of ${name} forbids it`;
  }
  const models = pools.filter(({ gpuModel }) => group.gpuModels?.includes(gpuModel) !== false);
  if (models.length === 0) return "it has none of the GPU models";
  const large = models.filter(({ gpusPerNode }) => gpusPerNode >= group.gpusPerWorker);
  if (large.length === 0) return "its nodes have too few GPUs for a worker";
  if (!large.some((pool) => workersIn(pool, group) >= group.workers))
    return "no pool has room for all workers";
  const quota = queue.quotaGpus[group.tenant];
  if (quota !== undefined && quota < gpusOf(group))
    return `the quota of ${group.tenant} is smaller than the job`;
  return undefined;
}

/** @param setting clock and data of the run */
export function createJobCosts(
  spec: ClustersSpec,
  setting: { readonly clock: FleetClock; readonly data: DataStore },
): JobCosts {
  const fits = spec.jobs.map((group) =>
    spec.members.map((_, member) => neverFits(spec, group, member)),
  );
  const estimate = (
    group: JobGroupSpec,
    workS: number,
    member: number,
  ): JobEstimate | undefined => {
    const pool = cheapestPool(spec.members[member]!.pools, group);
    if (pool === undefined) return undefined;
    let moveCost = 0;
    let moveS = 0;
    for (const dataset of group.inputs) {
      const move = setting.data.estimate(dataset, member);
      moveCost += move.cost;
      moveS = Math.max(moveS, move.seconds);
    }
    const written = writtenOf(spec, group, workS, member);
    return {
      computeCost: pricePerGpuHour(pool) * gpusOf(group) * (workS / pool.speed / HOUR_S),
      moveCost: moveCost + written.cost,
      moveS: moveS + written.outputS,
      workS: workS / pool.speed,
      provisionS: pool.elastic?.provisionS ?? 0,
    };
  };
  const costOf = (job: FleetJob, member: number): number => {
    const known = estimate(job.group, job.workS, member);
    return known === undefined ? Infinity : known.computeCost + known.moveCost;
  };
  return {
    refusal(job, member) {
      const never = fits[job.groupIndex]![member];
      if (never !== undefined) return never;
      const { budgetPerJob } = job.group;
      if (budgetPerJob !== undefined && costOf(job, member) > budgetPerJob)
        return "it would cost more than the budget of the job";
      return undefined;
    },
    estimate,
    cheapest(job, members) {
      let best: { readonly member: number; readonly cost: number } | undefined;
      for (const member of members) {
        const cost = costOf(job, member);
        if (best === undefined || cost < best.cost) best = { member, cost };
      }
      return best?.member;
    },
    latestStartS(job, members) {
      const { deadlineS } = job.group;
      if (deadlineS === undefined) return Infinity;
      const needs = members.flatMap((member) => {
        const known = estimate(job.group, job.workS, member);
        return known === undefined ? [] : [known.provisionS + known.moveS + known.workS];
      });
      return needs.length === 0 ? Infinity : job.submitS + deadlineS - Math.min(...needs);
    },
  };
}

/** Money per GPU and hour of a pool. */
export function pricePerGpuHour({ pricePerNodeHour, gpusPerNode }: MemberPoolSpec): number {
  return pricePerNodeHour / gpusPerNode;
}

/** The pool on which a job of the group costs least for its work. */
export function cheapestPool(
  pools: readonly MemberPoolSpec[],
  group: JobGroupSpec,
): MemberPoolSpec | undefined {
  const usable = pools.filter(
    (pool) =>
      group.gpuModels?.includes(pool.gpuModel) !== false && workersIn(pool, group) >= group.workers,
  );
  return usable.reduce<MemberPoolSpec | undefined>((best, pool) => {
    const cost = pricePerGpuHour(pool) / pool.speed;
    return best === undefined || cost < pricePerGpuHour(best) / best.speed ? pool : best;
  }, undefined);
}

function workersIn({ gpusPerNode, count, elastic }: MemberPoolSpec, group: JobGroupSpec): number {
  return (elastic?.max ?? count) * Math.floor(gpusPerNode / group.gpusPerWorker);
}

/** Results and checkpoints that leave the cluster. */
function writtenOf(
  { data, members }: ClustersSpec,
  { output, checkpoint }: JobGroupSpec,
  workS: number,
  member: number,
): { readonly cost: number; readonly outputS: number } {
  const region = data.regions.indexOf(members[member]!.region);
  const linkTo = (place: number) =>
    data.links[region]![data.regions.indexOf(data.places[place]!.region)];
  let cost = 0;
  let outputS = 0;
  if (output !== undefined && output.to !== member) {
    const link = linkTo(output.to)!;
    cost += (output.bytes / GB) * link.pricePerGb;
    outputS = (output.bytes * 8) / link.bitsPerS + link.rttS;
  }
  if (checkpoint?.to !== undefined && checkpoint.to !== member) {
    const written = Math.floor(workS / checkpoint.intervalS);
    cost += ((written * checkpoint.bytes) / GB) * linkTo(checkpoint.to)!.pricePerGb;
  }
  return { cost, outputS };
}
