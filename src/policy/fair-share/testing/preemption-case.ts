import type { FairStrategy } from "../quota-spec.js";
import type { SmallCohort, SmallQueue } from "./small-tree.js";
import { smallSpec, smallTree } from "./small-tree.js";

/** A workload of a case: queue, priority, cores, and seconds of admission and of queueing (default 0). */
export type WorkloadRow = readonly [
  queue: string,
  priority: number,
  cores: number,
  admittedS?: number,
  queuedS?: number,
];

/** A situation and who has to stop in it. */
export interface PreemptionCase {
  readonly what: string;
  readonly running: Readonly<Record<string, WorkloadRow>>;
  /** The preemptor. */
  readonly incoming: WorkloadRow;
  readonly expected: readonly string[];
}

/** Whom the rules push out in a situation, as `name: reason`, by name. */
export function targetsIn(
  queues: Readonly<Record<string, SmallQueue>>,
  { running, incoming: [queue, priority, cores, , queuedS] }: PreemptionCase,
  cohorts: Readonly<Record<string, SmallCohort>> = {},
  fair?: readonly FairStrategy[] | "all",
): readonly string[] {
  const workloads = Object.entries(running).map(
    ([name, [home, ownPriority, ownCores, admittedS = 0, ownQueuedS = admittedS]]) =>
      [
        name,
        { in: home, priority: ownPriority, cores: ownCores, admittedS, queuedS: ownQueuedS },
      ] as const,
  );
  const { targets } = smallTree(smallSpec(queues, cohorts, fair), Object.fromEntries(workloads));
  return targets(queue, priority, cores, queuedS);
}
