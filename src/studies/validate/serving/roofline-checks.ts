import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { decompress } from "fzstd";
import { parquetReadObjects } from "hyparquet";

import { findGpu } from "../../../hardware/find-gpu.js";
import { gpuRatesOf, type GpuRates } from "../../../performance/compute/gpu-rates.js";
import { KERNEL_START_S } from "../../../performance/llm/roofline.js";
import type { Check } from "../check.js";

/** Published tables of single operations, none of which the roofline was fitted to. */
const SYSTEMS = [
  { gpu: "H100 SXM5-80GB", folder: "h100_sxm", engine: "vLLM 0.24.0" },
  { gpu: "L40S", folder: "l40s", engine: "vLLM 0.24.0" },
  { gpu: "RTX PRO 6000 Blackwell Server", folder: "rtx_pro_6000_server", engine: "vLLM 0.24.0" },
] as const;

const SOURCE = "ai-dynamo/aiconfigurator@095f58a (Apache-2.0)";
type Row = Readonly<Record<string, unknown>>;

/** Multiplications by their tokens: what decoding and what prompts do. */
const TOKEN_RANGES = [
  { what: "decoding, 1 to 64 tokens", from: 1, to: 64 },
  { what: "prompts, 1024 to 4096 tokens", from: 1024, to: 4096 },
] as const;

/**
 * The parts of the roofline against measured operations: bf16 multiplications of the sizes of layers, and decoding
 * attention over a bf16 cache. Printed without a bar: the medians say how wrong a data sheet is.
 */
export async function rooflineChecks(dataFolder: string): Promise<readonly Check[]> {
  const checks = await Promise.all(SYSTEMS.map((system) => checksOf(system, dataFolder)));
  return checks.flat();
}

async function checksOf(
  { gpu, folder, engine }: (typeof SYSTEMS)[number],
  dataFolder: string,
): Promise<readonly Check[]> {
  const found = findGpu(gpu);
  if (found.kind !== "found") throw new Error(`roofline checks: no GPU ${gpu}`);
  const rates = gpuRatesOf(found.gpu);
  const version = engine.slice("vLLM ".length);
  const at = (kind: string, name: string): string =>
    join(dataFolder, "aiconfigurator", folder, kind, "vllm", version, `${name}.parquet`);
  const matmuls = await readRows(at("gemm", "gemm_perf"), ["gemm_dtype", "m", "n", "k", "latency"]);
  const byTokens = TOKEN_RANGES.map(({ what, from, to }) =>
    checkOf(gpu, `bf16 multiplications, ${what}`, engine, matmulShares(matmuls, rates, from, to)),
  );
  const decoding = await readRows(at("attention", "generation_attention_perf"), [
    ...["batch_size", "isl", "step", "num_heads", "num_key_value_heads", "head_dim"],
    ...["kv_cache_dtype", "window_size", "latency"],
  ]);
  const shares = attentionShares(decoding, rates);
  return [...byTokens, checkOf(gpu, "decoding attention, caches above 64 MiB", engine, shares)];
}

/** Simulated over measured time, of layers between 1024 and 32768 wide. */
function matmulShares(rows: readonly Row[], rates: GpuRates, from: number, to: number): number[] {
  return rows.flatMap((row) => {
    const [m, n, k] = [Number(row["m"]), Number(row["n"]), Number(row["k"])];
    const isLayer = Math.min(n, k) >= 1024 && Math.max(n, k) <= 32_768;
    if (row["gemm_dtype"] !== "bfloat16" || !isLayer || m < from || m > to) return [];
    const computeS = (2 * m * n * k) / rates.bf16FlopPerS.value;
    const trafficS = (2 * n * k) / rates.streamBytesPerS.value;
    return [(Math.max(computeS, trafficS) + KERNEL_START_S) / (Number(row["latency"]) / 1000)];
  });
}

function attentionShares(rows: readonly Row[], rates: GpuRates): number[] {
  return rows.flatMap((row) => {
    if (row["kv_cache_dtype"] !== "bfloat16" || Number(row["window_size"]) !== 0) return [];
    const context = Number(row["isl"]) + Number(row["step"]);
    const perToken = 2 * Number(row["num_key_value_heads"]) * Number(row["head_dim"]) * 2;
    const bytes = Number(row["batch_size"]) * context * perToken;
    if (bytes < 64 * 2 ** 20) return [];
    const modelS = bytes / rates.streamBytesPerS.value + KERNEL_START_S;
    return [modelS / (Number(row["latency"]) / 1000)];
  });
}

function checkOf(gpu: string, what: string, engine: string, shares: number[]): Check {
  const sorted = [...shares].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return {
    id: `serving/roofline/${`${gpu} ${what}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`,
    topic: "serving",
    what: `roofline over measured, ${gpu}: ${what} (median of ${sorted.length})`,
    source: `${SOURCE}, ${engine}`,
    expected: 1,
    actual: median,
    error: 100 * Math.abs(median - 1),
    unit: "ratio, error %",
    bar: null,
    pass: null,
  };
}

async function readRows(path: string, columns: string[]): Promise<readonly Row[]> {
  const bytes = await readFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const compressors = { ZSTD: (input: Uint8Array) => decompress(input) };
  return parquetReadObjects({ file, columns, compressors });
}
