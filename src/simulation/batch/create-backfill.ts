import { SpecificationError } from "../../base/specification-error.js";
import type { ClusterState } from "../../cluster/view.js";
import { rankByKeys } from "../../policy/queue/rank.js";
import type { BackfillPolicy } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import { createPoolRoom } from "./backfill-room.js";
import { createConservativeDispatcher } from "./conservative-dispatcher.js";
import { describeDemand, type DemandClasses } from "./demand-classes.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";
import { createEasyDispatcher } from "./easy-dispatcher.js";
import type { Lane } from "./lane.js";
import { createNodeConservativeDispatcher } from "./node-conservative-dispatcher.js";
import { createNodeRoom } from "./node-room.js";

/** What the dispatchers of a backfilling policy are made from. */
export interface BackfillSetting {
  readonly jobs: JobTable;
  readonly classes: DemandClasses;
  readonly launcher: PreemptingLauncher;
  /** Lowest rate of a job of the lane that has no place yet. */
  slowestIn(lane: Lane): number;
  /** Rate of an elastic job with its fewest workers; 1 for others. */
  slowestOf(job: number): number;
}

/**
 * Makes the dispatcher of each lane under a backfilling policy: reservations of a number of GPUs in a pool,
 * of named nodes elsewhere.
 */
export function createBackfill(
  { jobs, classes, launcher, slowestIn, slowestOf }: BackfillSetting,
  policy: BackfillPolicy,
): (lane: Lane, laneIndex: number) => Dispatcher {
  const ranking = rankByKeys(jobs.submitS);
  const estimatesS = policy.estimatesS(jobs);
  const describe = (demand: number): string => describeDemand(classes, demand);
  return (lane, laneIndex) => {
    const { gang } = lane;
    const { cluster, foresight } = gang;
    // A job that has no place yet may get the slowest GPUs of the lane.
    const slowest = slowestIn(lane);
    const estimateS = estimatesS.map((seconds, job) => seconds / slowest / slowestOf(job));
    const common = { classes, launcher, estimateS };
    const nodes =
      cluster === undefined || foresight === undefined ? undefined : { cluster, foresight };
    if (nodes !== undefined) refuseParts(policy.name, nodes.cluster);
    if (policy.reservations === "head") {
      const options = { gang, classes, launcher };
      const room =
        nodes === undefined
          ? createPoolRoom(options)
          : createNodeRoom(options, nodes.cluster, jobs.shapes, nodes.foresight);
      return createEasyDispatcher({ ...common, ranking, describe, room, laneIndex });
    }
    const rank = ranking.rankOf;
    return nodes === undefined
      ? createConservativeDispatcher({ ...common, rank, lane })
      : createNodeConservativeDispatcher({ ...common, rank, shapes: jobs.shapes, ...nodes });
  };
}

/** Reservations count whole GPUs and thousandths; instances and replicas they would count wrongly. */
function refuseParts(policy: string, cluster: ClusterState): void {
  const node = cluster.spec.nodes.find(({ partitioning }) => partitioning !== undefined);
  if (node?.partitioning === undefined) return;
  throw new SpecificationError(
    `${policy}: reservations are of whole GPUs and shares, got node ${node.name} with GPUs handed out by ` +
      `${node.partitioning.mode}; choose another queue policy`,
  );
}
