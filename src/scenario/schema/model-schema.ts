import { z } from "zod";

import { COMMUNICATION_CLASSES } from "../../performance/placement-slowdown/communication-class.js";
import { ADAPTER_RANK } from "../../performance/training/adapter-training.js";
import { TRAINING_MODELS } from "../../performance/training/model-presets.js";
import { LIMITS } from "../defaults.js";
import { field, lineOfText, oneOf, wholeNumber } from "./field.js";
import { proportion, size } from "./quantities.js";

function classNames() {
  return oneOf(COMMUNICATION_CLASSES.map(({ name }) => name));
}

const CLASS_TEXTS = COMMUNICATION_CLASSES.map(({ description }) => description);

/** How much jobs with only a duration communicate: `workload.communication`. */
export function communicationSchema() {
  return field(
    z.union([
      field(classNames(), {
        description: "Class of all jobs.",
        example: "light",
        valueTexts: CLASS_TEXTS,
      }),
      z.strictObject({
        class: field(classNames(), {
          description: "Class of jobs that nothing else is said of.",
          default: "none",
          example: "light",
          valueTexts: CLASS_TEXTS,
        }).optional(),
        share: field(proportion().pipe(z.number().max(0.95, "must be at most 95%")), {
          description: "Takes the place of the class's share of the step spent communicating, at the best placement.",
          example: "12%",
        }).optional(),
        hostShare: field(proportion().pipe(z.number().max(0.95, "must be at most 95%")), {
          description:
            "Share of the step that goes through host memory (reading and preparing input), at the best placement. It is slower where a guest does not see its NUMA nodes.",
          default: "0%",
          example: "5%",
        }).optional(),
        message: field(size(), {
          description:
            "Size of the all-reduce whose time stands for all communication. Small messages are bound by latency, large ones by bandwidth.",
          default: "64MiB",
          example: "64MiB",
        }).optional(),
        tenants: field(
          z
            .array(
              z.strictObject({
                name: field(lineOfText(100), { description: "Name of a tenant.", example: "language" }),
                class: field(classNames(), {
                  description: "Class of its jobs.",
                  example: "heavy",
                  valueTexts: CLASS_TEXTS,
                }),
              }),
            )
            .max(10_000),
          {
            description: "Classes by tenant.",
            example: [{ name: "language", class: "heavy" }],
          },
        ).optional(),
      }),
    ]),
    {
      description:
        "How much of a job's time is waiting for other workers' data, where only a duration is known of it: a class, or a map. A gang that is placed worse than it could be, or shares links, then runs longer: its duration is that at the best placement. Left out, where a job lands changes nothing. The links of nodes come from their sku or `linksLike`.",
      example: "light",
      type: "name or map",
    },
  );
}

/** The model a job trains: `workload.jobs[].model`. */
export function jobModelSchema() {
  const count = (description: string, example: number) =>
    field(wholeNumber(1, LIMITS.workersMax), { description, default: 1, example }).optional();
  const names = TRAINING_MODELS.map(({ name }) => name);
  return field(
    z.strictObject({
      name: field(oneOf(names), {
        description: "Model of the catalogue.",
        example: "Llama-3-70B",
        valueTexts: TRAINING_MODELS.map(
          ({ layers, hidden }) => `${layers} layers of width ${hidden}.`,
        ),
      }),
      tensor: count("GPUs that share every matrix multiplication.", 8),
      pipeline: count("Stages that share the layers. The copies are the job's GPUs over tensor × pipeline.", 4),
      expert: count("Copies that share the experts of a mixture.", 8),
      virtualStages: count("Parts of the layers per pipeline stage (interleaved schedule).", 5),
      microBatch: count("Sequences that go through the model together.", 1),
      globalBatch: field(wholeNumber(1, 100_000_000), {
        description: "Sequences of one optimizer step.",
        example: 512,
      }),
      sequence: field(wholeNumber(1, 10_000_000), {
        description: "Tokens of a sequence. Left out, the model's own.",
        example: 8192,
      }).optional(),
      zero: field(wholeNumber(0, 3), {
        description: "What copies share: 0 nothing, 1 optimizer state, 2 gradients too, 3 parameters too.",
        default: 1,
        example: 1,
      }).optional(),
      tokens: field(wholeNumber(1, 1_000_000_000_000_000), {
        description:
          "Tokens the job trains on in all. Without a `duration` the job takes as long as the estimate for the fastest nodes it accepts says.",
        example: 100_000_000,
      }).optional(),
      adapters: field(
        z.strictObject({
          method: field(oneOf(["lora", "qlora"]), {
            description: "How the model under the adapters is kept.",
            example: "qlora",
            valueTexts: ["In half precision.", "In 4 bits (NF4), unpacked for use."],
          }),
          rank: field(wholeNumber(1, 100_000), {
            description: "Inner width of an adapter. Every matrix of every layer has one.",
            default: ADAPTER_RANK,
            example: 64,
          }).optional(),
        }),
        {
          description: "Fine-tuning: only low-rank adapters are trained. Left out, every parameter is.",
          example: { method: "qlora", rank: 64 },
        },
      ).optional(),
      recomputation: field(oneOf(["none", "selective", "full"]), {
        description: "Which activations are computed again in the backward pass.",
        default: "selective",
        example: "full",
        valueTexts: ["None.", "The scores of attention.", "All of a layer."],
      }).optional(),
    }),
    {
      description:
        "The transformer the job trains and how it is spread over the job's GPUs. Its step time says how much longer the job takes at a worse placement; `duration` is that at the best one, and may be left out where `tokens` is given. Workers are whole groups of GPUs in the order of their nodes.",
      example: { name: "Llama-3-70B", tensor: 8, pipeline: 4, globalBatch: 512 },
    },
  );
}

/** What a checked `workload.communication` holds. */
export type CommunicationInput = z.output<ReturnType<typeof communicationSchema>>;

/** What a checked `workload.jobs[].model` holds. */
export type JobModelInput = z.output<ReturnType<typeof jobModelSchema>>;
