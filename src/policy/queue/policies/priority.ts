import type { JobTable } from "../../../workload/job-table.js";
import type { QueuePolicyEntry } from "../types.js";
import { blockingOption, overtakingOf } from "./blocking-option.js";
import { restartCostOf, restartOptions } from "./restart-options.js";

function negatedPriorities(jobs: JobTable): Float64Array {
  return Float64Array.from(jobs.priority, (priority) => -priority);
}

/** Highest priority first; nobody is stopped. */
export const priority: QueuePolicyEntry = {
  name: "priority",
  description:
    "Highest priority first, order of submission between equal priorities, then file order; a job once started runs to its end.",
  options: [blockingOption],
  create: (options) => ({
    kind: "static-order",
    name: "priority",
    primaryKeys: negatedPriorities,
    secondaryKeys: (jobs) => jobs.submitS,
    overtaking: overtakingOf(options),
  }),
};

/** Highest priority first, preempting as the kube scheduler does. */
export const priorityPreemption: QueuePolicyEntry = {
  name: "priority-preemption",
  description:
    "Highest priority first, order of submission between equal priorities, then file order; a job that does not fit is passed over. It may stop running jobs of strictly lower priority, chosen as the kube scheduler chooses: on each node all pods of lower priority are taken away, then reprieved by importance (higher priority, earlier start) while the worker still fits; the node is the one with the lowest highest victim, then the lowest sum of priorities, the fewest victims, the latest start of the highest victims, the first in order. A gang is placed worker by worker and stopped as a whole.",
  options: restartOptions,
  create: (options) => ({
    kind: "preemptive-order",
    name: "priority-preemption",
    order: "priority",
    restart: restartCostOf(options),
  }),
};
