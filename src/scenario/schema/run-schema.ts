import { z } from "zod";

import { DEFAULTS, LIMITS } from "../defaults.js";
import { field, oneOf, wholeNumber } from "./field.js";
import { duration, durationOrAuto, proportion } from "./quantities.js";

/** When a run stops and how often it is repeated: `run`. */
export function runSchema() {
  return z.strictObject({
    until: field(duration("above-zero"), {
      description:
        "The run stops at this time even if jobs are left. Left out, it goes on until nothing is left to do.",
      example: "30d",
    }).optional(),
    eventsMax: field(wholeNumber(1, LIMITS.eventsMax), {
      description: "The run stops after so many events. There is no endless run.",
      default: DEFAULTS.eventsMax,
      example: 1_000_000,
    }).optional(),
    replications: field(wholeNumber(1, LIMITS.replicationsMax), {
      description:
        "Independent repetitions with random streams of their own; figures are then means over them, with a confidence interval. Base and variants share the streams. Something must be random: `workload.generate`, a `workload.load` other than 1, or a placement that draws. With `precision` this is the most that are run.",
      default: DEFAULTS.replications,
      example: 20,
    }).optional(),
    confidence: field(
      proportion().pipe(
        z.number().min(0.5, "must be at least 0.5").max(0.9999, "must be at most 0.9999"),
      ),
      {
        description: "Confidence of every interval, two-sided.",
        default: DEFAULTS.confidence,
        example: 0.99,
      },
    ).optional(),
    warmup: field(durationOrAuto(), {
      description:
        "Jobs that arrive before this time are in no figure, and averages over time begin there: for questions about the long run, when the empty cluster at the start should not count. `auto` finds the time by the MSER-5 rule over the first replications, and says so when the run is too short. Left out, everything counts.",
      example: "auto",
      type: "duration or auto",
    }).optional(),
    precision: field(
      proportion().pipe(
        z.number().min(0.001, "must be at least 0.1%").max(0.5, "must be at most 50%"),
      ),
      {
        description:
          "Replications are added, 10 at first, until the half-width of the interval of every goal's metric is at most this share of its mean (nominal: looking repeatedly makes coverage a little lower), or `replications` is reached. Without goals the mean wait decides.",
        example: "5%",
      },
    ).optional(),
    interval: field(oneOf(["replications", "batch-means"]), {
      description: "Where intervals come from.",
      default: DEFAULTS.interval,
      example: "batch-means",
      valueTexts: [
        "From the differences between replications.",
        "From one long run cut into 30 to 20 batches in order of arrival, after the warm-up; no interval is given when neighbouring batches are still alike, or hold too few jobs.",
      ],
    }).optional(),
  });
}
