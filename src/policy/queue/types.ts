import type { JobTable } from "../../workload/job-table.js";

/**
 * What happens to the jobs behind one that does not fit.
 *
 * `none`: the queue stops at the first job that does not fit (head-of-line blocking).
 * `any`: every job that fits may start; a job that does not fit is passed over.
 */
export type Overtaking = "none" | "any";

/** A value an option of a queue policy may take. */
export type QueueOptionValue = number | string | boolean;

/** Options of a policy with every default filled in. */
export type QueueOptions = Readonly<Record<string, QueueOptionValue>>;

/** A queue policy as a scenario names it: the name and only the options that differ from the default. */
export interface QueuePolicySpec {
  readonly name: string;
  readonly options?: QueueOptions;
}

/**
 * Decides who goes next, and never where it goes; a job once started runs to its end.
 *
 * The queue is sorted by `primaryKeys`, then `secondaryKeys`, then file order (the row in the job
 * table): a total order, so that equal jobs never swap between runs.
 */
export interface StaticOrderPolicy {
  readonly kind: "static-order";
  readonly name: string;
  /** One number per job, lower goes first; fixed for the life of the job. */
  primaryKeys(jobs: JobTable): Float64Array;
  /** Orders jobs of equal primary key before file order does; absent means file order at once. */
  secondaryKeys?(jobs: JobTable): Float64Array;
  readonly overtaking: Overtaking;
}

/** What stopping a job and starting it again costs. */
export interface RestartCost {
  /** Seconds a job occupies its GPUs at every start after the first before it makes progress, ≥ 0. */
  readonly restartCostS: number;
  /**
   * `at-preemption`: a job is saved when it is stopped and loses nothing. `at-checkpoints`: it falls back
   * to its last whole checkpoint interval, and to the beginning when it writes no checkpoints.
   */
  readonly savesProgress: "at-preemption" | "at-checkpoints";
}

/** Steps of attained service; a job belongs to the step its GPU-seconds have reached. */
export interface ServiceLevels {
  /** GPU-seconds at which level i ends, ascending; one level more than there are ends. */
  readonly endsGpuS: Float64Array;
  /** Sort key of each level, lower goes first. */
  readonly keys: Float64Array;
}

/**
 * Keeps the best jobs running and stops others for them.
 *
 * `remaining-time`: fewest seconds left first; a running job is stopped only for one with strictly fewer.
 * `service-level`: lowest key of the level of attained GPU-seconds first, then order of submission.
 * Waiting jobs are tried in order; one that does not fit stops running jobs that come after it in the
 * order, the last first, until it fits; those that still fit beside it go on at once where they were.
 * `priority`: highest priority first, then order of submission; only jobs of strictly lower priority are
 * stopped, and which of them is decided node by node as the kube scheduler does.
 */
export interface PreemptiveOrderPolicy {
  readonly kind: "preemptive-order";
  readonly name: string;
  readonly order: "remaining-time" | "service-level" | "priority";
  /** The levels, for `service-level`. */
  serviceLevels?(jobs: JobTable): ServiceLevels;
  readonly restart: RestartCost;
}

/**
 * First come first served, and jobs may fill gaps when nobody with a reservation is delayed by what is
 * known: the users' estimates.
 */
export interface BackfillPolicy {
  readonly kind: "backfill";
  readonly name: string;
  /** Who has a reservation: the first job that does not fit, or every waiting job. */
  readonly reservations: "head" | "all";
  /**
   * Estimated duration per job in seconds.
   *
   * @throws RangeError when a job has no estimate
   */
  estimatesS(jobs: JobTable): Float64Array;
}

/** Admission by quota: the queues, quotas and rules come with the run. */
export interface QuotaPolicy {
  readonly kind: "quota";
  readonly name: string;
  /** What the queues with quota are named after. */
  readonly queueBy: "tenant" | "partition";
  readonly restart: RestartCost;
}

/** Every family of queue policies the batch simulation can run. */
export type QueuePolicy = StaticOrderPolicy | PreemptiveOrderPolicy | BackfillPolicy | QuotaPolicy;

/** One option of a queue policy, for checks, `headroom explain` and the generated reference. */
export interface QueuePolicyOption {
  readonly name: string;
  readonly type: "choice" | "number" | "boolean";
  /** Values of a choice. */
  readonly allowed?: readonly string[];
  /** Smallest and largest number, both allowed. */
  readonly range?: readonly [number, number];
  readonly unit?: string;
  readonly default: QueueOptionValue;
  readonly description: string;
}

/** A registered queue policy: what it is called, what it does, and how it is made. */
export interface QueuePolicyEntry {
  readonly name: string;
  /** Order, overtaking and ties in full sentences. */
  readonly description: string;
  readonly options: readonly QueuePolicyOption[];
  /** @param options every option of the entry with its value, defaults filled in */
  create(options: QueueOptions): QueuePolicy;
}
