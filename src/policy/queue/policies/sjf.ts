import type { QueuePolicyEntry } from "../types.js";
import { blockingOption, overtakingOf } from "./blocking-option.js";

/** Shortest job first. */
export const sjf: QueuePolicyEntry = {
  name: "sjf",
  description:
    "Shortest job first by the true duration of the job (an oracle: no real queue knows it), file order between equal durations; a job once started runs to its end.",
  options: [blockingOption],
  create: (options) => ({
    kind: "static-order",
    name: "sjf",
    primaryKeys: (jobs) => jobs.durationS,
    overtaking: overtakingOf(options),
  }),
};
