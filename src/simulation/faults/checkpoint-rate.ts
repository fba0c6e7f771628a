import type { RateFactor } from "../batch/gang-rates.js";
import type { JobTable } from "../../workload/job-table.js";

/**
 * Slows jobs down by the checkpoints they write: an interval of work τ takes τ + δ, so the rate is τ / (τ + δ).
 *
 * At every end of an interval this is exactly where a job is that works for τ and then writes for δ, and a
 * stopped job falls back to such an end: what is lost and when the job is done are the same, except that the
 * last, unfinished interval counts its part of a checkpoint.
 */
export function createCheckpointRate(jobs: JobTable): RateFactor {
  const { checkpointIntervalS, checkpointCostS } = jobs;
  return {
    name: "checkpoints",
    started: () => undefined,
    stopped: () => undefined,
    rateOf(job) {
      const intervalS = checkpointIntervalS?.[job] ?? Number.NaN;
      const costS = checkpointCostS?.[job] ?? Number.NaN;
      return intervalS > 0 && costS > 0 ? intervalS / (intervalS + costS) : 1;
    },
    // Users' estimates are of the whole time, checkpoints included.
    slowestIn: () => 1,
  };
}
