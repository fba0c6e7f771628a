import { WEIGHT_FORMATS, type WeightFormatName } from "./weight-formats.js";

/** Layers in which a router sends every token to a few of many feed-forward parts. */
export interface ExpertLayers {
  /** How many of the model's layers are such; the others have the dense feed-forward part. */
  readonly layers: number;
  /** Experts of one layer. */
  readonly count: number;
  /** Experts of a token. */
  readonly perToken: number;
  /** Inner size of one expert. */
  readonly feedForward: number;
  /** Inner size of what every token passes beside its experts; 0 where there is nothing. */
  readonly sharedFeedForward: number;
}

/** Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): one compressed vector per token and layer. */
export interface LatentAttention {
  readonly kvRank: number;
  readonly ropeDim: number;
  readonly nopeDim: number;
  readonly valueDim: number;
  /** Rank of the queries; absent where they are not compressed. */
  readonly queryRank?: number;
}

/** Layers that keep a state of fixed size per request in place of a cache. */
export interface RecurrentLayers {
  readonly layers: number;
  /** Weights of the mixing part of one such layer. */
  readonly weights: number;
  /** Bytes of state of one request in one such layer. */
  readonly stateBytes: number;
}

/** A decoder as its speed sees it. Sizes are numbers of elements. */
export interface DecoderModel {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Of one head. */
  readonly headDim: number;
  /** Inner size of the dense feed-forward part. */
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Bytes of one weight: 2 for bf16, 1 for fp8, 0.5 for 4 bits. `formats` comes before it. */
  readonly bytesPerWeight: number;
  /** True where the output head shares the embedding's weights. */
  readonly isTied: boolean;
  readonly source: string;
  /** Absent where all weights have `bytesPerWeight` and bf16 is computed in. */
  readonly formats?: {
    /** Attention and dense feed-forward parts. */
    readonly linear: WeightFormatName;
    readonly experts: WeightFormatName;
    /** Embedding and output head. */
    readonly ends: WeightFormatName;
  };
  /** False for a feed-forward part of two matrices; three (gated) when absent. */
  readonly isGated?: false;
  readonly experts?: ExpertLayers;
  readonly latent?: LatentAttention;
  readonly recurrent?: RecurrentLayers;
  /** Weights that are loaded and not computed with for text: vision towers. Bytes. */
  readonly otherBytes?: number;
  /** Longest context the model was made for. Tokens. */
  readonly contextTokens?: number;
  /** What of the model the formulas do not see, in words. */
  readonly caveats?: readonly string[];
}

const LLAMA_3 = "The Llama 3 Herd of Models, arXiv 2407.21783, table 3";

/** Models of which every figure has a source; others are described in a file. */
export const DECODER_MODELS: readonly DecoderModel[] = [
  {
    name: "meta-llama/Llama-3.1-8B",
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    feedForward: 14336,
    vocabulary: 128_256,
    bytesPerWeight: 2,
    isTied: false,
    source: LLAMA_3,
  },
  {
    name: "meta-llama/Llama-3.1-70B",
    layers: 80,
    hidden: 8192,
    heads: 64,
    kvHeads: 8,
    headDim: 128,
    feedForward: 28672,
    vocabulary: 128_256,
    bytesPerWeight: 2,
    isTied: false,
    source: LLAMA_3,
  },
  {
    name: "meta-llama/Llama-3.1-405B",
    layers: 126,
    hidden: 16384,
    heads: 128,
    kvHeads: 8,
    headDim: 128,
    feedForward: 53248,
    vocabulary: 128_256,
    bytesPerWeight: 2,
    isTied: false,
    source: LLAMA_3,
  },
  {
    name: "Qwen/Qwen3-32B",
    layers: 64,
    hidden: 5120,
    heads: 64,
    kvHeads: 8,
    headDim: 128,
    feedForward: 25600,
    vocabulary: 151_936,
    bytesPerWeight: 2,
    isTied: false,
    source: "Qwen/Qwen3-32B config.json",
  },
  {
    name: "Qwen/Qwen3-30B-A3B",
    layers: 48,
    hidden: 2048,
    heads: 32,
    kvHeads: 4,
    headDim: 128,
    feedForward: 6144,
    vocabulary: 151_936,
    bytesPerWeight: 2,
    isTied: false,
    experts: { layers: 48, count: 128, perToken: 8, feedForward: 768, sharedFeedForward: 0 },
    contextTokens: 40_960,
    source: "Qwen/Qwen3-30B-A3B config.json; Qwen3 Technical Report, arXiv 2505.09388, table 2",
  },
  {
    name: "mistralai/Mixtral-8x7B-v0.1",
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    feedForward: 14336,
    vocabulary: 32_000,
    bytesPerWeight: 2,
    isTied: false,
    experts: { layers: 32, count: 8, perToken: 2, feedForward: 14336, sharedFeedForward: 0 },
    contextTokens: 32_768,
    source: "Mixtral of Experts, arXiv 2401.04088, table 1",
  },
];

