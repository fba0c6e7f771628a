import { GIBIBYTE } from "../../hardware/byte-units.js";
import { cacheBytesPerToken, type DecoderModel, weightBytesOf } from "./decoder-model.js";

/** Tokens of one block in vLLM. */
export const TOKENS_PER_BLOCK = 16;

/** A published rule for what of a GPU's memory is left for the cache. */
export interface CacheRule {
  readonly name: string;
  readonly source: string;
  /** Share of memory the engine may take. */
  readonly utilization: number;
  /** Bytes of one GPU for everything but weights and cache. */
  overheadBytes(tensorParallel: number, weightBytesPerGpu: number): number;
}

/** Three rules people use; they differ by several GiB, which is why a measured number of blocks may be given. */
export const CACHE_RULES: readonly CacheRule[] = [
  {
    name: "llm-d",
    source:
      "inference-sim@f90a1e3a sim/latency/kv_capacity.go (as llm-d-benchmark): activations 5.5 GiB per replica of a dense model, 0.15 GiB beside torch on one GPU and 0.6 GiB on several",
    utilization: 0.9,
    overheadBytes: (tensorParallel) =>
      (5.5 / tensorParallel + (tensorParallel === 1 ? 0.15 : 0.6)) * GIBIBYTE,
  },
  {
    name: "kaito",
    source: "kaito-project/kaito@056b8280 estimator.go: 2.3 GiB and 5 % of the weights",
    utilization: 0.84,
    overheadBytes: (_, weightBytesPerGpu) => 2.3 * GIBIBYTE + 0.05 * weightBytesPerGpu,
  },
  {
    name: "aiconfigurator",
    source:
      "ai-dynamo/aiconfigurator@095f58a systems/*.yaml: 3.5 GiB, and 342 or 392 MB for NCCL on 2 or 4 and more GPUs",
    utilization: 0.9,
    overheadBytes: (tensorParallel) =>
      3.5 * GIBIBYTE + (tensorParallel === 1 ? 0 : tensorParallel < 4 ? 342e6 : 392e6),
  },
];

/**
 * Blocks of cache of a replica: (utilisation · memory − weights/tp − overhead) / (bytes per token / tp) / 16.
 * With fewer key-value heads than GPUs every GPU keeps one head, so that cache is not divided further.
 *
 * @param memoryBytes of one GPU, as the driver reports it
 * @returns whole blocks; 0 where nothing is left
 */
export function cacheBlocks(
  model: DecoderModel,
  memoryBytes: number,
  tensorParallel: number,
  rule: CacheRule,
): number {
  const weights = weightBytesOf(model) / tensorParallel;
  const free =
    rule.utilization * memoryBytes - weights - rule.overheadBytes(tensorParallel, weights);
  const perToken = cacheBytesPerToken(model) / Math.min(tensorParallel, model.kvHeads);
  return Math.max(0, Math.floor(free / perToken / TOKENS_PER_BLOCK));
}
