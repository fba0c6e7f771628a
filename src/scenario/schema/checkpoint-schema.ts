import { z } from "zod";

import { field } from "./field.js";
import { duration } from "./quantities.js";

/** Checkpoints of jobs that say nothing of their own: `workload.checkpoint`. */
export function checkpointSchema() {
  return field(
    z.strictObject({
      interval: field(
        z.union([z.literal("optimal"), duration("above-zero")]),
        {
          description:
            "Work between two checkpoints. `optimal` is Daly's interval for the failures that a job of its size meets; it needs `faults` and a `cost` above 0.",
          example: "1h",
          type: "duration or optimal",
        },
      ),
      cost: field(duration("zero-or-more"), {
        description:
          "How long the job stands still to write one checkpoint. The durations of these jobs are taken to be without it.",
        default: "0s",
        example: "5m",
      }).optional(),
    }),
    {
      description:
        "Checkpoints of jobs that have none of their own. A job that a failure stops falls back to its last one, and to its beginning where it has none.",
      example: { interval: "1h", cost: "5m" },
    },
  ).optional();
}
