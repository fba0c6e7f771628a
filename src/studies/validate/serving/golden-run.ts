import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "../../../diagnostics/problem.js";
import type { LayerTables } from "../../../performance/llm/layer-tables.js";
import type { RequestTable } from "../../../workload/requests/request-table.js";

/** A recorded run of vLLM, as LLMServingSim's benchmarks write them: a folder with `meta.json` and `requests.jsonl`. */
export interface RecordedRun {
  /** Folders of GPU and model under `vllm-golden`. */
  readonly gpuFolder: string;
  readonly modelFolder: string;
  readonly folder: string;
  readonly model: string;
  readonly vllmVersion: string;
  readonly tensorParallel: number;
  readonly dataParallel: number;
  readonly sharesExperts: boolean;
  readonly requestsMax: number;
  readonly batchTokensMax: number;
  readonly cacheFormat: "bf16" | "fp8";
  /** `gpu_memory_utilization` and blocks of the cache, where the run has them. */
  readonly memoryUtilization?: number;
  readonly cacheBlocks?: number;
}

/** Blocks of a run that somebody read off the engine, where the run itself does not tell them: by GPU, model and degree. */
const MEASURED_BLOCKS: Readonly<Record<string, number>> = {
  // github.com/casys-kaist/LLMServingSim/pull/59, gpu_memory_utilization 0.9
  "RTX4090/meta-llama/Llama-3.1-8B/1": 2588,
};

/** Requests of a run, and its means. */
export interface RecordedRequests {
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

/** Every recorded run in the data, by GPU and model. */
export async function recordedRuns(dataFolder: string): Promise<readonly RecordedRun[]> {
  const root = join(dataFolder, "vllm-golden");
  const runs: RecordedRun[] = [];
  for (const gpuFolder of foldersIn(root)) {
    for (const modelFolder of foldersIn(join(root, gpuFolder))) {
      const folder = join(root, gpuFolder, modelFolder);
      if (!existsSync(join(folder, "requests.jsonl"))) continue;
      runs.push(await readRun(folder, gpuFolder, modelFolder));
    }
  }
  return runs;
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Defaults are those of vLLM's v1 engine. */
async function readRun(
  folder: string,
  gpuFolder: string,
  modelFolder: string,
): Promise<RecordedRun> {
  const file = join(folder, "meta.json");
  const meta = await readJson(file);
  const engine = (meta["engine_kwargs"] ?? {}) as Readonly<Record<string, unknown>>;
  const count = (name: string, absent: number): number =>
    countOf(file, `engine_kwargs.${name}`, engine[name] ?? absent);
  const utilization = engine["gpu_memory_utilization"];
  const model = String(meta["model"] ?? engine["model"] ?? modelFolder);
  const blocks =
    engine["num_gpu_blocks_override"] ??
    meta["num_gpu_blocks"] ??
    MEASURED_BLOCKS[`${gpuFolder}/${model}/${count("tensor_parallel_size", 1)}`];
  return {
    gpuFolder,
    modelFolder,
    folder,
    model,
    vllmVersion: String(meta["vllm_version"] ?? "of unknown version"),
    tensorParallel: count("tensor_parallel_size", 1),
    dataParallel: count("data_parallel_size", 1),
    sharesExperts: engine["enable_expert_parallel"] === true,
    requestsMax: count("max_num_seqs", 256),
    batchTokensMax: count("max_num_batched_tokens", 2048),
    cacheFormat: /^fp8/.test(String(engine["kv_cache_dtype"] ?? "auto")) ? "fp8" : "bf16",
    ...(typeof utilization === "number" ? { memoryUtilization: utilization } : {}),
    ...(blocks === undefined || blocks === null
      ? {}
      : { cacheBlocks: countOf(file, "num_gpu_blocks", blocks) }),
  };
}

function countOf(file: string, field: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  const message = `${field} must be a whole number above 0, got ${JSON.stringify(value)}`;
  throw new InputError([{ file, rule: "bad-run", message }]);
}

async function readJson(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const message = `must be the JSON that describes the run: ${(error as Error).message}`;
    throw new InputError([{ file, rule: "bad-run", message }]);
  }
}

/** Times as vLLM's own counters have them: from the request's entry into the queue. */
export async function readRecorded(folder: string): Promise<RecordedRequests> {
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

/** Layer tables of the model in bf16 at the run's degree; undefined where none were measured on its GPU. */
export async function layerTablesOf(
  dataFolder: string,
  { model, tensorParallel, gpuFolder }: RecordedRun,
): Promise<LayerTables | undefined> {
  const ofModel = join(dataFolder, "vllm-layer-tables", model, "bf16");
  const folder = join(ofModel, `tp${tensorParallel}`);
  if (!existsSync(join(folder, "dense.csv"))) return undefined;
  const about = join(ofModel, "meta.yaml");
  const hardware = existsSync(about)
    ? /^hardware: *(\S+)/m.exec(await readFile(about, "utf8"))?.[1]
    : undefined;
  if (hardware !== undefined && hardware !== gpuFolder) return undefined;
  return readTables(folder, gpuFolder);
}

async function readTables(folder: string, gpuFolder: string): Promise<LayerTables> {
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
    source: `casys-kaist/LLMServingSim profiler/perf ${gpuFolder} (MIT), vLLM 0.19.0`,
    attention: (await rowsOf("attention")).map((row) => row.map(Number)),
    dense: await byOperation("dense"),
    perSequence: await byOperation("per_sequence"),
    skewShare: 0,
  };
}

/** Of the values that are numbers: a request of one token has no time per token. */
export function meanOf(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
