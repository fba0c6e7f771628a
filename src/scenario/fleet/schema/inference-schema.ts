import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration } from "../../schema/quantities.js";
import { residencySchema } from "./fleet-data-schema.js";

/** What holds where a served model says nothing. */
export const INFERENCE_DEFAULTS = {
  slots: 1,
  start: "2m",
  startS: 120,
  waitingPerSlot: 1,
} as const;

function usersSchema() {
  return z.strictObject({
    region: field(plainName(), { description: "Region the people are in.", example: "germany" }),
    requestsPerSecond: field(z.number().min(0, "must be at least 0").max(100_000), {
      description: "Requests they send, at random (Poisson).",
      example: 4,
    }),
    residency: residencySchema().optional(),
  });
}

/** Models served from several clusters: `workload.inference`. */
export function inferenceSchema() {
  const service = z.strictObject({
    name: field(plainName(), { description: "Name of the service, used once.", example: "assistant" }),
    model: field(plainName(), {
      description: "Dataset that holds the model: it is brought to every cluster that serves it. Left out, it is there.",
      example: "weights",
    }).optional(),
    replicas: field(z.record(plainName(), wholeNumber(1, 10_000)), {
      description: "Replicas by cluster. They take GPUs before jobs do, and keep them.",
      example: { berlin: 2, paris: 2 },
    }),
    gpusPerReplica: field(wholeNumber(1, 16), { description: "GPUs of a replica, on one node.", default: 1, example: 2 }).optional(),
    gpu: field(lineOfText(100), { description: "GPU model it needs. Left out, any.", example: "L40S" }).optional(),
    slots: field(wholeNumber(1, 10_000), {
      description: "Requests a replica works on at once, each in `compute`.",
      default: INFERENCE_DEFAULTS.slots,
      example: 16,
    }).optional(),
    compute: field(duration("above-zero"), {
      description: "Mean time of a request in its slot on GPUs of speed 1. Measured.",
      example: "900ms",
    }),
    computeTimes: field(oneOf(["exponential", "fixed"]), {
      description: "How that time varies.",
      default: "exponential",
      example: "fixed",
      valueTexts: ["Exponential.", "Not at all."],
    }).optional(),
    start: field(duration("zero-or-more"), {
      description: "From a replica's GPUs to its first answer.",
      default: INFERENCE_DEFAULTS.start,
      example: "4m",
    }).optional(),
    waitingPerSlot: field(z.number().min(0, "must be at least 0").max(10_000), {
      description: "Requests that may wait at a cluster for each of its slots before the next nearest is asked.",
      default: INFERENCE_DEFAULTS.waitingPerSlot,
      example: 0,
    }).optional(),
    users: field(z.array(usersSchema()).min(1).max(1_000), {
      description: "People who use it. A request goes to the nearest cluster it may be processed at that has room.",
      example: [{ region: "germany", requestsPerSecond: 4 }],
    }),
    firstRequest: field(duration("zero-or-more"), {
      description: "When people begin to ask. Models are moved and replicas started from the beginning of the run: what is asked before is not served.",
      default: "0s",
      example: "1h",
    }).optional(),
    latencyGoal: field(duration("above-zero"), {
      description: "Latency that requests should keep: round trip, queue and compute.",
      example: "2s",
    }).optional(),
  });
  return field(z.array(service).min(1).max(100), {
    description: "Models served from several clusters to people in several regions.",
    example: [
      {
        name: "assistant",
        replicas: { berlin: 2 },
        compute: "900ms",
        users: [{ region: "germany", requestsPerSecond: 4 }],
      },
    ],
  });
}

/** A served model as written, checked. */
export type InferenceInput = z.output<ReturnType<typeof inferenceSchema>>[number];
