import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { GPU_CATALOGUE } from "../../../hardware/find-gpu.js";
import type { GpuSpec } from "../../../hardware/gpu-spec.js";
import { cacheBlocks, CACHE_RULES } from "../../../performance/llm/cache-blocks.js";
import { DECODER_MODELS, type DecoderModel } from "../../../performance/llm/decoder-model.js";
import {
  createLayerTableModel,
  type LayerTables,
  type TensorParallelLink,
} from "../../../performance/llm/layer-tables.js";
import type { StepTimeModel } from "../../../performance/llm/step-time.js";
import { planReplica } from "../../../performance/llm/plan-replica.js";
import { hostOfGpus } from "../../../performance/llm/replica-host.js";
import { linksOfHost } from "../../../performance/llm/replica-links.js";
import { simulateServing } from "../../../simulation/serving/simulate-serving.js";
import type { RequestTable } from "../../../workload/requests/request-table.js";
import { boundedCheck, type Check } from "../check.js";

const GPU = "RTX PRO 6000 Blackwell Server";
/** Settings of the recorded runs, from their meta.json. */
const ENGINE = { batchTokensMax: 2048, requestsMax: 128 } as const;
/** The pair that ships with the recorded run on two GPUs: given as input, so that row is no prediction. */
const SHEET_LINK: TensorParallelLink = { bytesPerS: 16e9, latencyS: 20e-6 };

/** One step-time model against one recorded run, with the largest error in percent of each mean, where there is a bar. */
interface GoldenCase {
  readonly model: string;
  readonly folder: string;
  readonly tensorParallel: number;
  readonly how: string;
  readonly stepTime: (model: DecoderModel, tables: LayerTables) => StepTimeModel;
  readonly bars: {
    readonly ttft: number | null;
    readonly tpot: number | null;
    readonly e2e: number | null;
  };
}

/** A model without tables, on the card as the catalogue has it and its own links over PCIe. */
function fromSheet(
  tensorParallel: number,
  stepModel: "trained-physics" | "roofline",
): GoldenCase["stepTime"] {
  return (model) => {
    const host = hostOfGpus(card(), tensorParallel);
    const plan = planReplica({ model, host, parallel: { tensor: tensorParallel }, stepModel });
    if (plan.kind === "refused") throw new Error(plan.message);
    return plan.stepTime;
  };
}

/** Layer tables with the all-reduce that others timed on this card, which the recorded run had no part in. */
function overTimedLinks(model: DecoderModel, tables: LayerTables): StepTimeModel {
  const gpus = { tensor: 2, pipeline: 1, expertGroup: 2 };
  return createLayerTableModel(model, tables, 2, linksOfHost(hostOfGpus(card(), 2), gpus));
}

const CASES: readonly GoldenCase[] = [
  {
    model: "meta-llama/Llama-3.1-8B",
    folder: "Llama-3.1-8B",
    tensorParallel: 1,
    how: "data sheet and coefficients",
    stepTime: fromSheet(1, "trained-physics"),
    bars: { ttft: 20, tpot: 10, e2e: 10 },
  },
  {
    model: "meta-llama/Llama-3.1-8B",
    folder: "Llama-3.1-8B",
    tensorParallel: 1,
    how: "data sheet alone (roofline)",
    stepTime: fromSheet(1, "roofline"),
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    model: "meta-llama/Llama-3.1-8B",
    folder: "Llama-3.1-8B",
    tensorParallel: 1,
    how: "layer tables",
    stepTime: (model, tables) => createLayerTableModel(model, tables, 1, undefined),
    bars: { ttft: null, tpot: null, e2e: 5 },
  },
  {
    model: "Qwen/Qwen3-32B",
    folder: "Qwen3-32B",
    tensorParallel: 2,
    how: "layer tables, link as recorded with the run (given)",
    stepTime: (model, tables) => createLayerTableModel(model, tables, 2, SHEET_LINK),
    bars: { ttft: null, tpot: null, e2e: 5 },
  },
  {
    model: "Qwen/Qwen3-32B",
    folder: "Qwen3-32B",
    tensorParallel: 2,
    how: "layer tables, PCIe Gen5 x16 by its data sheet",
    stepTime: (model, tables) =>
      createLayerTableModel(model, tables, 2, { bytesPerS: 64e9, latencyS: 10e-6 }),
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    model: "Qwen/Qwen3-32B",
    folder: "Qwen3-32B",
    tensorParallel: 2,
    how: "layer tables, all-reduce as timed on this card elsewhere",
    stepTime: overTimedLinks,
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    model: "Qwen/Qwen3-32B",
    folder: "Qwen3-32B",
    tensorParallel: 2,
    how: "data sheet and coefficients, the catalogue's PCIe",
    stepTime: fromSheet(2, "trained-physics"),
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    model: "Qwen/Qwen3-32B",
    folder: "Qwen3-32B",
    tensorParallel: 2,
    how: "data sheet alone (roofline), the catalogue's PCIe",
    stepTime: fromSheet(2, "roofline"),
    bars: { ttft: null, tpot: null, e2e: null },
  },
];

