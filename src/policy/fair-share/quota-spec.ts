/** What a quota counts in. GPUs and CPU in thousandths, so that shares of a GPU stay whole numbers. */
export type QuotaUnit = "gpu-milli" | "cpu-milli" | "bytes" | "count";

/** A resource that quotas limit. */
export interface QuotaResourceSpec {
  /** Such as `gpu`, `cpu`, `memory`; `pods` is special: it never refuses a workload where no queue covers it. */
  readonly name: string;
  readonly unit: QuotaUnit;
}

/** One variant of the resources, such as one GPU model or spot machines. */
export interface ResourceFlavorSpec {
  readonly name: string;
  /** GPU model of the nodes behind it; absent: any node may serve the flavor. */
  readonly gpuModel?: string;
  /** Labels of the nodes behind the flavor; carried along, not used in the quota arithmetic. */
  readonly nodeLabels?: Readonly<Record<string, string>>;
}

/** Quota of one resource in one flavor, in whole units of the resource. */
export interface ResourceQuotaSpec {
  readonly resource: string;
  /** What the owner may always use. */
  readonly nominal: number;
  /** Most it may use above nominal; absent: as much as others leave. Only below a cohort. */
  readonly borrowingLimit?: number;
  /** Most of the unused nominal that others may use; absent: all of it. Only below a cohort. */
  readonly lendingLimit?: number;
}

/** The quotas of one flavor. */
export interface FlavorQuotaSpec {
  readonly flavor: string;
  readonly resources: readonly ResourceQuotaSpec[];
}

/** Resources that always get the same flavor, and the flavors in the order they are tried. */
export interface ResourceGroupSpec {
  readonly resources: readonly string[];
  readonly flavors: readonly FlavorQuotaSpec[];
}

/**
 * What happens behind a workload that cannot be admitted.
 *
 * Both order by priority, then time of queueing. `strict-fifo`: the queue stops at its head.
 * `best-effort-fifo`: a head that cannot be admitted is set aside until room is freed in its cohort.
 */
export type QueueingStrategy = "strict-fifo" | "best-effort-fifo";

/** Whether a flavor that would do is taken, or the next one is looked at for something better. */
export type FungibilityChoice = "use-flavor" | "try-next-flavor";

/** How the flavor is chosen when several would do. */
export interface FlavorFungibilitySpec {
  /** When the workload fits by borrowing. Default `use-flavor`. */
  readonly whenCanBorrow?: FungibilityChoice;
  /** When the workload fits after preemption. Default `try-next-flavor`. */
  readonly whenCanPreempt?: FungibilityChoice;
  /** Which is the lesser evil among flavors that need one of them. Default `borrowing`. */
  readonly preference?: "borrowing" | "preemption";
}

/** Whom a waiting workload may push out; the names are Kueue's in kebab-case. */
export interface QueuePreemptionSpec {
  /** Running workloads of its own queue. Default `never`. */
  readonly withinQueue?: "never" | "lower-priority" | "lower-or-newer-equal-priority";
  /** Workloads of other queues of the cohort that use more than their nominal quota. Default `never`. */
  readonly reclaimWithinCohort?: "never" | "lower-priority" | "any";
  /** Allows it even when the workload itself must borrow; needs `reclaimWithinCohort`. Not under fair sharing. */
  readonly borrowWithinCohort?: {
    readonly policy: "never" | "lower-priority";
    /** Only workloads of at most this priority; absent: any below the preemptor's. */
    readonly maxPriorityThreshold?: number;
  };
}

/** A queue with quota: Kueue's ClusterQueue. */
export interface QuotaQueueSpec {
  readonly name: string;
  /** Absent: the queue neither borrows nor lends. A cohort nobody describes exists all the same. */
  readonly cohort?: string;
  readonly groups: readonly ResourceGroupSpec[];
  /** Default `best-effort-fifo`. */
  readonly strategy?: QueueingStrategy;
  readonly fungibility?: FlavorFungibilitySpec;
  readonly preemption?: QueuePreemptionSpec;
  /** Weight in fair sharing, ≥ 0. Default 1. */
  readonly fairWeight?: number;
  /** True: nothing more is admitted (Kueue's stopPolicy Hold); the quota stays in the cohort. */
  readonly held?: boolean;
}

/** A node of the organisation above the queues. Its own quota is shared by everything below it. */
export interface CohortSpec {
  readonly name: string;
  /** Absent: the root of its tree. */
  readonly parent?: string;
  readonly groups?: readonly ResourceGroupSpec[];
  /** Weight in fair sharing, ≥ 0. Default 1. */
  readonly fairWeight?: number;
}

/** Which workloads fair sharing may push out, in Kueue's names; the second is tried when the first is not enough. */
export type FairStrategy = "less-than-or-equal-to-final-share" | "less-than-initial-share";

/** The lists of strategies that Kueue accepts. */
export const FAIR_STRATEGY_LISTS: readonly (readonly FairStrategy[])[] = [
  ["less-than-or-equal-to-final-share", "less-than-initial-share"],
  ["less-than-or-equal-to-final-share"],
  ["less-than-initial-share"],
];

/**
 * Quotas of a whole organisation.
 *
 * The model and its words are Kueue's (ClusterQueue, Cohort, ResourceFlavor). Source:
 * kubernetes-sigs/kueue site/content/en/docs/concepts/{cluster_queue,cohort,preemption}.md and
 * keps/79-hierarchical-cohorts, keps/1714-fair-sharing; defaults of v0.17 to v0.20.
 */
export interface QuotaSpec {
  readonly resources: readonly QuotaResourceSpec[];
  readonly flavors: readonly ResourceFlavorSpec[];
  readonly queues: readonly QuotaQueueSpec[];
  readonly cohorts?: readonly CohortSpec[];
  /** Present: admission and preemption by share instead of first come, first served. */
  readonly fairSharing?: {
    /** Default: both, final share first. */
    readonly strategies?: readonly FairStrategy[];
  };
}

/** One thing wrong with a quota spec; the caller knows the file and the position. */
export interface QuotaFault {
  /** Such as `queues[1].groups[0].flavors[0].resources[0].nominal`. */
  readonly path: string;
  readonly message: string;
}
