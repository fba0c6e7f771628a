import type { AffinityTerm, PreferredTerm } from "../../../policy/fleet/cluster-affinity.js";
import type { SpreadConstraint } from "../../../policy/fleet/topology-spread.js";
import type { DrainBehavior } from "../upgrades/upgrade-spec.js";
import type { DataSpec } from "./data/data-spec.js";
import type { RayClusterSpec } from "./ray/ray-spec.js";
import type { FleetServiceSpec } from "./service-spec.js";
import type { MemberUpgradeSpec } from "./upgrades/member-upgrade-spec.js";

/** A taint of a member cluster: only what tolerates it is placed there. */
export interface ClusterTaint {
  readonly key: string;
  readonly value?: string;
}

/** What tolerates taints. `exists` without a key tolerates every taint. */
export interface ClusterToleration {
  readonly operator: "exists" | "equal";
  readonly key?: string;
  readonly value?: string;
}

/** How nodes of a pool come and go while jobs run. */
export interface ElasticPoolSpec {
  /** Nodes that are always there. */
  readonly min: number;
  readonly max: number;
  /** Seconds from asking for a node until jobs can start on it. */
  readonly provisionS: number;
  /** Seconds without work after which a node above `min` is given back. */
  readonly idleTimeoutS: number;
}

/** Nodes that end by themselves: spot capacity that is taken back, or machines that fail. */
export interface NodeLossSpec {
  /** Mean seconds a node lasts, exponential; > 0. */
  readonly meanLifeS: number;
  /** Seconds until a failed machine is back; absent for spot capacity, where the node is gone. */
  readonly repairS?: number;
}

/** Nodes of one kind in a member cluster. */
export interface MemberPoolSpec {
  readonly name: string;
  readonly gpuModel: string;
  readonly gpusPerNode: number;
  /** Nodes at the start. */
  readonly count: number;
  readonly hosting: "bare-metal" | "vm";
  readonly cpuCoresPerNode?: number;
  readonly memoryBytesPerNode?: number;
  /** Catalogue name, for the property `vm-sizes/<name>/count`. */
  readonly sku?: string;
  /** Work a GPU of this pool does in one second, over that of the GPU durations were written for. */
  readonly speed: number;
  /** Money per node and hour, whoever uses it. */
  readonly pricePerNodeHour: number;
  readonly elastic?: ElasticPoolSpec;
  readonly loss?: NodeLossSpec;
}

/** A stretch of time, from its start to just before its end, in seconds. */
export interface TimeWindow {
  readonly fromS: number;
  readonly toS: number;
}

/** Windows that come at random: exponential times between them, exponential lengths. */
export interface RandomWindows {
  readonly meanBetweenS: number;
  readonly meanLengthS: number;
}

/** Jobs of a member cluster wait, are admitted by quota and preempt as this says. */
export interface MemberQueueSpec {
  /** `strict` lets nobody pass who waits before; `skip` takes the first that fits. */
  readonly order: "strict" | "skip";
  readonly preemption: "never" | "lower-priority";
  /** Seconds that a stopped job takes to end. */
  readonly graceS: number;
  /** Most GPUs a tenant may hold at once here; tenants that are not named are not limited. */
  readonly quotaGpus: Readonly<Record<string, number>>;
}

/** A cluster of the fleet. */
export interface MemberSpec {
  readonly name: string;
  readonly region: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly ClusterTaint[];
  /** Reported properties beyond those counted from the nodes. */
  readonly properties: Readonly<Record<string, number>>;
  readonly pools: readonly MemberPoolSpec[];
  readonly queue: MemberQueueSpec;
  /** No link to the hub and to other places; what runs goes on. */
  readonly disconnected: readonly TimeWindow[];
  readonly disconnectedAtRandom?: RandomWindows;
  /** All nodes are down, and the link too. */
  readonly outages: readonly TimeWindow[];
  readonly outagesAtRandom?: RandomWindows;
}

/** Where copies of one thing go, in KubeFleet's terms. */
export interface PickPlacement {
  readonly kind: "pick";
  readonly type: "all" | "fixed" | "n";
  /** For `n`. */
  readonly count: number;
  /** For `fixed`: indexes of members. */
  readonly members: readonly number[];
  readonly required: readonly AffinityTerm[];
  readonly preferred: readonly PreferredTerm[];
  readonly spread: readonly SpreadConstraint[];
  readonly tolerations: readonly ClusterToleration[];
}

