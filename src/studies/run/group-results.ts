import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import type { GroupSummary } from "../../simulation/batch/summary.js";
import type { GroupOutcomes, GroupResult, LaneResult } from "./result-document.js";

/** Adds what became of the jobs of every group, and of the nodes of groups that have their own. */
export function groupResults(
  run: BatchRun,
  groups: readonly GroupSummary[],
  of: {
    readonly groupOf: Int32Array;
    readonly names: readonly string[];
    readonly lanes?: ReadonlyMap<string, LaneResult>;
  },
): readonly GroupResult[] {
  const outcomes = of.names.map(() => ({
    completed: 0,
    running: 0,
    waiting: 0,
    neverPlaceable: 0,
  }));
  const fieldOf: Readonly<Record<number, keyof GroupOutcomes>> = {
    [OUTCOME.completed]: "completed",
    [OUTCOME.running]: "running",
    [OUTCOME.waiting]: "waiting",
    [OUTCOME.neverPlaceable]: "neverPlaceable",
  };
  run.outcome.forEach((code, job) => {
    const field = fieldOf[code];
    if (field !== undefined) outcomes[of.groupOf[job]!]![field]++;
  });
  return groups.map((group) => {
    const lane = of.lanes?.get(group.name);
    return {
      ...group,
      outcomes: outcomes[of.names.indexOf(group.name)]!,
      ...(lane === undefined ? {} : { lane }),
    };
  });
}
