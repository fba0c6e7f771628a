import { z } from "zod";

import { AZURE_PRESETS } from "../../workload/requests/azure-presets.js";
import { WORKLOAD_FAMILIES } from "../../workload/requests/workload-families.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "./field.js";
import { duration } from "./quantities.js";

/** Longer prompts and answers do not exist; such a figure is a mistake. */
const TOKENS_MAX = 10_000_000;

function lengthSchema(what: string) {
  const tokens = (description: string, example: number) =>
    field(wholeNumber(1, TOKENS_MAX), { description, example }).optional();
  return field(
    z.strictObject({
      fixed: tokens("Always so many.", 512),
      median: tokens("Lognormal: half of them have fewer. With `sigma`.", 1000),
      sigma: field(z.number().nonnegative().max(5), {
        description: "Standard deviation of the logarithm.",
        example: 0.8,
      }).optional(),
      min: tokens("Fewest. Without a median: all numbers from `min` to `max` are equally likely.", 16),
      max: tokens("Most.", 8192),
    }),
    { description: `${what}, in tokens: \`fixed\`; or \`median\`, \`sigma\`, \`min\` and \`max\`; or \`min\` and \`max\`.`, example: { median: 1000, sigma: 0.8, min: 16, max: 8192 } },
  );
}

function classSchema() {
  return z.strictObject({
    name: field(plainName(), { description: "Name of the class, for targets and results.", example: "chat" }),
    weight: field(z.number().positive().max(1e6), {
      description: "Requests of this class over those of the others.",
      default: 1,
      example: 3,
    }).optional(),
    prompt: lengthSchema("Length of prompts"),
    output: lengthSchema("Length of answers"),
  });
}

/** Requests of a service: `workload.services[].traffic`. */
export function trafficSchema() {
  return field(
    z.strictObject({
      trace: field(lineOfText(4_096), {
        description:
          "File with requests (Azure LLM inference, BurstGPT, Vidur, or arrivalS, promptTokens, outputTokens), relative to the folder of the file this is written in; it may be compressed with gzip. Give one of `trace`, `preset`, `family` and `classes`.",
        example: "../traces/chat-requests.csv",
      }).optional(),
      preset: field(oneOf(AZURE_PRESETS.map(({ name }) => name)), {
        description: "Requests drawn like those of a published trace: lengths, rate and bursts.",
        example: "azure-2023-conversation",
        valueTexts: AZURE_PRESETS.map(({ description }) => description),
      }).optional(),
      family: field(oneOf(WORKLOAD_FAMILIES.map(({ name }) => name)), {
        description: "Requests drawn like a family of inference-perf's catalogue, conversations included.",
        example: "interactive-chat",
        valueTexts: WORKLOAD_FAMILIES.map(({ description }) => description),
      }).optional(),
      classes: field(z.array(classSchema()).min(1).max(20), {
        description: "Requests drawn from lengths of your own.",
        example: [{ name: "chat", prompt: { fixed: 512 }, output: { fixed: 128 } }],
      }).optional(),
      requestsPerSecond: field(z.number().positive().max(1e6), {
        description: "Mean rate. Required for `family` and `classes`; a preset has its own.",
        example: 2.5,
      }).optional(),
      load: field(z.number().positive().max(1_000), {
        description: "Factor on the rate; arrivals of a trace come so much closer together, and its requests stay the same.",
        default: 1,
        example: 1.5,
      }).optional(),
      variation: field(z.number().min(0).max(100), {
        description: "Standard deviation of the gaps between arrivals over their mean: 0 is a metronome, 1 Poisson, more are bursts.",
        default: 1,
        example: 2,
      }).optional(),
      daily: field(
        z.strictObject({
          peakToTrough: field(z.number().min(1).max(1_000), { description: "Rate at the busiest hour over that twelve hours later.", example: 5 }),
          peakHour: field(z.number().min(0).max(24), { description: "Hour of the day of the peak.", default: 14, example: 14 }).optional(),
          startHour: field(z.number().min(0).max(24), { description: "Hour of the day at second 0.", default: 0, example: 8 }).optional(),
        }),
        { description: "The rate goes up and down over the day; its mean over a day is the rate given.", example: { peakToTrough: 5 } },
      ).optional(),
      hourly: field(z.array(field(z.number().nonnegative(), { description: "Relative rate of an hour.", example: 1 })).min(1).max(168), {
        description: "Relative rates hour by hour, from second 0 on and again from the start; their mean is the rate given.",
        example: [1, 2, 4, 2],
      }).optional(),
      duration: field(duration("above-zero"), {
        description: "How long requests come. Required unless there is a trace, of which only so much is used.",
        example: "8h",
      }).optional(),
      maxRequests: field(wholeNumber(1, 100_000_000), {
        description: "At most so many requests.",
        example: 100_000,
      }).optional(),
    }),
    {
      description: "The requests, read from a trace or drawn from the seed of the scenario; with `run.replications` every replication draws its own.",
      example: { preset: "azure-2023-conversation", duration: "1h" },
    },
  );
}

/** A checked `traffic`. */
export type TrafficInput = z.output<ReturnType<typeof trafficSchema>>;
