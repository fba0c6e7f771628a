import { gangGpuMilli } from "../../gang/gang-gpu-milli.js";
import type { QueuePolicyEntry } from "../types.js";
import { blockingOption, overtakingOf } from "./blocking-option.js";

/** Fewest GPUs first. */
export const smallestFirst: QueuePolicyEntry = {
  name: "smallest-first",
  description:
    "Fewest GPUs first (those of the whole gang, shares counted as shares), order of submission between equal sizes, then file order; a job once started runs to its end.",
  options: [blockingOption],
  create: (options) => ({
    kind: "static-order",
    name: "smallest-first",
    primaryKeys: (jobs) =>
      Float64Array.from({ length: jobs.count }, (_, job) => gangGpuMilli(jobs, job)),
    secondaryKeys: (jobs) => jobs.submitS,
    overtaking: overtakingOf(options),
  }),
};