/** A job offered to several clusters, in MultiKueue's terms: the first that admits it runs it. */
export interface RacePlacement {
  readonly kind: "race";
  /** Indexes of members, in the order of the configuration. */
  readonly members: readonly number[];
  readonly dispatcher: "all-at-once" | "incremental";
  readonly stepSize: number;
  readonly roundS: number;
}

/** A home, and clusters beside it that help out. */
export interface BurstPlacement {
  readonly kind: "burst";
  readonly home: readonly number[];
  readonly to: readonly number[];
  readonly when:
    | { readonly rule: "never" }
    | { readonly rule: "cheapest" }
    | { readonly rule: "always" }
    | { readonly rule: "wait-exceeds"; readonly waitS: number }
    /** As late as the deadline still allows, with this many seconds to spare. */
    | { readonly rule: "deadline"; readonly spareS: number };
}

/** Where a job may run. */
export type JobPlacement = PickPlacement | RacePlacement | BurstPlacement;

/** A job that is given, and not drawn. */
export interface SubmittedJobSpec {
  /** Its place among the jobs of its kind, from 1. */
  readonly number: number;
  readonly submitS: number;
  /** Seconds on GPUs of speed 1. */
  readonly workS: number;
}

/** Jobs of one kind, and of one shape. Times are in seconds. */
export interface JobGroupSpec {
  /** Used once. */
  readonly name: string;
  /** Name as written, which several groups of different shapes share; absent: the name is it. */
  readonly kind?: string;
  /** The jobs themselves; absent: they are drawn. */
  readonly submissions?: readonly SubmittedJobSpec[];
  /** False: the table of prices leaves it out, because another shape of its kind stands there. */
  readonly isPriced?: boolean;
  readonly tenant: string;
  readonly priority: number;
  readonly workers: number;
  readonly gpusPerWorker: number;
  /** Any when absent. */
  readonly gpuModels?: readonly string[];
  readonly count: number;
  readonly firstS: number;
  /** Time between submissions: fixed, or the mean of exponential ones; 0 submits all at once. */
  readonly betweenS: number;
  readonly arrivals: "even" | "poisson";
  /** Duration on GPUs of speed 1. */
  readonly durationS: number;
  readonly durations: "fixed" | "exponential";
  readonly placement: JobPlacement;
  /** Indexes of datasets that must be at the cluster before work begins. */
  readonly inputs: readonly number[];
  /** Whether inputs move while the job waits, or once it holds its GPUs. */
  readonly prefetch: boolean;
  readonly output?: { readonly bytes: number; readonly to: number };
  readonly checkpoint?: {
    readonly intervalS: number;
    readonly bytes: number;
    /** Index of a place; absent: kept at the cluster itself, and not found from another. */
    readonly to?: number;
  };
  /** What it does when one of its nodes is drained; absent: it ends at once. */
  readonly onDrain?: DrainBehavior;
  /** Seconds to write the checkpoint of `save`. */
  readonly saveS?: number;
  /** Seconds a run takes to go on from a checkpoint or to begin anew after a stop. */
  readonly restartS: number;
  /** Seconds after submission. */
  readonly deadlineS?: number;
  /** Largest amount of money one job may cost where it is sent; clusters that would cost more are left out. */
  readonly budgetPerJob?: number;
}

/** How the hub and its members talk. */
export interface HubSpec {
  /** Oldest heartbeat of a member that still gets placements. KubeFleet: 300 s. */
  readonly heartbeatMaxS: number;
  /** Seconds until the clusters that lost a race hear of it. */
  readonly syncS: number;
  /** Seconds a lost worker keeps its jobs. MultiKueue: 900 s. */
  readonly workerLostTimeoutS: number;
  /** Whether one cluster at a time may preempt for a job (KEP 8303). */
  readonly orchestratedPreemption: boolean;
  /** Seconds before the next cluster may preempt. KEP 8303: 300 s. */
  readonly gateTimeoutS: number;
  /** Most GPUs of a tenant's jobs that are dispatched and not finished; tenants not named are not limited. */
  readonly quotaGpus: Readonly<Record<string, number>>;
}

/** Everything a run of member clusters needs. */
export interface ClustersSpec {
  readonly members: readonly MemberSpec[];
  readonly hub: HubSpec;
  readonly jobs: readonly JobGroupSpec[];
  readonly data: DataSpec;
  readonly services: readonly FleetServiceSpec[];
  readonly ray: readonly RayClusterSpec[];
  /** Upgrades of the nodes of members; absent: none. */
  readonly upgrades?: readonly MemberUpgradeSpec[];
}
