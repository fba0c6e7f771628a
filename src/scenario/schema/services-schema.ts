import { z } from "zod";

import { CACHE_RULES } from "../../performance/llm/cache-blocks.js";
import { STEP_MODELS } from "../../performance/llm/replica-plan.js";
import { COLD_START_PRESETS } from "../../simulation/services/cold-start-presets.js";
import { ROUTER_NAMES } from "../../policy/routing/create-router.js";
import { PREFILL_MODES } from "../../simulation/serving/serving-spec.js";
import { LIMITS } from "../defaults.js";
import { autoscalerSchema } from "./autoscaler-schema.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "./field.js";
import { nodeSelectorSchema } from "./node-selector-schema.js";
import { cores, duration, size } from "./quantities.js";
import { ragSchema } from "./rag-schema.js";
import { trafficSchema } from "./traffic-schema.js";

const PRIORITY_MAX = 2_147_483_647;
/** Replicas of one service: every one that may exist is a row of the job table. */
const REPLICAS_MAX = 10_000;

function engineSchema() {
  return field(
    z.strictObject({
      maxNumSeqs: field(wholeNumber(1, 100_000), {
        description: "`--max-num-seqs`: most requests a replica computes at a time.",
        default: 256,
        example: 256,
      }).optional(),
      maxNumBatchedTokens: field(wholeNumber(1, 10_000_000), {
        description: "`--max-num-batched-tokens`: most tokens of one step.",
        default: 2048,
        example: 8192,
      }).optional(),
      gpuMemoryUtilization: field(z.number().positive().max(1), {
        description: "`--gpu-memory-utilization`. Left out, that of the cache rule.",
        example: 0.9,
      }).optional(),
      prefixCaching: field(z.boolean(), {
        description: "`--enable-prefix-caching`: prompts that begin alike share their cache.",
        default: false,
        example: true,
      }).optional(),
      prefill: field(oneOf(PREFILL_MODES), {
        description: "How prompts are computed.",
        default: "chunked",
        example: "chunked",
        valueTexts: [
          "In pieces beside the decoding requests (vLLM v1).",
          "In one piece beside them.",
          "In steps of their own before all decoding (vLLM v0).",
        ],
      }).optional(),
      kvCacheDtype: field(oneOf(["bf16", "fp8"]), {
        description: "`--kv-cache-dtype`.",
        default: "bf16",
        example: "fp8",
        valueTexts: ["Two bytes for each element.", "One byte."],
      }).optional(),
      cacheRule: field(oneOf(CACHE_RULES.map(({ name }) => name)), {
        description: "How much memory is taken to be left for the cache.",
        example: "kaito",
        valueTexts: CACHE_RULES.map(({ source }) => source),
      }).optional(),
      cacheBlocks: field(wholeNumber(1, 1_000_000_000), {
        description: "Blocks of 16 tokens that one engine has, as vLLM prints them, in place of a rule.",
        example: 27_000,
      }).optional(),
      stepTime: field(oneOf(STEP_MODELS.filter((name) => name !== "layer-tables")), {
        description: "Where the time of a step comes from.",
        default: "auto",
        example: "roofline",
        valueTexts: [
          "`trained-physics` for what it was fitted to, `roofline` for everything else.",
          "Coefficients fitted to measured runs of vLLM.",
          "Data sheet of the GPU.",
        ],
      }).optional(),
    }),
    { description: "Options of the engine (vLLM v1).", example: { maxNumSeqs: 128 } },
  ).optional();
}

function parallelismSchema() {
  const degree = (description: string) =>
    field(wholeNumber(1, 1024), { description, default: 1, example: 2 }).optional();
  return field(
    z.strictObject({
      tensor: degree("GPUs that share every layer."),
      pipeline: degree("Stages that share the layers."),
      data: degree("Copies of the model within a replica, each with its own engine."),
    }),
    {
      description: "How the GPUs of a replica share the model. Left out with a manifest, as KAITO sets it; else 1 each.",
      example: { tensor: 2 },
    },
  ).optional();
}

