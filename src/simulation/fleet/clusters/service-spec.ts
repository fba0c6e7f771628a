import type { CountOrShare } from "../../../policy/fleet/budget.js";
import type { DisruptionBudget } from "../../../policy/fleet/eviction.js";

/** People who send requests from one region. */
export interface UsersSpec {
  readonly region: string;
  readonly requestsPerS: number;
  /** For every member, whether what these people send may be processed there. */
  readonly allowed: readonly boolean[];
  /** For every member, the round trip to it. Seconds. */
  readonly rttS: readonly number[];
}

/** Replicas of a service on one member. */
export interface ReplicasSpec {
  readonly member: number;
  readonly count: number;
}

/** A model that answers requests from several clusters. */
export interface FleetServiceSpec {
  readonly name: string;
  /** Index of the dataset that holds its model; absent: it is there already. */
  readonly model?: number;
  readonly replicas: readonly ReplicasSpec[];
  readonly gpusPerReplica: number;
  readonly gpuModel?: string;
  /** Requests a replica works on at once. */
  readonly slotsPerReplica: number;
  /** Mean seconds a request takes on GPUs of speed 1. */
  readonly computeS: number;
  readonly compute: "fixed" | "exponential";
  /** Seconds from GPUs being there to the first answer. */
  readonly startS: number;
  /** Requests that may wait at a cluster, per slot, before the next nearest is asked. */
  readonly waitingPerSlotMax: number;
  /** When people begin to ask. Seconds. */
  readonly firstRequestS: number;
  readonly users: readonly UsersSpec[];
  /** For its replicas on each member by themselves; absent: an eviction is always allowed. */
  readonly budget?: DisruptionBudget;
  /** Replicas that must serve on each member, for the report of upgrades; absent: nobody said. */
  readonly need?: CountOrShare;
  /** Seconds that an evicted replica keeps its GPUs, and works on what it has; absent: 30. */
  readonly graceS?: number;
  /** Latency that requests should keep; absent: none. */
  readonly latencyGoalS?: number;
}
