import type { ServingResult } from "./serving-document.js";

/*
 * Parts of a result that only some runs have. A run without the feature leaves the whole part out; within a
 * part, `null` says that there was nothing to compute from. Lists name every kind that could occur, zeros
 * included, by a unique `name`: over replications, an entry that one of them lacks counts as zeros there.
 */

/** Failures and repairs of one run, and what they cost. */
export interface FaultsResult {
  /** Failures that began during the run, of any component. */
  readonly failures: number;
  /** Repairs that ended during the run. */
  readonly repairs: number;
  /** Jobs that a failure stopped at least once. */
  readonly jobsInterrupted: number;
  /** Times a failure stopped a job; at least `jobsInterrupted`. */
  readonly interruptions?: number;
  /** GPU-hours that failures took from jobs: work done and lost again, and restarts. */
  readonly gpuHoursLost: number;
  /** GPU-hours that were out of service. */
  readonly gpuHoursDown?: number;
  /** Share of GPU capacity in service or standing by, averaged over time, 0..1. */
  readonly availability: number;
  /** GPU-hours of spare nodes that stood by. */
  readonly gpuHoursStandby?: number;
  /** Times a spare node took the place of another. */
  readonly takeovers?: number;
  /** Times planned work stopped a job. */
  readonly maintenanceStops?: number;
  /**
   * Effective training time ratio: work of completed jobs over the time from their first start to their end,
   * weighted by GPUs; null when none completed.
   */
  readonly trainingEfficiency?: number | null;
  /** What failed. */
  readonly components?: readonly FaultComponentResult[];
}

/** Failures of one kind of component. */
export interface FaultComponentResult {
  /** Such as `GPU`, `node`, `link`. */
  readonly name: string;
  /** As in FaultsResult. */
  readonly failures: number;
  /** As in FaultsResult. */
  readonly interruptions: number;
  /** As in FaultsResult. */
  readonly gpuHoursLost: number;
  /** As in FaultsResult. */
  readonly gpuHoursDown: number;
}

/** What the cluster costs over the time of the run. */
export interface CostResult {
  /** ISO 4217 code, such as `USD`; the unit of every amount. */
  readonly currency: string;
  /** Sum of the items. */
  readonly total: number;
  /** Seconds that the amounts are for. */
  readonly periodS: number;
  /** What the total is made of, such as hardware, hosting, electricity. */
  readonly items: readonly CostItemResult[];
  /** Total over GPU-hours that completed jobs asked for; null without any. */
  readonly perGpuHour: number | null;
  /** Total over completed jobs; null without any. */
  readonly perJob?: number | null;
  /** The total shared out by GPU-hours of completed jobs; absent without tenants. */
  readonly tenants?: readonly TenantCostResult[];
}

/** What one tenant costs. */
export interface TenantCostResult {
  /** Name of the tenant. */
  readonly name: string;
  /** GPU-hours that its completed jobs asked for, over the period. */
  readonly gpuHours: number;
  /** Its part of the total, in the currency of the result. */
  readonly amount: number;
}

/** One item of the cost. */
export interface CostItemResult {
  /** What is paid for. */
  readonly name: string;
  /** In the currency of the result. */
  readonly amount: number;
  /** How it was computed, in words, such as `8 × 98.32 USD/h × 168 h`. */
  readonly basis?: string;
}

/** Electricity used over the run. */
export interface EnergyResult {
  /** Kilowatt-hours at the meter: those of the machines times `pue`. */
  readonly totalKwh: number;
  /** Kilowatt-hours of the machines. */
  readonly machinesKwh: number;
  /** Power at the meter over power of the machines, ≥ 1. */
  readonly pue: number;
  /** Power of the machines averaged over time, in W. */
  readonly powerMeanW: number;
  /** Highest power of the machines at an instant, in W. */
  readonly powerMaxW: number;
  /** Who used it, such as busy GPUs, idle GPUs, the rest of the nodes; sums to `machinesKwh`. */
  readonly uses?: readonly EnergyUseResult[];
  /** `totalKwh` over GPU-hours that completed jobs asked for; null without any. */
  readonly kwhPerGpuHour: number | null;
}