function replicasSchema() {
  const count = wholeNumber(0, REPLICAS_MAX);
  const range = z.strictObject({
    min: field(count, { description: "Fewest.", default: 1, example: 1 }).optional(),
    max: field(wholeNumber(1, REPLICAS_MAX), { description: "Most.", example: 8 }),
    initial: field(count, { description: "At second 0. Left out, the fewest.", example: 2 }).optional(),
  });
  return field(z.union([field(wholeNumber(1, REPLICAS_MAX), { description: "Always so many.", example: 2 }), range]), {
    description: "How many replicas there are. Left out, those of the manifest, or 1.",
    example: { min: 1, max: 8 },
    type: "number or map",
  }).optional();
}

function coldStartSchema() {
  const names = COLD_START_PRESETS.map(({ name }) => name);
  const phase = z.strictObject({
    name: field(plainName(), { description: "Name of the phase.", example: "engine-start" }),
    median: field(duration("zero-or-more"), { description: "Half of the replicas take less.", example: "90s" }),
    sigma: field(z.number().nonnegative().max(5), { description: "Spread: standard deviation of the logarithm.", default: 0, example: 0.2 }).optional(),
    kind: field(oneOf(["fixed", "image", "weights"]), {
      description: "What it does.",
      default: "fixed",
      example: "image",
      valueTexts: ["Always takes its time.", "Pulls the image, which the node may have.", "Gets the weights, which the node may have."],
    }).optional(),
  });
  const preset = oneOf(names);
  const valueTexts = COLD_START_PRESETS.map(({ description }) => description);
  return field(
    z.union([
      field(preset, { description: "A named cold start.", example: "kaito-measured", valueTexts }),
      z.strictObject({
        preset: field(preset, { description: "The named cold start that the other fields change.", default: "kaito-measured", example: "kaito-measured", valueTexts }).optional(),
        phases: field(z.array(phase).max(30), {
          description: "Phases from the place on nodes to the first request, one after the other, in place of the preset's.",
          example: [{ name: "engine-start", median: "90s" }],
        }).optional(),
        keepImage: field(z.boolean(), { description: "Whether a node keeps the image for the next replica.", default: true, example: true }).optional(),
        keepWeights: field(z.boolean(), { description: "Whether a node keeps the weights for the next replica.", default: true, example: false }).optional(),
        keptWeightsPerSecond: field(size(), { description: "How fast a node reads weights that it has kept, in a second.", default: "2GB", example: "5GB" }).optional(),
      }),
    ]),
    {
      description:
        "What a new replica goes through once it has its place. Making a node ready is `elastic.provisioning` of the node group and comes before it.",
      default: "kaito-measured",
      example: "kaito-measured",
      type: "name or map",
    },
  ).optional();
}

function targetSchema() {
  const bound = (description: string, example: string) =>
    field(duration("above-zero"), { description, example }).optional();
  return z.strictObject({
    class: field(lineOfText(100), {
      description: "Class of requests these targets are for. Left out, all requests without targets of their own.",
      example: "chat",
    }).optional(),
    ttft: bound("Longest time to the first token.", "2s"),
    tpot: bound("Longest mean time for each further token.", "50ms"),
    e2e: bound("Longest time to the last token.", "30s"),
  });
}

function resourceFields() {
  return {
    mig: field(lineOfText(40), {
      description: "MIG profile: a replica takes one instance of it instead of whole GPUs.",
      example: "1g.10gb",
    }).optional(),
    gpuModels: field(z.array(field(lineOfText(100), { description: "Name of a GPU model.", example: "H100-80GB" })).min(1).max(100), {
      description: "GPU models a replica may run on. Left out, every model of the cluster on which it fits; with a manifest, that of its instance type.",
      example: ["H100-80GB"],
    }).optional(),
    nodeSelector: nodeSelectorSchema().optional(),
    cpu: field(cores(), { description: "CPU of a replica on each of its nodes, in cores.", default: 0, example: 8 }).optional(),
    memory: field(size(), { description: "Host memory of a replica on each of its nodes.", default: 0, example: "64GiB" }).optional(),
    tenant: field(lineOfText(100), { description: "Who the service belongs to. Left out, the name of the service.", example: "assistants" }).optional(),
    priority: field(wholeNumber(-PRIORITY_MAX, PRIORITY_MAX), { description: "As of a job: higher goes first, where the queue policy looks at it.", default: 0, example: 1000 }).optional(),
    preemptible: field(z.boolean(), { description: "Whether a queue policy may stop a replica for a job.", default: true, example: false }).optional(),
    partition: field(plainName(), { description: "Partition of the cluster the replicas run in.", example: "serving" }).optional(),
  };
}