/** Layers that keep keys and values of every token. */
export function attentionLayersOf({ layers, recurrent }: DecoderModel): number {
  return layers - (recurrent?.layers ?? 0);
}

/**
 * Elements of cache of one token in one layer: 2 · kv heads · head size, or kv_lora_rank + qk_rope_head_dim
 * for latent attention, which keeps one vector for all heads.
 */
export function cacheElementsPerLayer({ kvHeads, headDim, latent }: DecoderModel): number {
  return latent === undefined ? 2 * kvHeads * headDim : latent.kvRank + latent.ropeDim;
}

/**
 * Bytes of KV cache of one token over all layers and GPUs.
 *
 * @param bytesPerElement 2 for bf16, 1 for an fp8 cache
 */
export function cacheBytesPerToken(model: DecoderModel, bytesPerElement = 2): number {
  return cacheElementsPerLayer(model) * attentionLayersOf(model) * bytesPerElement;
}

/** GPUs over which the cache of a token is divided: no key-value head is cut, latent vectors are kept whole. */
export function cacheShards({ kvHeads, latent }: DecoderModel, tensorParallel: number): number {
  return latent === undefined ? Math.min(tensorParallel, kvHeads) : 1;
}

/** Numbers of weights by part. Norms, biases and scales are left out (below 0.1 %). */
export interface WeightCounts {
  /** Attention (or recurrent mixing) of all layers. */
  readonly attention: number;
  /** Dense feed-forward parts of all layers, shared experts and routers included. */
  readonly dense: number;
  /** One expert. */
  readonly expert: number;
  /** All experts of all layers. */
  readonly experts: number;
  readonly embedding: number;
  /** Output head, also where it shares the embedding's memory: it is read and computed with all the same. */
  readonly head: number;
}

/** Weights of a model by part. */
export function weightCountsOf(model: DecoderModel): WeightCounts {
  const { layers, hidden, feedForward, vocabulary, experts, recurrent } = model;
  const matrices = model.isGated === false ? 2 : 3;
  const expert = experts === undefined ? 0 : matrices * hidden * experts.feedForward;
  const routed =
    experts === undefined
      ? 0
      : experts.layers * hidden * (matrices * experts.sharedFeedForward + experts.count);
  const ends = vocabulary * hidden;
  return {
    attention:
      attentionLayersOf(model) * attentionWeights(model) +
      (recurrent === undefined ? 0 : recurrent.layers * recurrent.weights),
    dense: (layers - (experts?.layers ?? 0)) * matrices * hidden * feedForward + routed,
    expert,
    experts: experts === undefined ? 0 : experts.layers * experts.count * expert,
    embedding: ends,
    head: ends,
  };
}

function attentionWeights({ hidden, heads, kvHeads, headDim, latent }: DecoderModel): number {
  if (latent === undefined) return hidden * headDim * (2 * heads + 2 * kvHeads);
  const { kvRank, ropeDim, nopeDim, valueDim, queryRank } = latent;
  const queryDim = heads * (nopeDim + ropeDim);
  const queries =
    queryRank === undefined ? hidden * queryDim : hidden * queryRank + queryRank * queryDim;
  const keysAndValues = hidden * (kvRank + ropeDim) + kvRank * heads * (nopeDim + valueDim);
  return queries + keysAndValues + heads * valueDim * hidden;
}

/** Bytes of one weight by part. */
export function weightSizesOf({ formats, bytesPerWeight }: DecoderModel): {
  readonly linear: number;
  readonly experts: number;
  readonly ends: number;
} {
  if (formats === undefined)
    return { linear: bytesPerWeight, experts: bytesPerWeight, ends: bytesPerWeight };
  return {
    linear: WEIGHT_FORMATS[formats.linear].bytesPerWeight,
    experts: WEIGHT_FORMATS[formats.experts].bytesPerWeight,
    ends: WEIGHT_FORMATS[formats.ends].bytesPerWeight,
  };
}

/** Bytes of all weights: attention, feed-forward parts, experts, embedding and output head; norms are left out. */
export function weightBytesOf(model: DecoderModel): number {
  const counts = weightCountsOf(model);
  const sizes = weightSizesOf(model);
  const ends = counts.embedding + (model.isTied ? 0 : counts.head);
  return (
    (counts.attention + counts.dense) * sizes.linear +
    counts.experts * sizes.experts +
    ends * sizes.ends +
    (model.otherBytes ?? 0)
  );
}

/** Weights a token is multiplied with: everything but the embedding and the experts it does not go to. */
export function activeWeightsOf(model: DecoderModel): number {
  const { attention, dense, expert, head } = weightCountsOf(model);
  const { experts } = model;
  const routed = experts === undefined ? 0 : experts.layers * experts.perToken * expert;
  return attention + dense + routed + head;
}
