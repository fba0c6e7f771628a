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
  grace: "30s",
  graceS: 30,
} as const;

function amountOfReplicas(description: string, example: number | string) {
  return field(
    z.union([
      wholeNumber(0, 10_000),
      z.string().regex(/^\d{1,3}(\.\d{1,3})?%$/, "must be a whole number or a percentage such as 25%"),
    ]),
    { description, example, type: "whole number or percentage" },
  );
}

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

/** How upgrades of a cluster may take its replicas away. */
function evictionFields() {
  return {
    budget: field(
      z.strictObject({
        maxUnavailable: amountOfReplicas("Replicas of a cluster that may be away; a percentage is rounded up.", 1).optional(),
        minAvailable: amountOfReplicas("Replicas of a cluster that must serve; a percentage is rounded up.", "80%").optional(),
      }),
      {
        description: "Its PodDisruptionBudget on each cluster, which upgrades keep. Left out, every eviction is allowed.",
        example: { maxUnavailable: 1 },
      },
    ).optional(),
    need: amountOfReplicas(
      "Replicas of a cluster that must serve while it is upgraded: below it, `upgrades.serviceMissS` counts. Left out, that figure has no value.",
      "75%",
    ).optional(),
    grace: field(duration("zero-or-more"), {
      description: "How long an evicted replica keeps its GPUs, and works on the requests it has.",
      default: INFERENCE_DEFAULTS.grace,
      example: "1m",
    }).optional(),
  };
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
    ...evictionFields(),
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
