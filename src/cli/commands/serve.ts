import type { Command } from "commander";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { createCatalogue } from "../../hardware/catalogue.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { sourceText } from "../../hardware/sources.js";
import { openTraceFile } from "../../io/trace-file.js";
import { cacheBlocks, type CacheRule, CACHE_RULES } from "../../performance/llm/cache-blocks.js";
import { type DecoderModel, DECODER_MODELS } from "../../performance/llm/decoder-model.js";
import { createTrainedPhysics, type StepGpu } from "../../performance/llm/trained-physics.js";
import type { RouterName, ServingSpec } from "../../simulation/serving/serving-spec.js";
import { simulateServing } from "../../simulation/serving/simulate-serving.js";
import { summarizeServing } from "../../simulation/serving/summary.js";
import { createChunkDecoder } from "../../workload/reading/text-decoder.js";
import {
  createRequestReader,
  REQUEST_FORMATS,
  type RequestsRead,
} from "../../workload/requests/read-requests.js";
import { namedGpu } from "../named-gpu.js";
import { type ServeDocument, serveLines } from "../print-serve.js";

interface ServeOptions {
  readonly model: string;
  readonly gpu: string;
  readonly tensorParallel: string;
  readonly replicas: string;
  readonly router: string;
  readonly cacheRule: string;
  readonly cacheBlocks?: string;
  readonly maxBatchedTokens: string;
  readonly maxRequests: string;
  readonly json?: true;
}

const ROUTERS: readonly RouterName[] = ["round-robin", "least-outstanding"];