/** One part of the electricity. */
export interface EnergyUseResult {
  /** Who used it. */
  readonly name: string;
  /** Kilowatt-hours of the machines. */
  readonly kwh: number;
}

/** How far apart the workers of gangs were placed, and what that cost them. */
export interface TopologyResult {
  /** Gangs that started. */
  readonly gangs: number;
  /** From the closest level to the widest; each gang counts at the smallest level that holds all of it. */
  readonly levels: readonly TopologyLevelResult[];
  /** Running time over that at the best placement, averaged over gangs that ended; null without any. */
  readonly slowdownMean?: number | null;
}

/** Gangs that fit into one unit of a level. */
export interface TopologyLevelResult {
  /** Such as `node`, `NVLink domain`, `rack`, `cluster`. */
  readonly name: string;
  /** Gangs whose smallest common level this is. */
  readonly gangs: number;
  /** GPU-hours that these gangs occupied. */
  readonly gpuHours: number;
  /** Gangs that one domain of the level would hold if it were empty. */
  readonly couldStay?: number;
  /** Of these, gangs that were spread over several domains all the same. */
  readonly left?: number;
}

/** What partitioning GPUs left unused, and what changing the partitions took. */
export interface MigResult {
  /** GPUs that can be partitioned. */
  readonly gpus: number;
  /** Share of the compute slices of these GPUs that no profile could reach, averaged over time, 0..1. */
  readonly strandedComputeShare: number;
  /** Share of their memory that no profile could reach, averaged over time, 0..1. */
  readonly strandedMemoryShare: number;
  /** Shares of the capacity of these GPUs that were idle, averaged over time, by class. */
  readonly idleByClass?: Readonly<Record<string, number>>;
  /** Changes of a GPU's partitions. */
  readonly repartitions: number;
  /** GPU-hours that changing took. */
  readonly gpuHoursRepartitioning?: number;
  /** What was asked for, by profile. */
  readonly profiles?: readonly MigProfileResult[];
}

/** Workers that ran on one profile. */
export interface MigProfileResult {
  /** Such as `1g.10gb`, or `whole`. */
  readonly name: string;
  /** Workers that started on it. */
  readonly workers: number;
  /** Hours that instances of it were held. */
  readonly instanceHours: number;
}

/** What elastic jobs did with their range of workers. */
export interface ElasticResult {
  /** Elastic jobs that started. */
  readonly jobs: number;
  /** Jobs whose number of workers changed while they ran. */
  readonly jobsRescaled: number;
  /** Changes of a running job's number of workers. */
  readonly rescalings: number;
  /** GPU-hours that changing took. */
  readonly gpuHoursLost: number;
  /** Workers held over workers asked for, averaged over elastic jobs by their running time; null without any. */
  readonly workersMeanShare: number | null;
}

/** What stopping running jobs for others cost. */
export interface PreemptionResult {
  /** Times a running job was stopped. */
  readonly stops: number;
  /** Jobs stopped at least once. */
  readonly jobsStopped: number;
  /** GPU-hours of work done and lost again, and of restarts. */
  readonly gpuHoursLost: number;
  /** Who was stopped, by the reason recorded. */
  readonly reasons: readonly PreemptionReasonResult[];
}

/** Stops for one reason. */
export interface PreemptionReasonResult {
  /** The reason in words. */
  readonly name: string;
  /** Times a running job was stopped for it. */
  readonly stops: number;
}

/** GPUs that stood idle while gangs waited for more of them. */
export interface GangWaitsResult {
  /** Gangs: jobs that ask for more than one GPU. */
  readonly gangs: number;
  /**
   * Idle GPU-hours while gangs waited: the integral over time of the smaller of idle GPUs and GPUs that waiting
   * gangs ask for, partition by partition where partitions have their own nodes.
   */
  readonly idleGpuHours: number;
  /** The same as a share of all GPU capacity, 0..1. */
  readonly idleShare: number;
}

