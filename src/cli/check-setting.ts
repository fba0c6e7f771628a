import { basename, dirname } from "node:path";

import { InputError, type Problem } from "../diagnostics/problem.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { GIBIBYTE } from "../hardware/byte-units.js";
import type { HardwareCatalogue } from "../hardware/catalogue.js";
import { readTextFile } from "../io/read-file.js";
import { ModelConfigError, modelFromConfig } from "../kaito/model-from-config.js";
import { CACHE_RULES } from "../performance/llm/cache-blocks.js";
import { DecoderConfigError, decoderFromConfig } from "../performance/llm/decoder-from-config.js";
import { type DecoderModel, weightBytesOf } from "../performance/llm/decoder-model.js";
import { findDecoder, memoryOnlyDecoder } from "../performance/llm/known-decoders.js";
import { tensorDegrees } from "../performance/llm/plan-replica.js";
import type { ReplicaParallel } from "../performance/llm/replica-plan.js";
import { STEP_MODELS } from "../performance/llm/replica-plan.js";
import type { AskedModel } from "../studies/model-fit/check-model.js";
import { parseGoals } from "../studies/model-fit/goals.js";
import { parseInventory } from "../studies/model-fit/inventory.js";
import type { FitQuestion } from "../studies/model-fit/layouts.js";
import { type Machines, namedMachines } from "../studies/model-fit/machines.js";

/** Options of `headroom check model`. */
export interface CheckOptions {
  readonly on: string;
  readonly mig?: string;
  readonly gpus: string;
  readonly slo?: string;
  readonly prompt: string;
  readonly output: string;
  readonly tensorParallel?: string;
  readonly pipelineParallel?: string;
  readonly expertRanks?: string;
  readonly stepModel: string;
  readonly cacheRule: string;
  readonly cacheBlocks?: string;
  readonly cacheFormat: string;
  readonly memoryUtilization?: string;
  readonly link?: string;
  readonly maxBatchedTokens: string;
  readonly maxRequests: string;
  readonly nodesMax: string;
  readonly file?: string;
  readonly calibration?: readonly string[];
  readonly json?: true;
}

/** A model with what is known of it. */
export interface NamedModel {
  readonly asked: AskedModel;
  readonly model: DecoderModel;
}

/**
 * The model a person named: a preset, a published model, or a file config.json.
 *
 * @throws InputError with near names, or what is missing in the file
 */
export async function namedModel(name: string): Promise<NamedModel> {
  if (/\.json$/i.test(name)) return modelOfFile(name);
  const found = findDecoder(name);
  switch (found.kind) {
    case "found":
      return {
        model: found.model,
        asked: { requested: name, ...(found.spec === undefined ? {} : { spec: found.spec }) },
      };
    case "no-shape":
      return {
        model: memoryOnlyDecoder(found.spec),
        asked: {
          requested: name,
          spec: found.spec,
          noSpeedReason: `${found.reason}; give its config.json in place of the name`,
        },
      };
    case "needs-config":
    case "unknown": {
      const [suggestion] = found.nearest;
      const near = found.nearest.length > 1 ? `; near are ${found.nearest.join(", ")}` : "";
      throw refusal("model", "unknown-name", `there is no model "${name}"${near}`, {
        ...(suggestion === undefined ? {} : { suggestion }),
        help: "headroom kaito models lists the presets; for another model give its config.json as a file",
      });
    }
  }
}

async function modelOfFile(file: string): Promise<NamedModel> {
  const text = await readTextFile(file);
  let config: unknown;
  try {
    config = JSON.parse(text) as unknown;
  } catch (error) {
    throw refusal(file, "bad-json", `is not JSON: ${(error as Error).message}`);
  }
  const written = (config as { readonly _name_or_path?: unknown } | null)?._name_or_path;
  const folder = basename(dirname(file));
  const name =
    typeof written === "string" && written !== ""
      ? written
      : basename(file) === "config.json" && folder !== "" && folder !== "."
        ? folder
        : basename(file).replace(/\.json$/i, "");
  try {
    const model = decoderFromConfig(name, config);
    const spec = modelFromConfig(name, config, weightBytesOf(model) / GIBIBYTE);
    return { model, asked: { requested: file, spec } };
  } catch (error) {
    if (error instanceof DecoderConfigError || error instanceof ModelConfigError)
      throw refusal(file, "model-config", error.message);
    throw error;
  }
}

/** The machines: a file that is an inventory, or a name. */
export async function namedPlace(
  { on, mig, gpus }: CheckOptions,
  catalogue: HardwareCatalogue,
): Promise<readonly Machines[]> {
  if (/\.(ya?ml|json)$/i.test(on)) {
    if (mig !== undefined)
      throw refusal(
        "--mig",
        "bad-argument",
        "an inventory has its own machines: name one with --on",
      );
    return parseInventory(on, await readTextFile(on), catalogue);
  }
  const count = wholeNumber("--gpus", gpus, 1, 1024);
  const name = { name: on, gpus: count, ...(mig === undefined ? {} : { mig }) };
  return [namedMachines("--on", name, catalogue)];
}

