import { z } from "zod";

import { parsePowerValue } from "../parse-power.js";
import type { Quantity } from "../parse-quantity.js";
import { parseSizeValue } from "../parse-quantity.js";
import { field, lineOfText, oneOf, wholeNumber } from "../schema/field.js";
import { cores, size } from "../schema/quantities.js";

/** Names the format and its version; the first line of every catalogue file. */
export const CATALOGUE_SCHEMA = "headroom/catalogue/v1";

const GPUS_PER_NODE_MAX = 64;

function quantity(parse: (given: unknown) => Quantity, unit: string) {
  return z
    .union([z.string(), z.number()])
    .transform((given, context) => {
      const parsed = parse(given);
      if (parsed.ok) return parsed.value;
      const { rule, message, suggestion, help } = parsed;
      const params = { rule, suggestion, help };
      context.addIssue({ code: "custom", message, params, input: given });
      return z.NEVER;
    })
    .meta({ "x-type": "quantity", "x-unit": unit });
}

/** `4.8TB/s`: an amount of memory per second. */
function parseRate(given: unknown): Quantity {
  const help = "write it like 4800GB/s";
  const text = typeof given === "string" ? given.trim() : String(given);
  if (!text.endsWith("/s")) {
    return {
      ok: false,
      rule: "missing-unit",
      message: `the rate "${text}" must end with /s`,
      help,
    };
  }
  const amount = parseSizeValue(text.slice(0, -2).trim());
  if (amount.ok) return amount;
  return { ok: false, rule: amount.rule, message: `"${text}" is no rate: ${amount.message}`, help };
}

/** `989TFLOPS`: operations per second. */
function parseFlops(given: unknown): Quantity {
  const match = /^(\d+(?:\.\d+)?)\s*(G|T|P)FLOPS$/.exec(String(given).trim());
  if (match === null) {
    const message = `"${String(given)}" is no rate of floating-point operations`;
    return { ok: false, rule: "bad-quantity", message, help: "write it like 989TFLOPS" };
  }
  const factor = { G: 1e9, T: 1e12, P: 1e15 }[match[2] as "G" | "T" | "P"];
  return { ok: true, value: Number(match[1]) * factor };
}

function source() {
  return field(lineOfText(300), {
    description: "Where the figures are from: a data sheet, an offer, a measurement.",
    example: "offer 2026-114 of our supplier",
  });
}

function flops(of: string) {
  return field(quantity(parseFlops, "TFLOPS"), {
    description: `Peak of ${of} without sparsity.`,
    example: "989TFLOPS",
  }).optional();
}

function migSchema() {
  const profile = z.strictObject({
    name: field(lineOfText(40), { description: "Profile name.", example: "1g.10gb" }),
    slices: field(wholeNumber(1, 7), { description: "Compute slices it takes.", example: 1 }),
    slots: field(wholeNumber(1, 16), { description: "Memory slots it takes.", example: 1 }),
    starts: field(z.array(wholeNumber(0, 15)).min(1).max(16), {
      description: "Slots it may start at.",
      example: [0, 1, 2, 3],
    }),
    memory: field(size(), { description: "Memory it has.", example: "9.75GiB" }).optional(),
    multiprocessors: field(wholeNumber(1, 10_000), {
      description: "Streaming multiprocessors it has.",
      example: 16,
    }).optional(),
  });
  return z.strictObject({
    slices: field(wholeNumber(1, 7), { description: "Compute slices of the GPU.", example: 7 }),
    slots: field(wholeNumber(1, 16), { description: "Memory slots of the GPU.", example: 8 }),
    profiles: field(z.array(profile).min(1).max(50), {
      description: "Every kind of instance, as nvidia-smi mig -lgipp lists them.",
    }),
  });
}

function gpuSchema() {
  return z.strictObject({
    name: field(lineOfText(100), { description: "Name of the model.", example: "B300" }),
    memory: field(size(), { description: "Memory of one GPU.", example: "288GB" }),
    memoryBandwidth: field(quantity(parseRate, "GB/s"), {
      description: "Memory bandwidth of one GPU.",
      example: "8000GB/s",
    }).optional(),
    fp32: flops("fp32"),
    fp16: flops("fp16 on tensor cores"),
    bf16: flops("bf16 on tensor cores"),
    fp8: flops("fp8 on tensor cores"),
    power: field(quantity(parsePowerValue, "W, kW"), {
      description: "Thermal design power of one GPU.",
      example: "1100W",
    }).optional(),
    mig: field(migSchema(), {
      description:
        "How it is cut with MIG. Left out, it is that of the catalogue's GPU of the name.",
    }).optional(),
    source: source(),
  });
}

