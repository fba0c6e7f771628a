import { z } from "zod";

import { field, lineOfText } from "./field.js";

const SPEED_MAX = 1_000;

function gpuSpeedSchema() {
  return z.strictObject({
    gpu: field(lineOfText(100), {
      description:
        "GPU model: a name from the catalogue, or one declared in `cluster.gpuModels`. A name that leaves the form or the memory open, such as `A100`, stands for them all.",
      example: "H100-80GB",
    }),
    speed: field(z.number().positive().max(SPEED_MAX), {
      description: "How fast jobs run on it: at 2 they take half of their recorded duration.",
      example: 2,
    }),
  });
}

/** Fields of `workload` that say on what terms all its jobs run. */
export function jobTermsFields() {
  return {
    gpuSpeeds: field(z.array(gpuSpeedSchema()).min(1).max(1_000), {
      description:
        "How fast jobs run on each GPU model, relative to their durations. Models that are not named have speed 1. A gang over several models runs at the lowest of their speeds. A job that accepts several models takes the fastest on which it fits now, and never waits for a faster one. Needs a placement on nodes. Without this field a duration holds on every model.",
      example: [{ gpu: "A100", speed: 1 }, { gpu: "H100", speed: 2 }],
    }).optional(),
  };
}
