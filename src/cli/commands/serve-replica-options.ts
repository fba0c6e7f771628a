import type { Command } from "commander";

import { createCatalogue, type HardwareCatalogue } from "../../hardware/catalogue.js";
import { CACHE_RULES } from "../../performance/llm/cache-blocks.js";
import { hostOfGpus, hostOfSku, type ReplicaHost } from "../../performance/llm/replica-host.js";
import { STEP_MODELS } from "../../performance/llm/replica-plan.js";
import { loadLayerTables } from "../../studies/serve/load-layer-tables.js";
import { servedModel } from "../../studies/serve/served-model.js";
import {
  cataloguePrice,
  type HourlyPrice,
  type ReplicaSetting,
} from "../../studies/serve/settle-replica.js";
import { calibratedCatalogue, oneMoreFile, requireCalibrated } from "../catalogue-file.js";
import { namedGpu } from "../named-gpu.js";
import { namedNode } from "../named-node.js";
import {
  linkOf,
  listOf,
  named,
  optionError,
  positiveNumber,
  required,
  wholeNumber,
} from "./serve-options.js";

/** What the command line says of a replica, as written; `plan` takes lists where it says so. */
export interface ReplicaOptions {
  readonly model?: string;
  readonly config?: string;
  readonly gpu?: string;
  readonly node?: string;
  readonly tensorParallel: string;
  readonly pipelineParallel: string;
  readonly expertRanks: string;
  readonly stepModel: string;
  readonly layerTables?: string;
  readonly link?: string;
  readonly cacheRule: string;
  readonly cacheBlocks?: string;
  readonly cacheFormat: string;
  readonly memoryUtilization?: string;
  readonly maxBatchedTokens: string;
  readonly maxRequests: string;
  readonly maxLoras?: string;
  readonly loraRank?: string;
  readonly price?: readonly string[];
  readonly calibration?: readonly string[];
}

const CACHE_FORMATS = [{ name: "bf16" }, { name: "fp8" }] as const;
const MACHINE_FLAGS = "--gpu <name> or --node <sku>";

/** Adds the options of a replica. @param many true where several values, with commas, make several configurations */
export function addReplicaOptions(command: Command, many: boolean): Command {
  const list = many ? ", or several with commas" : "";
  return command
    .option("--model <name>", "model: a name of headroom kaito models, or any with --config")
    .option("--config <file>", "config.json of the model, for those that are not known here")
    .option("--gpu <name>", `GPU of the catalogue, such as "H100 SXM"${list}`)
    .option("--node <sku>", `machine of the catalogue, with its links and its price${list}`)
    .option("--tensor-parallel <n>", `GPUs that share each layer${list}`, "1")
    .option("--pipeline-parallel <n>", "stages that share the layers", "1")
    .option("--expert-ranks <n>", "ranks that share the experts and step together", "1")
    .option("--step-model <name>", `step times: ${STEP_MODELS.join(", ")}`, "auto")
    .option("--layer-tables <folder>", "attention.csv, dense.csv, per_sequence.csv as measured")
    .option(
      "--link <GB/s,µs>",
      "rate and latency between the GPUs of a replica, instead of the machine's own links",
    )
    .option(
      "--cache-rule <name>",
      `what is left for the cache: ${CACHE_RULES.map(({ name }) => name).join(", ")}`,
      CACHE_RULES[0]!.name,
    )
    .option("--cache-blocks <n>", "measured blocks of 16 tokens of one replica, instead of a rule")
    .option("--cache-format <name>", "kv-cache-dtype of vLLM: bf16, fp8", "bf16")
    .option("--memory-utilization <share>", "gpu-memory-utilization of vLLM, instead of the rule's")
    .option("--max-batched-tokens <n>", `max_num_batched_tokens of vLLM${list}`, "2048")
    .option("--max-requests <n>", `max_num_seqs of vLLM${list}`, "128")
    .option(
      "--calibration <file>",
      "rates measured on a GPU, in place of published ones (may be repeated)",
      oneMoreFile,
    )
    .option("--lora-rank <n>", "rank of LoRA adapters, whose weights take memory and time")
    .option(
      "--price <name=usd>",
      "US dollars per hour of a machine, or of one GPU (may be repeated)",
      (text: string, before: readonly string[] = []) => [...before, text],
    );
}

/**
 * Every configuration the options describe, in the order of their lists.
 *
 * @throws InputError naming the option
 */
