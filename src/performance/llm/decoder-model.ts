/** A dense decoder as its speed sees it. Sizes are numbers of elements. */
export interface DecoderModel {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Of one head. */
  readonly headDim: number;
  /** Inner size of the gated feed-forward part. */
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Bytes of one weight: 2 for bf16, 1 for fp8, 0.5 for 4 bits. */
  readonly bytesPerWeight: number;
  /** True where the output head shares the embedding's weights. */
  readonly isTied: boolean;
  readonly source: string;
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
];

/** Bytes of KV cache of one token over all layers and GPUs, two bytes per element. */
export function cacheBytesPerToken({ layers, kvHeads, headDim }: DecoderModel): number {
  return 2 * kvHeads * headDim * layers * 2;
}

/** Bytes of all weights: attention, gated feed-forward, embedding and output head; norms are left out. */
export function weightBytesOf(model: DecoderModel): number {
  const { layers, hidden, heads, kvHeads, headDim, feedForward, vocabulary } = model;
  const attention = hidden * headDim * (2 * heads + 2 * kvHeads);
  const perLayer = attention + 3 * hidden * feedForward;
  const ends = vocabulary * hidden * (model.isTied ? 1 : 2);
  return (layers * perLayer + ends) * model.bytesPerWeight;
}
