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

/** A queue policy as a scenario names it: the name and only the options that differ from the default. */
export interface QueuePolicySpec {
  readonly name: string;
  readonly options?: Readonly<Record<string, QueueOptionValue>>;
}

/**
 * Decides who goes next, and never where it goes.
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

/** Every family of queue policies the batch simulation can run. */
export type QueuePolicy = StaticOrderPolicy;

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
  create(options: Readonly<Record<string, QueueOptionValue>>): QueuePolicy;
}