/** Recorded runs of vLLM 0.19 against simulated ones: means of TTFT, TPOT and end-to-end latency. */
export async function goldenChecks(dataFolder: string): Promise<readonly Check[]> {
  const checks = await Promise.all(CASES.map((one) => checksOf(one, dataFolder)));
  return checks.flat();
}

async function checksOf(one: GoldenCase, dataFolder: string): Promise<readonly Check[]> {
  const recorded = await readRecorded(join(dataFolder, "vllm-golden", "RTXPRO6000", one.folder));
  const model = DECODER_MODELS.find(({ name }) => name === one.model)!;
  const tables = await readTables(dataFolder, one);
  const { memoryReportedBytes, memoryBytes } = card();
  const rule = CACHE_RULES[0]!;
  const run = simulateServing({
    requests: recorded.requests,
    replica: {
      ...ENGINE,
      stepTime: one.stepTime(model, tables),
      cacheBlocks: cacheBlocks(model, memoryReportedBytes ?? memoryBytes, one.tensorParallel, rule),
    },
    replicas: 1,
    router: "round-robin",
  });
  const simulated = { ttft: meanOf(run.ttftS), tpot: meanOf(run.tpotS), e2e: meanOf(run.e2eS) };
  return (["ttft", "tpot", "e2e"] as const).map((metric) => {
    const [expected, actual] = [recorded.means[metric], simulated[metric]];
    const bar = one.bars[metric];
    const check = {
      id: `serving/golden/${one.folder}/${one.how.replaceAll(/[^a-z0-9]+/gi, "-")}/${metric}`,
      topic: "serving",
      what: `mean ${METRIC_WORDS[metric]}, ${one.folder} on ${one.tensorParallel} × RTX PRO 6000, ${one.how}`,
      source: "vLLM 0.19.0, 300 ShareGPT requests (casys-kaist/LLMServingSim bench/examples)",
      expected,
      actual,
      error: 100 * Math.abs(actual / expected - 1),
      unit: "s, error %",
    };
    return bar === null ? { ...check, bar: null, pass: null } : boundedCheck({ ...check, bar });
  });
}

const METRIC_WORDS = {
  ttft: "time to first token",
  tpot: "time per output token",
  e2e: "end-to-end latency",
} as const;

interface Recorded {
  readonly requests: RequestTable;
  readonly means: Readonly<Record<"ttft" | "tpot" | "e2e", number>>;
}

interface RecordedRequest {
  readonly input_toks: number;
  readonly output_toks: number;
  readonly arrival_time: number;
  readonly queued_ts: number;
  readonly first_token_ts: number;
  readonly last_token_ts: number;
}

/** Times as vLLM's own counters have them: from the request's entry into the queue. */
async function readRecorded(folder: string): Promise<Recorded> {
  const text = await readFile(join(folder, "requests.jsonl"), "utf8");
  const rows = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedRequest)
    .sort((a, b) => a.arrival_time - b.arrival_time);
  const startS = rows[0]!.arrival_time;
  const mean = (of: (row: RecordedRequest) => number): number => meanOf(rows.map(of));
  return {
    requests: {
      count: rows.length,
      arrivalS: Float64Array.from(rows, (row) => row.arrival_time - startS),
      promptTokens: Int32Array.from(rows, (row) => row.input_toks),
      outputTokens: Int32Array.from(rows, (row) => row.output_toks),
    },
    means: {
      ttft: mean((row) => row.first_token_ts - row.queued_ts),
      tpot: mean((row) => (row.last_token_ts - row.first_token_ts) / (row.output_toks - 1)),
      e2e: mean((row) => row.last_token_ts - row.queued_ts),
    },
  };
}

async function readTables(
  dataFolder: string,
  { model, tensorParallel }: GoldenCase,
): Promise<LayerTables> {
  const folder = join(dataFolder, "vllm-layer-tables", model, "bf16", `tp${tensorParallel}`);
  const rowsOf = async (name: string): Promise<readonly (readonly string[])[]> => {
    const text = await readFile(join(folder, `${name}.csv`), "utf8");
    return text
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
  };
  const byOperation = async (name: string): Promise<Record<string, number[][]>> => {
    const groups: Record<string, number[][]> = {};
    for (const [operation, size, us] of await rowsOf(name))
      (groups[operation!] ??= []).push([Number(size), Number(us)]);
    return groups;
  };
  return {
    source: "casys-kaist/LLMServingSim profiler/perf RTXPRO6000 (MIT), vLLM 0.19.0",
    attention: (await rowsOf("attention")).map((row) => row.map(Number)),
    dense: await byOperation("dense"),
    perSequence: await byOperation("per_sequence"),
    skewShare: 0,
  };
}

function card(): GpuSpec {
  return GPU_CATALOGUE.find(({ name }) => name === GPU)!;
}

/** Of the values that are numbers: a request of one token has no time per token. */
function meanOf(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
