import { rankJobs } from "../../policy/queue/rank.js";
import type { QueuePolicy } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import { describeDemand, type DemandClasses } from "./demand-classes.js";
import type { Dispatcher, Launcher } from "./dispatcher.js";
import { createHeadDispatcher } from "./head-dispatcher.js";
import { createSkipDispatcher } from "./skip-dispatcher.js";

/** One dispatcher per lane, all under the same queue policy. */
export function createDispatchers(options: {
  readonly policy: QueuePolicy;
  readonly jobs: JobTable;
  readonly classes: DemandClasses;
  readonly laneCount: number;
  readonly launcher: Launcher;
}): readonly Dispatcher[] {
  const { policy, jobs, classes, laneCount, launcher } = options;
  const ranking = rankJobs(jobs, policy);
  const describe = (demand: number): string => describeDemand(classes, demand);
  return Array.from({ length: laneCount }, () =>
    policy.overtaking === "none"
      ? createHeadDispatcher({ ranking, classes, describe, launcher })
      : createSkipDispatcher({ ranking, classes, launcher }),
  );
}