/** Everything else the command line says. */
export function fitQuestion({ asked, model }: NamedModel, options: CheckOptions): FitQuestion {
  const promptTokens = wholeNumber("--prompt", options.prompt, 1, 100_000_000);
  const outputTokens = wholeNumber("--output", options.output, 1, 10_000_000);
  checkContext(model, promptTokens + outputTokens);
  const hasSpeed = asked.noSpeedReason === undefined;
  const goals = options.slo === undefined ? [] : parseGoals("--slo", options.slo);
  if (goals.length > 0 && !hasSpeed)
    throw refusal(
      "--slo",
      "no-speed",
      `no speed is known of ${model.name}: ${asked.noSpeedReason!}`,
    );
  const parallel = parallelOf(model, options);
  return {
    model,
    promptTokens,
    outputTokens,
    goals,
    batchTokensMax: wholeNumber("--max-batched-tokens", options.maxBatchedTokens, 16, 10_000_000),
    requestsMax: wholeNumber("--max-requests", options.maxRequests, 1, 100_000),
    nodesMax: wholeNumber("--nodes-max", options.nodesMax, 1, 1024),
    hasSpeed,
    ...(parallel === undefined ? {} : { parallel }),
    replica: replicaOf(options),
  };
}

function replicaOf(options: CheckOptions): FitQuestion["replica"] {
  const { cacheBlocks, memoryUtilization, link } = options;
  const stepModel = STEP_MODELS.find((name) => name === options.stepModel);
  if (stepModel === undefined || stepModel === "layer-tables")
    throw unknownName("--step-model", options.stepModel, STEP_NAMES);
  const cacheRule = CACHE_RULES.find(({ name }) => name === options.cacheRule);
  if (cacheRule === undefined)
    throw unknownName(
      "--cache-rule",
      options.cacheRule,
      CACHE_RULES.map(({ name }) => name),
    );
  const format = options.cacheFormat;
  if (format !== "bf16" && format !== "fp8")
    throw unknownName("--cache-format", format, ["bf16", "fp8"]);
  return {
    stepModel,
    cacheRule,
    cacheFormat: format,
    ...(cacheBlocks === undefined
      ? {}
      : { cacheBlocks: wholeNumber("--cache-blocks", cacheBlocks, 1, 100_000_000) }),
    ...(memoryUtilization === undefined
      ? {}
      : { memoryUtilization: share("--memory-utilization", memoryUtilization) }),
    ...(link === undefined ? {} : { link: linkOf(link) }),
  };
}

/** Step-time models without tables of their own. */
export const STEP_NAMES: readonly string[] = STEP_MODELS.filter((name) => name !== "layer-tables");

function parallelOf(
  model: DecoderModel,
  { tensorParallel, pipelineParallel, expertRanks }: CheckOptions,
): Partial<ReplicaParallel> | undefined {
  if (tensorParallel === undefined && pipelineParallel === undefined && expertRanks === undefined)
    return undefined;
  const tensor = wholeNumber("--tensor-parallel", tensorParallel ?? "1", 1, 64);
  const degrees = tensorDegrees(model, 64);
  if (!degrees.includes(tensor))
    throw refusal(
      "--tensor-parallel",
      "bad-argument",
      `must divide the ${model.heads} heads of ${model.name} and agree with its ${model.kvHeads} key-value heads: one of ${degrees.join(", ")}, got ${tensor}`,
    );
  return {
    tensor,
    pipeline: wholeNumber("--pipeline-parallel", pipelineParallel ?? "1", 1, model.layers),
    expertRanks: wholeNumber("--expert-ranks", expertRanks ?? "1", 1, 1024),
  };
}

function checkContext(model: DecoderModel, tokens: number): void {
  if (model.contextTokens === undefined || tokens <= model.contextTokens) return;
  throw refusal(
    "--prompt",
    "too-long",
    `prompt and output of ${tokens} tokens exceed the ${model.contextTokens} of ${model.name}`,
    { help: "give a smaller --prompt or --output" },
  );
}

/** `16GB/s,20us`. */
function linkOf(text: string): { readonly bytesPerS: number; readonly latencyS: number } {
  const match = /^(\d+(?:\.\d+)?)\s*GB\/s\s*,\s*(\d+(?:\.\d+)?)\s*(?:us|µs)$/.exec(text);
  const bytesPerS = Number(match?.[1]) * 1e9;
  if (match === null || !(bytesPerS > 0))
    throw refusal(
      "--link",
      "bad-argument",
      `must be a rate above 0 and a latency such as 16GB/s,20us, got "${text}"`,
    );
  return { bytesPerS, latencyS: Number(match[2]) / 1e6 };
}

function share(argument: string, text: string): number {
  const value = Number(text);
  if (/^[\d.]+$/.test(text) && value > 0 && value <= 1) return value;
  throw refusal(argument, "bad-argument", `must be a share above 0 and at most 1, got "${text}"`);
}

function wholeNumber(argument: string, text: string, min: number, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  const message = `must be a whole number from ${min} to ${max}, got "${text}"`;
  throw refusal(argument, "bad-argument", message);
}

function unknownName(argument: string, name: string, allowed: readonly string[]): InputError {
  const suggestion = didYouMean(name, allowed);
  return refusal(argument, "unknown-name", `there is no "${name}"`, {
    allowed,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function refusal(
  file: string,
  rule: string,
  message: string,
  more: Partial<Problem> = {},
): InputError {
  return new InputError([{ file, rule, message, ...more }]);
}