function topologySchema() {
  const gpu = wholeNumber(0, GPUS_PER_NODE_MAX - 1);
  const part = z.strictObject({
    gpus: field(z.array(gpu).max(GPUS_PER_NODE_MAX), { description: "GPUs.", example: [0, 1] }),
    nics: field(z.array(wholeNumber(0, 255)).max(256), {
      description: "Network adapters.",
      example: [0, 1],
    }).optional(),
  });
  const behindSwitch = part.extend({
    severalBridges: field(z.boolean(), {
      description: "True when they reach each other over several bridges (PXB), not one (PIX).",
      default: false,
      example: true,
    }).optional(),
  });
  return z.strictObject({
    numa: field(z.array(part).max(64), {
      description: "NUMA nodes with what is nearest to each.",
      example: [{ gpus: [0, 1] }, { gpus: [2, 3] }],
    }).optional(),
    switches: field(z.array(behindSwitch).max(128), {
      description: "PCIe switches with what shares each.",
      example: [{ gpus: [0, 1], nics: [0] }],
    }).optional(),
    nvswitch: field(
      z.strictObject({ generation: wholeNumber(2, 9), linksPerGpu: wholeNumber(1, 72) }),
      {
        description: "NVLink switches that join all GPUs.",
        example: { generation: 4, linksPerGpu: 18 },
      },
    ).optional(),
    nvlinks: field(
      z
        .array(
          z.strictObject({
            between: z.tuple([gpu, gpu]),
            links: wholeNumber(1, 72).optional(),
            generation: wholeNumber(1, 9),
          }),
        )
        .max(2_016),
      {
        description: "NVLinks between two GPUs, without a switch.",
        example: [{ between: [0, 1], links: 12, generation: 3 }],
      },
    ).optional(),
    nics: field(z.array(z.strictObject({ link: lineOfText(60) })).max(256), {
      description: "Network adapters, by the name of their link in the catalogue.",
      example: [{ link: "infiniband-ndr" }],
    }).optional(),
  });
}

function nodeSchema() {
  return z.strictObject({
    name: field(lineOfText(100), { description: "Name of the machine.", example: "our-h100" }),
    gpu: field(lineOfText(100), {
      description: "GPU model: of this file, or of the catalogue.",
      example: "H100-80GB",
    }).optional(),
    gpus: field(wholeNumber(0, GPUS_PER_NODE_MAX), {
      description: "GPUs of one node.",
      example: 8,
    }),
    cpu: field(cores(), { description: "CPU that jobs can use, in cores.", example: 112 }),
    memory: field(size(), { description: "Host memory that jobs can use.", example: "2TB" }),
    hosting: field(oneOf(["bare-metal", "vm"]), {
      description: "Whether it is a whole machine or a virtual one.",
      example: "bare-metal",
    }),
    topologyLike: field(lineOfText(100), {
      description: "A machine of the catalogue whose GPUs hang together in the same way.",
      example: "DGX H100",
    }).optional(),
    topology: field(topologySchema(), {
      description: "How its GPUs hang together.",
    }).optional(),
    source: source(),
  });
}

function priceSchema() {
  return z.strictObject({
    node: field(lineOfText(100), { description: "Machine it is for.", example: "our-h100" }),
    usdPerHour: field(z.number().positive().max(1e9), {
      description: "Price of one node by the hour, in USD.",
      example: 31.5,
    }),
    region: field(lineOfText(60), { description: "Where it holds.", example: "on-premises" }),
    asOf: field(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2026-11-01"), {
      description: "Day it was valid on.",
      example: "2026-11-01",
    }),
    source: source(),
  });
}

/** A user's own catalogue: GPUs, machines and prices. */
export function catalogueSchema() {
  return z
    .strictObject({
      schema: field(z.literal(CATALOGUE_SCHEMA), { description: "Format and its version." }),
      gpus: field(z.array(gpuSchema()).max(1_000), { description: "GPU models." }).optional(),
      nodes: field(z.array(nodeSchema()).max(1_000), { description: "Machines." }).optional(),
      prices: field(z.array(priceSchema()).max(10_000), { description: "Prices." }).optional(),
    })
    .meta({ title: "Headroom catalogue", description: "Hardware of a user's own." });
}

/** What a checked file holds, in base units. */
export type CatalogueSpec = z.output<ReturnType<typeof catalogueSchema>>;