export async function replicaSettings(
  command: Command,
  options: ReplicaOptions,
): Promise<readonly ReplicaSetting[]> {
  const name = required(command, "--model <name>", options.model);
  const machines = await machinesOf(command, options);
  const model = await servedModel(name, options.config);
  const { cacheBlocks, memoryUtilization, link, layerTables, maxLoras = "1", loraRank } = options;
  const fixed = {
    model,
    pipelineParallel: wholeNumber("--pipeline-parallel", options.pipelineParallel, 64),
    expertRanks: wholeNumber("--expert-ranks", options.expertRanks, 1024),
    stepModel: named(
      "--step-model",
      options.stepModel,
      STEP_MODELS.map((each) => ({ name: each })),
    ).name,
    cacheRule: named("--cache-rule", options.cacheRule, CACHE_RULES),
    cacheFormat: named("--cache-format", options.cacheFormat, CACHE_FORMATS).name,
    ...(cacheBlocks === undefined
      ? {}
      : { cacheBlocks: wholeNumber("--cache-blocks", cacheBlocks, 100_000_000) }),
    ...(memoryUtilization === undefined ? {} : { memoryUtilization: shareOf(memoryUtilization) }),
    ...(link === undefined ? {} : { link: linkOf("--link", link) }),
    ...(loraRank === undefined
      ? {}
      : {
          adapters: {
            count: wholeNumber("--max-loras", maxLoras, 1024),
            rank: wholeNumber("--lora-rank", loraRank, 1024),
          },
        }),
    ...(layerTables === undefined ? {} : { layerTables: await loadLayerTables(layerTables) }),
  };
  const numbers = (option: string, text: string, max: number): number[] =>
    listOf(text).map((part) => wholeNumber(option, part, max));
  const tensor = numbers("--tensor-parallel", options.tensorParallel, 64);
  const batched = numbers("--max-batched-tokens", options.maxBatchedTokens, 10_000_000);
  const requests = numbers("--max-requests", options.maxRequests, 1_000_000);
  return machines.flatMap((machine) =>
    tensor.flatMap((tensorParallel) =>
      batched.flatMap((batchTokensMax) =>
        requests.map((requestsMax) => ({
          ...fixed,
          ...machine(tensorParallel * fixed.pipelineParallel * fixed.expertRanks),
          tensorParallel,
          batchTokensMax,
          requestsMax,
        })),
      ),
    ),
  );
}

type Machine = (gpusOfReplica: number) => {
  readonly host: ReplicaHost;
  readonly price?: HourlyPrice;
};

async function machinesOf(
  command: Command,
  { gpu, node, price = [], calibration }: ReplicaOptions,
): Promise<Machine[]> {
  if (gpu === undefined && node === undefined) required(command, MACHINE_FLAGS, undefined);
  const catalogue = await calibratedCatalogue(createCatalogue(), calibration);
  const given = new Map(price.map(givenPrice));
  const machines = [
    ...(gpu === undefined ? [] : listOf(gpu).map((name) => gpuMachine(name, catalogue, given))),
    ...(node === undefined ? [] : listOf(node).map((name) => nodeMachine(name, catalogue, given))),
  ];
  const [unused] = given.keys();
  if (unused !== undefined)
    throw optionError(
      "--price",
      `"${unused}" is none of the machines named`,
      "write it as in --gpu or --node",
    );
  requireCalibrated(
    calibration,
    machines.map((machine) => machine(1).host.gpu),
  );
  return machines;
}

/** Takes the price a person gave, so that those left over can be told. */
function takePrice(given: Map<string, number>, names: readonly string[]): number | undefined {
  for (const [name, usd] of given)
    if (names.some((each) => each.toLowerCase() === name.toLowerCase())) {
      given.delete(name);
      return usd;
    }
  return undefined;
}

const givenAs = (usdPerHour: number, of: HourlyPrice["of"]): { readonly price: HourlyPrice } => ({
  price: { usdPerHour, of, source: "--price", provenance: "given" },
});

function gpuMachine(
  name: string,
  catalogue: HardwareCatalogue,
  given: Map<string, number>,
): Machine {
  const gpu = namedGpu("--gpu", name, { catalogue });
  const usd = takePrice(given, [name, gpu.name]);
  return (gpus) => ({
    host: hostOfGpus(gpu, gpus),
    ...(usd === undefined ? {} : givenAs(usd, "gpu")),
  });
}

function nodeMachine(
  name: string,
  catalogue: HardwareCatalogue,
  given: Map<string, number>,
): Machine {
  const sku = namedNode("--node", name, catalogue);
  const found = hostOfSku(sku, (gpuName) => {
    const gpu = catalogue.gpu(gpuName);
    return gpu.kind === "found" ? gpu.gpu : undefined;
  });
  if (found.kind === "refused") throw optionError("--node", found.reason, "name the GPU: --gpu");
  const usd = takePrice(given, [name, sku.name]);
  const listed = cataloguePrice(catalogue.prices(sku));
  const { host } = found;
  const price =
    usd === undefined ? (listed === undefined ? {} : { price: listed }) : givenAs(usd, "machine");
  return () => ({ host, ...price });
}

function givenPrice(text: string): [string, number] {
  const at = text.lastIndexOf("=");
  if (at < 1) throw optionError("--price", `must be NAME=DOLLARS, got "${text}"`);
  return [text.slice(0, at).trim(), positiveNumber("--price", text.slice(at + 1), "0 or more")];
}

function shareOf(text: string): number {
  const share = positiveNumber("--memory-utilization", text, "above 0");
  if (share <= 1) return share;
  throw optionError("--memory-utilization", `must be at most 1, got "${text}"`);
}