/** `headroom serve`: what users of a model would see under a request trace. */
export function registerServe(program: Command): void {
  program
    .command("serve")
    .summary("latency and throughput of a model under a request trace")
    .description(
      "Simulates replicas of vLLM with continuous batching under a trace of requests: time to first token, time per\n" +
        "output token, throughput, and what the cache holds. Step times come from the data sheet of the GPU and\n" +
        "coefficients others fitted; what is assumed is printed.",
    )
    .argument(
      "<trace>",
      `requests, as CSV (gzip too): ${REQUEST_FORMATS.map(({ name }) => name).join(", ")}`,
    )
    .requiredOption(
      "--model <name>",
      `one of: ${DECODER_MODELS.map(({ name }) => name).join(", ")}`,
    )
    .requiredOption("--gpu <name>", 'GPU of the catalogue, such as "H100 SXM"')
    .option("--tensor-parallel <n>", "GPUs of one replica", "1")
    .option("--replicas <n>", "replicas behind the router", "1")
    .option("--router <name>", `one of: ${ROUTERS.join(", ")}`, "round-robin")
    .option(
      "--cache-rule <name>",
      `what is left for the cache: ${CACHE_RULES.map(({ name }) => name).join(", ")}`,
      CACHE_RULES[0]!.name,
    )
    .option("--cache-blocks <n>", "measured blocks of 16 tokens of one replica, instead of a rule")
    .option("--max-batched-tokens <n>", "max_num_batched_tokens of vLLM", "2048")
    .option("--max-requests <n>", "max_num_seqs of vLLM", "128")
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  headroom serve requests.csv --model meta-llama/Llama-3.1-8B --gpu "H100 SXM" --replicas 2
  headroom serve requests.csv --model meta-llama/Llama-3.1-70B --gpu H200 --tensor-parallel 4 --json`,
    )
    .action(run);
}

async function run(trace: string, options: ServeOptions): Promise<void> {
  const service = serviceOf(options);
  const read = await readRequests(trace);
  const served = simulateServing({ requests: read.requests, ...service.spec });
  const { replicas, router, replica } = service.spec;
  const document: ServeDocument = {
    schema: "headroom/serve/v1",
    model: service.model.name,
    gpu: service.gpu.name,
    gpus: replicas * service.tensorParallel,
    replicas,
    tensorParallel: service.tensorParallel,
    router: typeof router === "string" ? router : router.name,
    cacheBlocks: replica.cacheBlocks,
    trace: {
      file: trace,
      format: read.format,
      brokenRows: read.problemCount,
      unanswered: read.unanswered,
    },
    ...summarizeServing(read.requests, served),
    assumptions: service.assumptions,
  };
  const text =
    options.json === true ? JSON.stringify(document, null, 2) : serveLines(document).join("\n");
  process.stdout.write(`${text}\n`);
  for (const { file, line, message } of read.problems.slice(0, 5))
    process.stderr.write(`warning: ${file}:${line ?? 1}: ${message}\n`);
}

/** A service as the command line describes it, and what that rests on. */
interface Service {
  readonly model: DecoderModel;
  readonly gpu: ServingGpu;
  readonly tensorParallel: number;
  readonly spec: Omit<ServingSpec, "requests">;
  readonly assumptions: ServeDocument["assumptions"];
}

function serviceOf(options: ServeOptions): Service {
  const model = named("--model", options.model, DECODER_MODELS);
  const rule = named("--cache-rule", options.cacheRule, CACHE_RULES);
  const gpu = servingGpu(options.gpu);
  const tensorParallel = checkedReplica(model, options.tensorParallel);
  const stepTime = createTrainedPhysics(model, gpu.rates, tensorParallel);
  const blocks =
    options.cacheBlocks === undefined
      ? cacheBlocks(model, gpu.memoryBytes, tensorParallel, rule)
      : wholeNumber("--cache-blocks", options.cacheBlocks, 100_000_000);
  if (blocks === 0) throw doesNotFit(model, gpu, tensorParallel, rule);
  return {
    model,
    gpu,
    tensorParallel,
    spec: {
      replica: {
        stepTime,
        cacheBlocks: blocks,
        batchTokensMax: wholeNumber("--max-batched-tokens", options.maxBatchedTokens, 10_000_000),
        requestsMax: wholeNumber("--max-requests", options.maxRequests, 1_000_000),
      },
      replicas: wholeNumber("--replicas", options.replicas, 10_000),
      router: named(
        "--router",
        options.router,
        ROUTERS.map((name) => ({ name })),
      ).name,
    },
    assumptions: [
      { what: "step time", source: stepTime.source, provenance: "published" },
      {
        what: `rates and memory of ${gpu.name}`,
        source: sourceText(gpu.sources),
        provenance: "published",
      },
      { what: `figures of ${model.name}`, source: model.source, provenance: "published" },
      options.cacheBlocks === undefined
        ? { what: "memory left for the cache", source: rule.source, provenance: "assumed" }
        : { what: "blocks of cache", source: "--cache-blocks", provenance: "given" },
      ...(tensorParallel === 1 ? [] : [LINK_ASSUMPTION]),
    ],
  };
}

/** A GPU of the catalogue with what step times need. */
interface ServingGpu {
  readonly name: string;
  readonly rates: StepGpu;
  readonly memoryBytes: number;
  readonly sources: GpuSpec["sources"];
}

function servingGpu(name: string): ServingGpu {
  const gpu = namedGpu("--gpu", name, { catalogue: createCatalogue() });
  const flopPerS = gpu.bf16FlopPerS ?? gpu.fp16FlopPerS;
  const { memoryBytesPerS } = gpu;
  if (flopPerS === undefined || memoryBytesPerS === undefined) {
    const message = `nobody published the bf16 rate or the memory bandwidth of ${gpu.name}, which step times need`;
    throw argumentError("--gpu", message);
  }
  return {
    name: gpu.name,
    rates: { flopPerS, memoryBytesPerS },
    memoryBytes: gpu.memoryReportedBytes ?? gpu.memoryBytes,
    sources: gpu.sources,
  };
}

const LINK_ASSUMPTION = {
  what: "links between the GPUs of a replica",
  source:
    "not seen by the coefficients, which were fitted on NVLink: over PCIe a replica is slower than this",
  provenance: "assumed",
} as const;

/** GPUs of one replica that divide the heads of the model, as vLLM demands. */
function replicaSizes({ heads }: DecoderModel): number[] {
  return Array.from({ length: 64 }, (_, index) => index + 1).filter((gpus) => heads % gpus === 0);
}

function checkedReplica(model: DecoderModel, text: string): number {
  const gpus = wholeNumber("--tensor-parallel", text, 64);
  const sizes = replicaSizes(model);
  if (sizes.includes(gpus)) return gpus;
  const message = `must divide the ${model.heads} heads of ${model.name}: one of ${sizes.join(", ")}, got ${gpus}`;
  throw argumentError("--tensor-parallel", message);
}

function doesNotFit(
  model: DecoderModel,
  gpu: ServingGpu,
  tensorParallel: number,
  rule: CacheRule,
): InputError {
  const what = tensorParallel === 1 ? `one ${gpu.name}` : `${tensorParallel} × ${gpu.name}`;
  const enough = replicaSizes(model).find(
    (gpus) => cacheBlocks(model, gpu.memoryBytes, gpus, rule) > 0,
  );
  return new InputError([
    {
      file: "serve",
      rule: "does-not-fit",
      message: `${model.name} leaves no room for a cache on ${what} by the rule ${rule.name}`,
      help:
        enough === undefined
          ? "name a GPU with more memory"
          : `the fewest GPUs that leave room: --tensor-parallel ${enough}`,
    },
  ]);
}

async function readRequests(path: string): Promise<RequestsRead> {
  const reader = createRequestReader(path);
  const decoder = createChunkDecoder(path);
  for await (const chunk of openTraceFile(path).chunks) reader.push(decoder.decode(chunk));
  decoder.end();
  return reader.end();
}

function named<Item extends { readonly name: string }>(
  option: string,
  name: string,
  items: readonly Item[],
): Item {
  const found = items.find((item) => item.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const allowed = items.map((item) => item.name);
  const suggestion = didYouMean(name, allowed);
  throw new InputError([
    {
      file: option,
      rule: "unknown-name",
      message: `there is no "${name}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}

function wholeNumber(option: string, text: string, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
  throw argumentError(option, `must be a whole number from 1 to ${max}, got "${text}"`);
}

function argumentError(option: string, message: string): InputError {
  return new InputError([{ file: option, rule: "bad-argument", message }]);
}
