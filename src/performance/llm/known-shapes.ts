import type { DecoderModel, LatentAttention } from "./decoder-model.js";

/** What a table of shapes adds to the figures of KAITO's catalogue. */
export type CatalogueShape = Pick<
  DecoderModel,
  "feedForward" | "vocabulary" | "isTied" | "source"
> &
  Partial<
    Pick<DecoderModel, "formats" | "experts" | "latent" | "recurrent" | "otherBytes" | "caveats">
  >;

const CONFIG = "config.json of the model, checked against the size of its weight files";

/** Weights of a vision tower of 0.42 · 10⁹ parameters in bf16, as these models have one. */
const VISION_BYTES = 0.84e9;

/** Dense models: inner width, vocabulary, head tied to the embedding. */
const DENSE: Readonly<
  Record<string, readonly [feedForward: number, vocabulary: number, isTied: boolean]>
> = {
  "microsoft/phi-4": [17920, 100_352, false],
  "microsoft/Phi-4-mini-instruct": [8192, 200_064, true],
  "deepseek-ai/DeepSeek-R1-Distill-Llama-8B": [14336, 128_256, false],
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B": [13824, 152_064, false],
  "microsoft/Phi-3-mini-4k-instruct": [8192, 32_064, false],
  "microsoft/Phi-3-mini-128k-instruct": [8192, 32_064, false],
  "microsoft/Phi-3.5-mini-instruct": [8192, 32_064, false],
  "microsoft/Phi-3-medium-4k-instruct": [17920, 32_064, false],
  "microsoft/Phi-3-medium-128k-instruct": [17920, 32_064, false],
  "Qwen/Qwen2.5-Coder-7B-Instruct": [18944, 152_064, false],
  "Qwen/Qwen2.5-Coder-32B-Instruct": [27648, 152_064, false],
  "Qwen/Qwen3-8B-AWQ": [12288, 151_936, false],
  "meta-llama/Llama-3.1-8B-Instruct": [14336, 128_256, false],
  "meta-llama/Llama-3.3-70B-Instruct": [28672, 128_256, false],
  "mistralai/Mistral-7B-v0.3": [14336, 32_768, false],
  "mistralai/Mistral-7B-Instruct-v0.3": [14336, 32_768, false],
};

const WINDOW =
  "five of six layers see 1024 tokens only and are counted as if they kept the whole context: cache and attention are upper bounds";

/** Dense models with a vision tower. */
const DENSE_WITH_VISION: typeof DENSE = {
  "mistralai/Ministral-3-3B-Instruct-2512": [9216, 131_072, true],
  "mistralai/Ministral-3-8B-Instruct-2512": [14336, 131_072, false],
  "mistralai/Ministral-3-14B-Instruct-2512": [16384, 131_072, false],
  "google/gemma-3-4b-it": [10240, 262_208, true],
  "google/gemma-3-27b-it": [21504, 262_208, true],
};

const DEEPSEEK_LATENT: LatentAttention = {
  kvRank: 512,
  ropeDim: 64,
  nopeDim: 128,
  valueDim: 128,
  queryRank: 1536,
};

const PREDICTION =
  "the layer that predicts further tokens is in the files and not counted: it is loaded only for speculative decoding";

const DEEPSEEK_V3: CatalogueShape = {
  feedForward: 18432,
  vocabulary: 129_280,
  isTied: false,
  source: "DeepSeek-V3, arXiv 2412.19437, 4.2",
  experts: { layers: 58, count: 256, perToken: 8, feedForward: 2048, sharedFeedForward: 2048 },
  latent: DEEPSEEK_LATENT,
  caveats: [PREDICTION],
};

const KIMI_K2: CatalogueShape = {
  feedForward: 18432,
  vocabulary: 163_840,
  isTied: false,
  source:
    "moonshotai/Kimi-K2.5 config.json as in ai-dynamo/aiconfigurator@821eb9a model_configs; experts in int4 with a scale per 32 weights, the rest in bf16",
  formats: { linear: "bf16", experts: "int4-group32", ends: "bf16" },
  experts: { layers: 60, count: 384, perToken: 8, feedForward: 2048, sharedFeedForward: 2048 },
  latent: DEEPSEEK_LATENT,
};

function gptOss(layers: number, count: number): CatalogueShape {
  return {
    feedForward: 2880,
    vocabulary: 201_088,
    isTied: false,
    source: "gpt-oss-120b & gpt-oss-20b Model Card, arXiv 2508.10925, 2",
    experts: { layers, count, perToken: 4, feedForward: 2880, sharedFeedForward: 0 },
    caveats: [
      "every other layer sees 128 tokens only and is counted as if it kept the whole context: cache and attention are upper bounds",
    ],
  };
}

const WITH_EXPERTS: Readonly<Record<string, CatalogueShape>> = {
  "openai/gpt-oss-20b": gptOss(24, 32),
  "openai/gpt-oss-120b": gptOss(36, 128),
  "deepseek-ai/DeepSeek-R1-0528": DEEPSEEK_V3,
  "deepseek-ai/DeepSeek-V3-0324": DEEPSEEK_V3,
  "deepseek-ai/DeepSeek-V3.2": {
    ...DEEPSEEK_V3,
    caveats: [
      PREDICTION,
      "sparse attention is counted as if it read the whole context: an upper bound",
    ],
  },
  "moonshotai/Kimi-K2.5": KIMI_K2,
  "moonshotai/Kimi-K2.6": KIMI_K2,
  "moonshotai/Kimi-K2.7-Code": KIMI_K2,
  "MiniMaxAI/MiniMax-M2.7": {
    feedForward: 1536,
    vocabulary: 200_064,
    isTied: false,
    source: CONFIG,
    experts: { layers: 62, count: 256, perToken: 8, feedForward: 1536, sharedFeedForward: 0 },
  },
  "zai-org/GLM-5.2-FP8": {
    feedForward: 12288,
    vocabulary: 154_880,
    isTied: false,
    source:
      "zai-org/GLM-5.2-FP8 config.json as in inference-sim/inference-sim@475c15c model_configs",
    experts: { layers: 75, count: 256, perToken: 8, feedForward: 2048, sharedFeedForward: 2048 },
    latent: { kvRank: 512, ropeDim: 64, nopeDim: 192, valueDim: 256, queryRank: 2048 },
    caveats: [
      PREDICTION,
      "sparse attention is counted as if it read the whole context: an upper bound",
    ],
  },
};

/** The shape of a model of KAITO's catalogue beyond its figures; undefined where no source has it. */
export function catalogueShape(name: string): CatalogueShape | undefined {
  const dense = DENSE[name] ?? DENSE_WITH_VISION[name];
  if (dense === undefined) return WITH_EXPERTS[name];
  const [feedForward, vocabulary, isTied] = dense;
  return {
    feedForward,
    vocabulary,
    isTied,
    source: CONFIG,
    ...(Object.hasOwn(DENSE_WITH_VISION, name) ? { otherBytes: VISION_BYTES } : {}),
    ...(name.startsWith("google/gemma-3") ? { caveats: [WINDOW] } : {}),
  };
}
