import type { JobTable } from "../job-table.js";
import { jobGpuMilli } from "./job-gpu-milli.js";

/** Fewer jobs are a handful of work, not a stream of arrivals with a load. */
const JOBS_MIN = 100;
/** A trace shorter than so many mean durations has no load either: most of its work ends after it. */
const DURATIONS_MIN = 10;

/** GPU time asked for against GPU time there is. */
export interface OfferedLoad {
  /** GPU-seconds asked for over GPU-seconds of the cluster between the first and the last submission. */
  readonly value: number;
  /**
   * False for fewer than 100 jobs and for spans below 10 mean durations (weighted by GPUs): the value is
   * then a burst of work and not a load that lasts.
   */
  readonly lasting: boolean;
}

/**
 * The load that the jobs offer to a number of GPUs; null when all are submitted at one instant.
 *
 * The last job is left out, because n arrivals have n - 1 gaps between them. A run measures the load of
 * its result in the same way.
 *
 * @param gpus above 0
 */
export function offeredLoad(jobs: JobTable, gpus: number): OfferedLoad | null {
  const spanS = jobs.count === 0 ? 0 : jobs.submitS[jobs.count - 1]! - jobs.submitS[0]!;
  if (!(spanS > 0)) return null;
  let demand = 0;
  let width = 0;
  for (let row = 0; row < jobs.count - 1; row += 1) {
    const milli = jobGpuMilli(jobs, row);
    demand += milli * jobs.durationS[row]!;
    width += milli;
  }
  return {
    value: demand / 1000 / (gpus * spanS),
    lasting: jobs.count >= JOBS_MIN && spanS * width >= DURATIONS_MIN * demand,
  };
}
