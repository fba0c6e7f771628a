import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { RECORD } from "../../simulation/batch/records.js";

/** Watches jobs as they begin and cease to wait and to run. Times never fall. */
export interface UsageFold {
  /** `waiting` and `running` are what changes for the job: -1, 0 or 1. */
  change(timeS: number, job: number, waiting: number, running: number): void;
  /** The run ends. */
  finish(endS: number): void;
}

/**
 * Replays who waits and who runs, from the records of a run.
 *
 * A job waits from its submission, or from the end of the last job it depends on, until it starts; again
 * from every stop until it resumes. Jobs that can never be placed do not wait: nobody keeps them waiting.
 * Replicas of services hold their GPUs, and never count as waiting jobs.
 */
export function replayUsage(run: BatchRun, folds: readonly UsageFold[]): void {
  const { records, endOfRunS } = run;
  const managedFrom = run.managed?.from ?? run.jobs.count;
  const readyS = readyTimes(run);
  const ready = readyOrder(run, readyS);
  const tell = (timeS: number, job: number, waiting: number, running: number): void => {
    for (const fold of folds) fold.change(timeS, job, waiting, running);
  };
  let next = 0;
  for (let row = 0; row < records.count; row++) {
    const timeS = records.timeS[row]!;
    while (next < ready.length && readyS[ready[next]!]! <= timeS)
      tell(readyS[ready[next]!]!, ready[next++]!, 1, 0);
    const job = records.job[row]!;
    const kind = records.kind[row];
    if (job >= managedFrom) {
      if (kind === RECORD.started || kind === RECORD.resumed) tell(timeS, job, 0, 1);
      else if (kind === RECORD.stopped || kind === RECORD.finished) tell(timeS, job, 0, -1);
    } else if (kind === RECORD.started || kind === RECORD.resumed) tell(timeS, job, -1, 1);
    else if (kind === RECORD.stopped) tell(timeS, job, 1, -1);
    else if (kind === RECORD.finished) tell(timeS, job, 0, -1);
  }
  for (const fold of folds) fold.finish(endOfRunS);
}

/** When each job could first start; NaN for a job that never could. */
function readyTimes({ jobs, outcome, endS }: BatchRun): Float64Array {
  const { submitS, dependencyOffset, dependencies } = jobs;
  return submitS.map((timeS, job) => {
    const code = outcome[job];
    if (code === OUTCOME.notSubmitted || code === OUTCOME.neverPlaceable) return Number.NaN;
    let ready = timeS;
    for (let at = dependencyOffset?.[job] ?? 0; at < (dependencyOffset?.[job + 1] ?? 0); at++) {
      const ended = endS[dependencies![at]!]!;
      // Also where the job before it has not ended: NaN.
      if (!(ended <= ready)) ready = ended;
      if (Number.isNaN(ready)) break;
    }
    return ready;
  });
}

/** Jobs by the time they are ready, ties in the order of the table. */
function readyOrder({ jobs }: BatchRun, readyS: Float64Array): Int32Array {
  const order = Int32Array.from({ length: jobs.count }, (_, job) => job).filter(
    (job) => !Number.isNaN(readyS[job]!),
  );
  let isSorted = true;
  for (let at = 1; at < order.length && isSorted; at++)
    isSorted = readyS[order[at - 1]!]! <= readyS[order[at]!]!;
  return isSorted
    ? order
    : order.sort((left, right) => readyS[left]! - readyS[right]! || left - right);
}