/** What tenants got of the GPUs against what they are entitled to. */
export interface FairnessResult {
  /** Where entitlements come from: the same for every tenant, or nominal quotas. */
  readonly entitlement: "equal" | "nominal-quota";
  /** Jain's index over `heldWhileWaiting / entitled` of tenants that waited; null with fewer than two. */
  readonly jainIndex: number | null;
  /** In the order of the job table. */
  readonly tenants: readonly TenantFairnessResult[];
}

/** One tenant's share against its entitlement. All shares are of the cluster's GPUs, 0..1. */
export interface TenantFairnessResult {
  /** Name of the tenant; also of `tenants`. */
  readonly name: string;
  /** What it is entitled to. */
  readonly entitledShare: number;
  /** What its jobs held, averaged over the whole run. */
  readonly heldShare: number;
  /** What its jobs held, averaged over the time in which others of its jobs waited; null if none ever did. */
  readonly heldShareWhileWaiting: number | null;
  /** Hours in which at least one of its jobs waited. */
  readonly waitingHours: number;
}

/** What hosting and placement did to the speed of jobs. */
export interface HostingResult {
  /**
   * Running time over duration, averaged over completed jobs with GPUs that were never stopped, by GPU-hours of
   * duration; 1 is bare metal at the best placement. Null without any.
   */
  readonly slowdownMean: number | null;
  /** The largest of them. */
  readonly slowdownMax: number | null;
}

/** Groups of nodes that come and go. */
export interface NodePoolsResult {
  /** In the order of the node groups. */
  readonly pools: readonly NodePoolResult[];
}

/** What one elastic group did, from the first submission to the end of the run. */
export interface NodePoolResult {
  /** Name of the node group. */
  readonly name: string;
  /** Most nodes it may have. */
  readonly nodes: number;
  /** Nodes that are never given back. */
  readonly nodesAlwaysUp: number;
  /** Nodes that were up or being provisioned, averaged over time. */
  readonly nodesUpMean: number;
  /** Most at one instant. */
  readonly nodesUpMax: number;
  /** Hours that nodes were up or being provisioned: what is paid for. */
  readonly nodeHoursUp: number;
  /** Times a node was started. */
  readonly boots: number;
  /** Seconds from the decision to a node that takes jobs, averaged over boots; 0 without any. */
  readonly provisioningMeanS: number;
}

/** Parts of a result that only some runs have. */
export interface OptionalResults {
  /** Failures and repairs; absent when the scenario has none. */
  readonly faults?: FaultsResult;
  /** Absent when nothing in the scenario has a price. */
  readonly cost?: CostResult;
  /** Absent when nothing in the scenario has a power. */
  readonly energy?: EnergyResult;
  /** Absent when the scenario says nothing of links between GPUs. */
  readonly topology?: TopologyResult;
  /** Absent when no GPU is partitioned. */
  readonly mig?: MigResult;
  /** Absent when hosting and placement change no speed. */
  readonly hosting?: HostingResult;
  /** Absent when no group of nodes is elastic. */
  readonly nodePools?: NodePoolsResult;
  /** Absent when no job is elastic. */
  readonly elastic?: ElasticResult;
  /** Absent when no job was stopped for another. */
  readonly preemption?: PreemptionResult;
  /** Absent when no job asks for more than one GPU. */
  readonly gangWaits?: GangWaitsResult;
  /** Absent with fewer than two tenants that ask for GPUs. */
  readonly fairness?: FairnessResult;
  /** Absent without services. */
  readonly serving?: ServingResult;
}

/** Names of the parts. */
export const OPTIONAL_PARTS = [
  "faults",
  "cost",
  "energy",
  "topology",
  "mig",
  "hosting",
  "nodePools",
  "elastic",
  "preemption",
  "gangWaits",
  "fairness",
  "serving",
] as const satisfies readonly (keyof OptionalResults)[];
