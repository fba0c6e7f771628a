import type { TrainingModel } from "./training-model.js";

const LLAMA = {
  isGated: true,
  isTied: false,
  hasPositions: false,
  hasDropout: false,
} as const;
const GPT = {
  isGated: false,
  isTied: true,
  hasPositions: true,
  hasDropout: true,
} as const;

const LLAMA_2 = "meta-llama/Llama-2 config.json and Touvron et al., arXiv 2307.09288, table 1";
const LLAMA_3 = "The Llama 3 Herd of Models, arXiv 2407.21783, table 3";
const GPT_3 = "Brown et al., arXiv 2005.14165, table 2.1";
const MPT =
  "mosaicml/llm-foundry scripts/train/yamls/pretrain; parameters as in its benchmark table";

/** Models people train, with what training needs to know of them. */
export const TRAINING_MODELS: readonly TrainingModel[] = [
  {
    ...LLAMA,
    name: "Llama-2-7B",
    aliases: ["llama2-7b"],
    layers: 32,
    hidden: 4096,
    heads: 32,
    keyValueHeads: 32,
    feedForward: 11008,
    vocabulary: 32000,
    sequence: 4096,
    source: LLAMA_2,
  },
  {
    ...LLAMA,
    name: "Llama-2-13B",
    aliases: ["llama2-13b"],
    layers: 40,
    hidden: 5120,
    heads: 40,
    keyValueHeads: 40,
    feedForward: 13824,
    vocabulary: 32000,
    sequence: 4096,
    source: LLAMA_2,
  },
  {
    ...LLAMA,
    name: "Llama-2-70B",
    aliases: ["llama2-70b"],
    layers: 80,
    hidden: 8192,
    heads: 64,
    keyValueHeads: 8,
    feedForward: 28672,
    vocabulary: 32000,
    sequence: 4096,
    source: LLAMA_2,
  },
  {
    ...LLAMA,
    name: "Llama-3-8B",
    aliases: ["llama3-8b", "llama-3.1-8b"],
    layers: 32,
    hidden: 4096,
    heads: 32,
    keyValueHeads: 8,
    feedForward: 14336,
    vocabulary: 128256,
    sequence: 8192,
    source: LLAMA_3,
  },
  {
    ...LLAMA,
    name: "Llama-3-70B",
    aliases: ["llama3-70b", "llama-3.1-70b"],
    layers: 80,
    hidden: 8192,
    heads: 64,
    keyValueHeads: 8,
    feedForward: 28672,
    vocabulary: 128256,
    sequence: 8192,
    source: LLAMA_3,
  },
  {
    ...LLAMA,
    name: "Llama-3-405B",
    aliases: ["llama3-405b", "llama-3.1-405b"],
    layers: 126,
    hidden: 16384,
    heads: 128,
    keyValueHeads: 8,
    feedForward: 53248,
    vocabulary: 128256,
    sequence: 8192,
    source: LLAMA_3,
  },
  {
    ...LLAMA,
    name: "Mixtral-8x7B",
    aliases: ["mixtral"],
    layers: 32,
    hidden: 4096,
    heads: 32,
    keyValueHeads: 8,
    feedForward: 14336,
    vocabulary: 32000,
    sequence: 4096,
    experts: { count: 8, active: 2 },
    source: "Jiang et al., Mixtral of Experts, arXiv 2401.04088, table 1; sequence assumed",
  },
  {
    ...GPT,
    name: "GPT-3-13B",
    aliases: ["gpt3-13b"],
    layers: 40,
    hidden: 5140,
    heads: 40,
    keyValueHeads: 40,
    feedForward: 4 * 5140,
    vocabulary: 50257,
    sequence: 2048,
    source: GPT_3,
  },
  {
    ...GPT,
    name: "GPT-3-175B",
    aliases: ["gpt3", "gpt3-175b"],
    layers: 96,
    hidden: 12288,
    heads: 96,
    keyValueHeads: 96,
    feedForward: 4 * 12288,
    vocabulary: 50257,
    sequence: 2048,
    source: GPT_3,
  },
  ...mptModels([
    ["MPT-1B", 24, 2048, 16],
    ["MPT-3B", 32, 2560, 20],
    ["MPT-7B", 32, 4096, 32],
    ["MPT-13B", 40, 5120, 40],
    ["MPT-30B", 48, 7168, 56],
    ["MPT-70B", 80, 8192, 64],
  ]),
];

function mptModels(
  sizes: readonly (readonly [string, number, number, number])[],
): readonly TrainingModel[] {
  return sizes.map(([name, layers, hidden, heads]) => ({
    ...GPT,
    hasDropout: false,
    name,
    aliases: [],
    layers,
    hidden,
    heads,
    keyValueHeads: heads,
    feedForward: 4 * hidden,
    vocabulary: 50368,
    sequence: 2048,
    source: MPT,
  }));
}

/** The model of that name or alias, case and punctuation apart; undefined when there is none. */
export function findTrainingModel(name: string): TrainingModel | undefined {
  const folded = fold(name);
  return TRAINING_MODELS.find((model) =>
    [model.name, ...model.aliases].some((known) => fold(known) === folded),
  );
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
