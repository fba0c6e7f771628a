import type { CountOrShare } from "../../../policy/fleet/budget.js";
import type { DisruptionBudget } from "../../../policy/fleet/eviction.js";

/** What a node offers, or a pod takes: so many of each kind. `gpu` is a whole GPU, other kinds are MIG profiles. */
export type Slots = Readonly<Record<string, number>>;

/** Equal nodes that are upgraded together. */
export interface UpgradePool {
  readonly name: string;
  /** Nodes that are there before the upgrade, spare ones included. */
  readonly nodes: number;
  readonly slots: Slots;
  /** What a node offers once it was changed, where the change is of its MIG layout. */
  readonly slotsAfter?: Slots;
  /** A system pool cannot be upgraded in place. */
  readonly isSystem?: boolean;
}

/** Rolling upgrade with surge nodes, as AKS has it. */
export interface RollingStrategy {
  readonly kind: "rolling";
  readonly maxSurge: CountOrShare;
  /** Nodes upgraded in place at once; takes effect without surge nodes, or where none can be had. */
  readonly maxUnavailable: CountOrShare;
  /** Nodes that can be had beside the pool: quota and machines. */
  readonly surgeAvailable: number;
  /** Minor version of Kubernetes 1.x; from 35 on, one surge node is tried where all cannot be had. */
  readonly kubernetesMinor: number;
  readonly drainTimeoutS: number;
  readonly soakS: number;
  /**
   * What becomes of a node that is not empty when its time is over. `stop`: the upgrade stops. `schedule`: it is
   * deleted with its pods and replaced. `cordon`: it stays as it is, and the upgrade goes on.
   */
  readonly undrainable: "stop" | "schedule" | "cordon";
  /** Undrained nodes that are tolerated with `schedule` and `cordon`. Absent: as many as surge nodes. */
  readonly maxBlockedNodes?: CountOrShare;
}

/** New nodes for all old ones, drained batch by batch. */
export interface BlueGreenStrategy {
  readonly kind: "blue-green";
  readonly drainBatch: CountOrShare;
  readonly drainTimeoutS: number;
  readonly batchSoakS: number;
  readonly finalSoakS: number;
  readonly surgeAvailable: number;
}

/** How nodes are taken through the change. */
export type UpgradeStrategy = RollingStrategy | BlueGreenStrategy;

/** How long machines take; nobody publishes these for AKS, so they are parameters. Seconds. */
export interface UpgradeTimes {
  /** A new node, from the order until pods can be placed on it, GPU driver included. */
  readonly bootS: number;
  /** Changing a drained node until pods can be placed on it: reimage, driver reload or MIG layout. */
  readonly changeS: number;
}

/** Replicas that serve all the time. */
export interface UpgradeService {
  readonly kind: "service";
  readonly name: string;
  readonly replicas: number;
  readonly slots: Slots;
  /** Ready replicas below which its objective is missed. */
  readonly need: number;
  /** Absent: an eviction is always allowed. */
  readonly budget?: DisruptionBudget;
  /** From its place on a node until it serves. */
  readonly startS: number;
  /** How long a replica that was told to end keeps its GPUs. */
  readonly graceS: number;
}

/** What a job does when one of its nodes is drained. */
export type DrainBehavior = "stop" | "save" | "next-checkpoint" | "finish";

/** Equal jobs: each a gang of workers that stop and start together. */
export interface UpgradeJobs {
  readonly kind: "jobs";
  readonly name: string;
  readonly count: number;
  readonly workers: number;
  /** Of one worker. */
  readonly slots: Slots;
  /**
   * `stop`: ends at once and loses what is not in a checkpoint. `save`: writes one first, in `saveS`.
   * `next-checkpoint`: goes on until its next one. `finish`: does not yield before it is done.
   */
  readonly onDrain: DrainBehavior;
  /** Absent: never, so that all work since the start is lost. */
  readonly checkpointEveryS?: number;
  readonly saveS: number;
  /** From its places on nodes until it does new work. */
  readonly restartS: number;
  /** Time that a job takes undisturbed; absent: longer than is looked at. */
  readonly durationS?: number;
  /** Whether another job follows one that ends. */
  readonly hasBacklog: boolean;
  readonly graceS: number;
}

/** What runs on the pool. */
export type UpgradeWorkload = UpgradeService | UpgradeJobs;

/** One upgrade of one pool. */
export interface UpgradeSpec {
  readonly pool: UpgradePool;
  readonly strategy: UpgradeStrategy;
  readonly times: UpgradeTimes;
  /** In the order in which they find a place: services should stand before jobs. */
  readonly workloads: readonly UpgradeWorkload[];
  /** Which node with room is taken: the fullest or the emptiest. */
  readonly placement: "pack" | "spread";
  /** How long is looked at, from the start of the upgrade; misses count as long. Seconds. */
  readonly horizonS: number;
  /** Root of the random streams: how far each job is when the upgrade begins. */
  readonly seed: number;
}
