import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { waitedS } from "../../simulation/batch/waited.js";
import { findWarmUp } from "../../stats/warm-up.js";

/** The rule looks for the least of a statistic; over a handful of batches it would find one anywhere. */
const JOBS_MIN = 100;

/** Waits of one run in order of arrival, and when each job arrived. Jobs that can never run are not in it. */
export interface ArrivalSeries {
  readonly waitS: Float64Array;
  readonly submitS: Float64Array;
}

/** Where the warm-up of a configuration ends. */
export interface FoundWarmUp {
  /** False when the series is too short to tell; `endS` is then 0 and nothing is to be left out. */
  readonly detected: boolean;
  /** First second whose arrivals count. */
  readonly endS: number;
}

/** The waits of a run as the warm-up rule takes them. */
export function arrivalSeries(run: BatchRun): ArrivalSeries {
  const { jobs, outcome } = run;
  const waits = waitedS(run);
  const order: number[] = [];
  for (let job = 0; job < jobs.count; job++) {
    if (outcome[job] === OUTCOME.neverPlaceable || outcome[job] === OUTCOME.notSubmitted) continue;
    order.push(job);
  }
  order.sort((left, right) => jobs.submitS[left]! - jobs.submitS[right]! || left - right);
  return {
    waitS: Float64Array.from(order, (job) => waits[job]!),
    submitS: Float64Array.from(order, (job) => jobs.submitS[job]!),
  };
}

/**
 * Finds the end of the warm-up by MSER-5 on the waits averaged over replications, by place in the order of
 * arrival; so many jobs are left out that the truncated ones are gone from every replication.
 *
 * @param replications at least one
 */
export function findRunWarmUp(replications: readonly ArrivalSeries[]): FoundWarmUp {
  const length = Math.min(...replications.map(({ waitS }) => waitS.length));
  if (length < JOBS_MIN) return { detected: false, endS: 0 };
  const averaged = new Float64Array(length);
  for (const { waitS } of replications) {
    for (let index = 0; index < length; index++) averaged[index]! += waitS[index]!;
  }
  const { truncate, detected } = findWarmUp(averaged.map((sum) => sum / replications.length));
  if (!detected) return { detected, endS: 0 };
  if (truncate === 0) return { detected, endS: 0 };
  return { detected, endS: Math.max(...replications.map(({ submitS }) => submitS[truncate]!)) };
}
