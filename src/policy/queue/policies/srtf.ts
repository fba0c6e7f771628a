import type { QueuePolicyEntry } from "../types.js";
import { restartCostOf, restartOptions } from "./restart-options.js";

/** Shortest remaining time first, preemptive. */
export const srtf: QueuePolicyEntry = {
  name: "srtf",
  description:
    "Shortest remaining time first, preemptive (an oracle: it knows the true durations). Waiting jobs are tried by the seconds they would still occupy GPUs, restart included, then by submission; one that does not fit stops running jobs with strictly more seconds left, most first, until it fits, and is passed over when that is not enough. Stopped jobs that still fit beside it go on where they were.",
  options: restartOptions,
  create: (options) => ({
    kind: "preemptive-order",
    name: "srtf",
    order: "remaining-time",
    restart: restartCostOf(options),
  }),
};
