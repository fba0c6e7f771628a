import { GIBIBYTE } from "../../hardware/byte-units.js";
import { type DecoderModel } from "./decoder-model.js";
import { type MemoryShare, memoryShareOf } from "./memory-share.js";

/** Tokens of one block in vLLM. */
export const TOKENS_PER_BLOCK = 16;

/** A published rule for what of a GPU's memory is left for the cache. */
export interface CacheRule {
  readonly name: string;
  readonly source: string;
  /** Share of memory the engine may take. */
  readonly utilization: number;
  /** Bytes of one GPU for everything but weights and cache. */
  overheadBytes(tensorParallel: number, weightBytesPerGpu: number, hasExperts?: boolean): number;
}

/** Three rules people use; they differ by several GiB, which is why a measured number of blocks may be given. */
export const CACHE_RULES: readonly CacheRule[] = [
  {
    name: "llm-d",
    source:
      "inference-sim@f90a1e3a sim/latency/kv_capacity.go (as llm-d-benchmark): activations 5.5 GiB per replica of a dense model and 8 GiB of one with experts, 0.15 GiB beside torch on one GPU and 0.6 GiB on several",
    utilization: 0.9,
    overheadBytes: (tensorParallel, _weights, hasExperts = false) =>
      ((hasExperts ? 8 : 5.5) / tensorParallel + (tensorParallel === 1 ? 0.15 : 0.6)) * GIBIBYTE,
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
 * Blocks of cache of a replica: (utilisation · memory − weights of a GPU − overhead) / bytes per token on a GPU / 16.
 * With fewer key-value heads than GPUs every GPU keeps one head, so that cache is not divided further; latent
 * vectors are kept whole on every GPU of a tensor-parallel group.
 *
 * @param memoryBytes of one GPU, as the driver reports it
 * @param share how model and cache are spread; a number is a tensor-parallel degree
 * @returns whole blocks; 0 where nothing is left
 */
export function cacheBlocks(
  model: DecoderModel,
  memoryBytes: number,
  share: number | MemoryShare,
  rule: CacheRule,
): number {
  const spread = typeof share === "number" ? memoryShareOf(model, { tensor: share }) : share;
  const free = cacheRoomBytes(model, memoryBytes, spread, rule);
  return Math.max(0, Math.floor(free / spread.cacheBytesPerToken / TOKENS_PER_BLOCK));
}

/** Bytes of one GPU that are left for the cache; negative by what is missing. */
export function cacheRoomBytes(
  model: DecoderModel,
  memoryBytes: number,
  { tensor, weightBytes }: MemoryShare,
  rule: CacheRule,
): number {
  const hasExperts = model.experts !== undefined;
  return (
    rule.utilization * memoryBytes -
    weightBytes -
    rule.overheadBytes(tensor, weightBytes, hasExperts)
  );
}
