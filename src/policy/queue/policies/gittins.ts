import type { JobTable } from "../../../workload/job-table.js";
import { gangGpuMilli } from "../../gang/gang-gpu-milli.js";
import type { QueuePolicyEntry } from "../types.js";
import { restartCostOf, restartOptions } from "./restart-options.js";
import { levelEndsGpuS, levelOptions } from "./service-levels.js";

/**
 * Gittins index of a job that has attained service `a`, for sizes drawn from a sample: the best ratio,
 * over every further allotment Δ, of the probability to finish within Δ to the expected service spent,
 * max_Δ P(S - a ≤ Δ | S > a) / E[min(S - a, Δ) | S > a].
 *
 * @param sortedSizes ascending
 * @returns 0 when no size of the sample is larger than `attained`
 */
export function gittinsIndex(sortedSizes: Float64Array, attained: number): number {
  let first = 0;
  while (first < sortedSizes.length && sortedSizes[first]! <= attained) first++;
  const left = sortedSizes.length - first;
  let best = 0;
  let finishedService = 0;
  for (let index = first; index < sortedSizes.length; index++) {
    const allotment = sortedSizes[index]! - attained;
    finishedService += allotment;
    // Sizes equal to this one finish too: judge at the last of them.
    if (sortedSizes[index + 1] === sortedSizes[index]) continue;
    const finished = index - first + 1;
    best = Math.max(best, finished / (finishedService + (left - finished) * allotment));
  }
  return best;
}

function sortedServiceGpuS(jobs: JobTable): Float64Array {
  return Float64Array.from(
    { length: jobs.count },
    (_, job) => (gangGpuMilli(jobs, job) / 1000) * jobs.durationS[job]!,
  ).sort();
}

/** Gittins index by levels of attained service (Tiresias, NSDI 2019). */
export const gittins: QueuePolicyEntry = {
  name: "gittins",
  description:
    "Highest Gittins index first, preemptive, as in Tiresias (discretised 2D-Gittins): the index of a job is taken at the start of its level of attained GPU-seconds from the distribution of all jobs' GPU-seconds in the workload (it knows the distribution, not the job). Equal indexes go in order of submission, then file order.",
  options: [...levelOptions({ firstGpuS: 60, growth: 2, levels: 24 }), ...restartOptions],
  create: (options) => ({
    kind: "preemptive-order",
    name: "gittins",
    order: "service-level",
    serviceLevels(jobs) {
      const endsGpuS = levelEndsGpuS(options);
      const sizes = sortedServiceGpuS(jobs);
      const starts = [0, ...endsGpuS];
      return {
        endsGpuS,
        keys: Float64Array.from(starts, (attained) => -gittinsIndex(sizes, attained)),
      };
    },
    restart: restartCostOf(options),
  }),
};
