import type { QueueOptions, QueuePolicyOption, RestartCost } from "../types.js";

/** A year; no restart takes longer. */
const SECONDS_MAX = 31_536_000;

/** What a preemptive policy lets a person say about stopping jobs. */
export const restartOptions: readonly QueuePolicyOption[] = [
  {
    name: "restartCost",
    type: "number",
    range: [0, SECONDS_MAX],
    unit: "s",
    default: 0,
    description:
      "Seconds a job that was stopped occupies its GPUs when it starts again before it makes progress (loading its checkpoint, starting its processes).",
  },
  {
    name: "savesProgress",
    type: "choice",
    allowed: ["at-preemption", "at-checkpoints"],
    default: "at-preemption",
    description:
      "`at-preemption` saves a job when it is stopped, so nothing is lost; `at-checkpoints` throws it back to its last whole checkpoint interval, and to its beginning when the trace gives it none.",
  },
];

/** What the options say. */
export function restartCostOf(options: QueueOptions): RestartCost {
  return {
    restartCostS: Number(options["restartCost"]),
    savesProgress:
      options["savesProgress"] === "at-checkpoints" ? "at-checkpoints" : "at-preemption",
  };
}