/** Services beside or instead of jobs: `workload.services`. */
export function servicesSchema() {
  const service = z.strictObject({
    name: field(plainName(), { description: "Name of the service, used once.", example: "chat" }),
    model: field(lineOfText(200), {
      description: "A model by name: KAITO's presets and their short names, and the published models of this catalogue. Give one of `model`, `manifest` and `config`.",
      example: "llama-3.1-8b-instruct",
    }).optional(),
    manifest: field(lineOfText(4_096), {
      description: "A KAITO manifest (Workspace or InferenceSet, with its ConfigMap), relative to the folder of the file this is written in. It gives the model, the machines, the parallelism, the replicas, and the autoscaler of its annotations; fields beside it take their place.",
      example: "kaito/llama-70b.yaml",
    }).optional(),
    config: field(lineOfText(4_096), {
      description: "A config.json of a model, as on the model hub, relative to the folder of the file this is written in.",
      example: "models/my-model/config.json",
    }).optional(),
    parallelism: parallelismSchema(),
    engine: engineSchema(),
    replicas: replicasSchema(),
    autoscaler: autoscalerSchema().optional(),
    scrapeDelay: field(duration("zero-or-more"), { description: "Age of the figures that the autoscaler sees.", default: "0s", example: "15s" }).optional(),
    coldStart: coldStartSchema(),
    startsWarm: field(z.boolean(), {
      description: "Whether the replicas of second 0 take requests as soon as they have their place: the service ran before.",
      default: true,
      example: false,
    }).optional(),
    gracePeriod: field(duration("zero-or-more"), {
      description: "A replica that is to go has so long to end its requests; those that are left begin again on another one.",
      default: "30s",
      example: "2m",
    }).optional(),
    router: field(oneOf(ROUTER_NAMES), {
      description: "How requests find their replica.",
      default: "least-outstanding",
      example: "endpoint-picker",
      valueTexts: [
        "One after the other.",
        "Any, drawn.",
        "The one with the fewest unanswered requests.",
        "Requests of one conversation go to one replica.",
        "By queue, cache in use and shared prompts, as the endpoint picker of the Gateway API Inference Extension scores them.",
      ],
    }).optional(),
    waitingMax: field(z.union([z.literal("maxNumSeqs"), wholeNumber(0, 1_000_000)]), {
      description:
        "A request is refused (HTTP 429) when more than so many wait at its replica; `maxNumSeqs` is what KAITO sets. Left out, none is refused.",
      example: "maxNumSeqs",
      type: "number or name",
    }).optional(),
    targets: field(z.array(targetSchema()).min(1).max(20), {
      description: "Latencies that users are promised: attainment and goodput count the requests that meet all of theirs.",
      example: [{ ttft: "2s", tpot: "50ms" }],
    }).optional(),
    ...resourceFields(),
    rag: ragSchema(),
    traffic: trafficSchema(),
  });
  return field(z.array(service).min(1).max(LIMITS.servicesMax), {
    description:
      "Services that answer requests to a model. Each replica waits in the queues and holds GPUs like a job, beside the jobs of the workload or without any.",
    example: [
      { name: "chat", model: "llama-3.1-8b-instruct", traffic: { preset: "azure-2023-conversation", duration: "1h" } },
    ],
  });
}

/** One checked service. */
export type ServiceInput = z.output<ReturnType<typeof servicesSchema>>[number];
