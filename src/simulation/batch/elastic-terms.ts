import { createQueuePolicy } from "../../policy/queue/registry.js";
import type { QueuePolicySpec } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import type { WorkerScaling } from "./worker-scaling.js";

/** How jobs run that may have fewer or more workers than they ask for. */
export interface ElasticTerms {
  /** A job's duration holds for the workers it asks for; this says what other numbers are worth. */
  readonly scaling: WorkerScaling;
  /** Seconds without progress when the number of workers of a running job changes, ≥ 0. */
  readonly rescaleCostS: number;
}

/**
 * Why elastic jobs run with the workers they ask for under the queue policy; undefined when they do not.
 *
 * Reservations for every job, quotas and orders by attained service or by what would be stopped count with
 * gangs of one size.
 */
export function elasticFault(spec: {
  readonly queue: QueuePolicySpec;
  readonly jobs: JobTable;
}): string | undefined {
  if (spec.jobs.workersMin === undefined && spec.jobs.workersMax === undefined) return undefined;
  const policy = createQueuePolicy(spec.queue);
  const isSupported =
    policy.kind === "static-order" ||
    (policy.kind === "backfill" && policy.reservations === "head");
  return isSupported
    ? undefined
    : `Elastic jobs run with the workers they ask for: the queue policy ${policy.name} counts with gangs of one size.`;
}
