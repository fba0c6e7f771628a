import { z } from "zod";

import { LIMITS } from "../defaults.js";
import { field, lineOfText, oneOf, wholeNumber } from "./field.js";
import { nodeSelectorSchema } from "./node-selector-schema.js";
import { duration } from "./quantities.js";

const SPEED_MAX = 1_000;

/** Seconds without progress when a running job changes its number of workers, where a scenario does not say. */
export const RESCALE_DEFAULT_S = 30;

/** Fields of one job beyond its size and time. */
export function jobTermFields() {
  return {
    workersMin: field(wholeNumber(1, LIMITS.workersMax), {
      description:
        "Fewest workers the job runs with, where `workload.elastic` says what they are worth. Left out, it needs all it asks for.",
      example: 1,
    }).optional(),
    workersMax: field(wholeNumber(1, LIMITS.workersMax), {
      description:
        "Most workers the job can use, where `workload.elastic` says what they are worth. Left out, it uses no more than it asks for.",
      example: 8,
    }).optional(),
    array: field(lineOfText(1_000), {
      description:
        "Makes the job a job array, written as for Slurm's `--array`: every number is a task of its own, `%8` lets at most 8 of them run at once. Tasks are called by the id with their number, such as `sweep[3]`.",
      example: "0-99%8",
    }).optional(),
    nodeSelector: nodeSelectorSchema().optional(),
    user: field(lineOfText(100), {
      description: "The person the job belongs to, for limits of users.",
      example: "ada",
    }).optional(),
    after: field(z.array(field(lineOfText(200), { description: "Id of a job; that of an array stands for all its tasks.", example: "prepare" })).min(1).max(1_000), {
      description: "Jobs that must have ended before this one may start.",
      example: ["prepare"],
    }).optional(),
    deadline: field(duration("zero-or-more"), {
      description: "Latest acceptable end, counted from the start of the scenario. Missed ones are counted.",
      example: "2d",
    }).optional(),
    preemptible: field(z.boolean(), {
      description:
        "Whether a queue policy may stop the job for another. When no job says true, every job may be stopped.",
      default: false,
      example: true,
    }).optional(),
    checkpointInterval: field(duration("above-zero"), {
      description: "Work between two checkpoints of the job; it falls back to the last when it is stopped.",
      example: "30m",
    }).optional(),
  };
}

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

function elasticSchema() {
  return z.strictObject({
    scaling: field(oneOf(["linear", "power", "amdahl"]), {
      description: "What workers are worth against those a job asks for, with which its duration holds.",
      default: "linear",
      example: "power",
      valueTexts: [
        "Twice the workers do twice the work.",
        "n workers do n^exponent times the work of one.",
        "A share of the work of one worker cannot be divided: n workers are 1 / (serialShare + (1 - serialShare) / n) times as fast.",
      ],
    }).optional(),
    exponent: field(z.number().positive().max(1), {
      description: "Exponent of `power`, above 0 and at most 1.",
      example: 0.8,
    }).optional(),
    serialShare: field(z.number().min(0).max(0.999), {
      description: "Share of the work that cannot be divided, for `amdahl`.",
      example: 0.02,
    }).optional(),
    rescaleCost: field(duration("zero-or-more"), {
      description: "How long a running job makes no progress when its number of workers changes.",
      default: `${RESCALE_DEFAULT_S}s`,
      example: "1m",
    }).optional(),
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
    elastic: field(elasticSchema(), {
      description:
        "Lets jobs with a range of workers run with fewer or more than they ask for: they start with fewer where all do not fit, give workers up for gangs that wait, and grow where GPUs are idle and nobody waits. Without this field they run with the workers they ask for.",
      example: { scaling: "power", exponent: 0.8, rescaleCost: "1m" },
    }).optional(),
  };
}

function limitSchema() {
  return z.strictObject({
    tenant: field(lineOfText(100), {
      description: "Whose limit: a tenant, or `*` for each tenant by itself. Give one of `tenant` and `user`.",
      example: "vision",
    }).optional(),
    user: field(lineOfText(100), {
      description: "Whose limit: a user, or `*` for each user by itself. Give one of `tenant` and `user`.",
      example: "*",
    }).optional(),
    gpus: field(z.number().positive().max(1e9), {
      description: "GPUs that its running jobs may have together.",
      example: 64,
    }).optional(),
    runningJobs: field(wholeNumber(1, 1e9), {
      description: "Jobs that may run at once.",
      example: 20,
    }).optional(),
    submittedJobs: field(wholeNumber(1, 1e9), {
      description: "Jobs that may wait and run at once; one more is refused when it is submitted.",
      example: 1_000,
    }).optional(),
  });
}

/** Limits of tenants and users: `policy.limits`. */
export function limitsSchema() {
  return field(z.array(limitSchema()).min(1).max(10_000), {
    description:
      "Most that tenants and users may use at once, as Slurm's associations and QOS bound it. A job over a limit is passed over and holds nobody up. A limit with a name takes the place of the one for `*`.",
    example: [{ tenant: "*", gpus: 64 }, { user: "*", runningJobs: 20 }],
  });
}
