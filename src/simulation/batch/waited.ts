import { OUTCOME, type BatchRun } from "./batch-spec.js";

const ROUNDING_SHARE = 1e-12;

/**
 * Seconds each job waited: the time from submission to its end, or to the end of the run, in which it did
 * not occupy its GPUs. For a job that is never stopped that is submission to start.
 * NaN for a job that was not submitted or can never be placed.
 */
export function waitedS(run: BatchRun): Float64Array {
  const { jobs, startS, endS, outcome, endOfRunS, preemption } = run;
  const waited = new Float64Array(jobs.count).fill(Number.NaN);
  for (let job = 0; job < jobs.count; job++) {
    if (preemption !== undefined && preemption.stops[job]! > 0) {
      const untilS = outcome[job] === OUTCOME.completed ? endS[job]! : endOfRunS;
      const idleS = untilS - jobs.submitS[job]! - preemption.occupiedS[job]!;
      // A sum of many pieces differs from the whole in its last bits: that is no wait.
      waited[job] = idleS > ROUNDING_SHARE * untilS ? idleS : 0;
    } else if (outcome[job] === OUTCOME.waiting) {
      waited[job] = endOfRunS - jobs.submitS[job]!;
    } else if (!Number.isNaN(startS[job]!)) {
      waited[job] = startS[job]! - jobs.submitS[job]!;
    }
  }
  return waited;
}
