import { z } from "zod";

import { DEFAULTS, LIMITS } from "../defaults.js";
import type { ScenarioRegistries } from "../registries.js";
import { checkpointSchema } from "./checkpoint-schema.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "./field.js";
import { jobTermFields, jobTermsFields } from "./job-terms-schema.js";
import { communicationSchema, jobModelSchema } from "./model-schema.js";
import { gpuPartFields, migProfilesSchema } from "./partitioning-schema.js";
import { cores, duration, share, size } from "./quantities.js";
import { servicesSchema } from "./services-schema.js";
import { jobTopologySchema } from "./topology-schema.js";

/** What becomes of jobs that run when the trace begins. */
export const RUNNING_JOBS = ["stay", "stay-where-known", "placed"] as const;

/** Priorities are 32-bit numbers, as in Kubernetes. */
const PRIORITY_MAX = 2_147_483_647;

function jobSchema() {
  return z.strictObject({
    id: field(lineOfText(200), {
      description: "Name of the job, used once. A number needs quotes.",
      example: "train-7b",
    }),
    submit: field(duration("zero-or-more"), {
      description: "When the job is submitted, counted from the start of the scenario.",
      example: "2h30m",
    }),
    duration: field(duration("zero-or-more"), {
      description:
        "How long the job runs once it has all it asks for. Needed unless `model.tokens` says how much there is to train.",
      example: "4h",
    }).optional(),
    workers: field(wholeNumber(1, LIMITS.workersMax), {
      description:
        "Workers (pods) of the job. All start together or not at all, and each asks for the same.",
      default: DEFAULTS.workers,
      example: 4,
    }).optional(),
    gpus: field(wholeNumber(0, LIMITS.gpusPerNodeMax), {
      description: "GPUs of one worker, all on one node.",
      default: DEFAULTS.gpus,
      example: 8,
    }).optional(),
    gpuShare: field(share(), {
      description:
        "Part of one GPU that the worker asks for, in steps of a thousandth. Less than a whole one only with `gpus: 1`.",
      default: DEFAULTS.gpuShare,
      example: 0.5,
    }).optional(),
    ...gpuPartFields(),
    cpu: field(cores(), {
      description: "CPU of one worker, in cores. Left out, the worker asks for none.",
      default: 0,
      example: "500m",
    }).optional(),
    memory: field(size(), {
      description: "Host memory of one worker. Left out, the worker asks for none.",
      default: 0,
      example: "64GiB",
    }).optional(),
    gpuModels: field(z.array(field(lineOfText(100), { description: "Name of a GPU model.", example: "H100-80GB" })).min(1).max(100), {
      description: "GPU models the job accepts. Left out, it accepts any.",
      example: ["A100-80GB", "H100-80GB"],
    }).optional(),
    tenant: field(lineOfText(100), {
      description: "Who the job belongs to, for results by tenant.",
      example: "vision",
    }).optional(),
    priority: field(wholeNumber(-PRIORITY_MAX, PRIORITY_MAX), {
      description: "Higher goes first, where the queue policy looks at it.",
      default: DEFAULTS.priority,
      example: 100,
    }).optional(),
    partition: field(plainName(), {
      description: "Partition of the cluster the job runs in, where node groups name partitions. Left out, it is the default partition.",
      example: "research",
    }).optional(),
    topology: jobTopologySchema("the job").optional(),
    ...jobTermFields(),
    model: jobModelSchema().optional(),
    walltime: field(duration("zero-or-more"), {
      description: "What the person who submitted the job said it would take at most. Policies that plan ahead go by it.",
      example: "12h",
    }).optional(),
  });
}

/** The jobs: `workload`. */
export function workloadSchema(registries: ScenarioRegistries) {
  const formats = [
    { name: DEFAULTS.traceFormat, description: "Recognised from the first lines of the file." },
    ...registries.traceFormats,
  ];
  return z.strictObject({
    trace: field(lineOfText(4_096), {
      description:
        "File with the jobs, relative to the folder of the file this is written in. It may be compressed with gzip. Give one of `trace`, `jobs` and `generate`.",
      example: "../traces/example.csv",
    }).optional(),
    jobs: field(z.array(jobSchema()).min(1).max(LIMITS.jobsMax), {
      description: "The jobs themselves, for small examples. Give one of `trace`, `jobs` and `generate`.",
      example: [{ id: "a", submit: "0s", duration: "1h", gpus: 8 }],
    }).optional(),
    generate: field(lineOfText(4_096), {
      description:
        "File with the parameters of a synthetic workload (headroom/workload/v1), relative to the folder of the file this is written in. The jobs are drawn from the seed of the scenario, not from that of the file; with `run.replications` every replication draws its own. Give one of `trace`, `jobs` and `generate`.",
      example: "../traces/team-week.yaml",
    }).optional(),
    migProfiles: migProfilesSchema().optional(),
    format: field(oneOf(formats.map((format) => format.name)), {
      description: "Format of the trace.",
      default: DEFAULTS.traceFormat,
      example: "headroom-csv",
      valueTexts: formats.map((format) => format.description),
    }).optional(),
    runningJobs: field(oneOf(RUNNING_JOBS), {
      description:
        "What becomes of jobs that run when the trace begins, where it says on which nodes (`running_on`).",
      default: DEFAULTS.runningJobs,
      example: "placed",
      valueTexts: [
        "They stay on their nodes, every one of which must be in the cluster.",
        "They stay on their nodes; those on nodes that are not in the cluster are left out, with a warning.",
        "They are placed by the policy like other jobs, at second 0.",
      ],
    }).optional(),
    topology: jobTopologySchema("jobs that do not say it themselves").optional(),
    load: field(z.number().positive().max(1_000), {
      description:
        "Factor on the number of jobs that arrive in a given time: 1.25 is 25 % more jobs, 0.5 is half of them.",
      default: DEFAULTS.load,
      example: 1.25,
    }).optional(),
    services: servicesSchema().optional(),
    checkpoint: checkpointSchema(),
    communication: communicationSchema().optional(),
    ...jobTermsFields(),
    limits: field(
      z.strictObject({
        maxJobs: field(wholeNumber(1, 100_000_000), {
          description: "Only the first so many jobs of the trace are run, in order of submission.",
          example: 5_000,
        }).optional(),
      }),
      { description: "Bounds on how much of the trace is used.", example: { maxJobs: 5_000 } },
    ).optional(),
  });
}
