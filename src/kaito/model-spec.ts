import { GIBIBYTE } from "../hardware/byte-units.js";
/** What the size of a model on GPUs depends on: the figures KAITO's catalogue and a config.json give. */
export interface ModelSpec {
  /** `organisation/name` as on the model hub. */
  readonly name: string;
  /** First of `architectures` in config.json, such as `LlamaForCausalLM`. */
  readonly architecture: string;
  /** Sum of the weight files in GiB, with the two decimals KAITO keeps. */
  readonly weightsGi: number;
  /** Longest context in tokens. */
  readonly tokenLimit: number;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Where it is not hiddenSize / heads. */
  readonly headDim?: number;
  /** Present for multi-head latent attention, which stores this many values per token and layer. */
  readonly kvLoraRank?: number;
  readonly qkRopeHeadDim?: number;
  /** Quantisation of the weights as config.json names it; absent for 16-bit weights. */
  readonly quantization?: string;
  readonly quantizationBits?: number;
  /** False where KAITO's own test models forbid more than one node; absent means it may. */
  readonly isDistributable?: false;
}

/** Kind of attention, which decides how much of a token is kept. */
export function attentionOf(model: ModelSpec): "MLA" | "MQA" | "GQA" | "MHA" {
  if (model.kvLoraRank !== undefined) return "MLA";
  if (model.kvHeads === 1) return "MQA";
  return model.kvHeads === model.heads ? "MHA" : "GQA";
}

/**
 * Bytes of KV cache one token takes over all layers and GPUs.
 *
 * KAITO (presets/workspace/generator/generator.go at v0.12.0): elements × layers × 2, where elements is
 * kv_lora_rank + qk_rope_head_dim for latent attention and 2 × kv heads × head size otherwise. Two bytes per
 * element are taken even where the cache is kept in fp8.
 */
export function bytesPerToken(model: ModelSpec): number {
  const { kvLoraRank, qkRopeHeadDim = 0, layers, kvHeads } = model;
  const headDim = model.headDim ?? Math.floor(model.hiddenSize / model.heads);
  const elements = kvLoraRank === undefined ? 2 * kvHeads * headDim : kvLoraRank + qkRopeHeadDim;
  return elements * layers * 2;
}

/** Bytes of all weights. */
export function weightBytes(model: ModelSpec): number {
  return model.weightsGi * GIBIBYTE;
}
