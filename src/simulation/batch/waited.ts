import { OUTCOME, type BatchRun } from "./batch-spec.js";

/**
 * Seconds each job waited: submission to start, or to the end of the run for a job still waiting.
 * NaN for a job that was not submitted or can never be placed.
 */
export function waitedS(run: BatchRun): Float64Array {
  const { jobs, startS, outcome, endOfRunS } = run;
  const waited = new Float64Array(jobs.count).fill(Number.NaN);
  for (let job = 0; job < jobs.count; job++) {
    if (outcome[job] === OUTCOME.waiting) waited[job] = endOfRunS - jobs.submitS[job]!;
    else if (!Number.isNaN(startS[job]!)) waited[job] = startS[job]! - jobs.submitS[job]!;
  }
  return waited;
}
