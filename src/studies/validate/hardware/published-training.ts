import type { Parallelism } from "../../../performance/training/parallelism.js";

/** One published training run. */
export interface PublishedTraining {
  readonly model: string;
  /** Machine of the catalogue. */
  readonly machine: string;
  readonly gpu: string;
  readonly gpus: number;
  readonly parallelism: Partial<Parallelism>;
  readonly precision?: "fp8";
  /** Tokens per second and GPU, or the other figure named. */
  readonly tokensPerGpuS?: number;
  /** TFLOP per second and GPU by the model's FLOP. */
  readonly modelTeraflops?: number;
  /** TFLOP per second and GPU with recomputation counted, by the formula of Narayanan et al. */
  readonly hardwareTeraflops?: number;
  /** What the source does not say and was assumed. */
  readonly assumed?: string;
}

type MptRow = readonly [
  model: string,
  gpu: "a100" | "h100",
  gpus: number,
  sequence: number,
  microBatch: number,
  globalBatch: number,
  recomputes: boolean,
  tokensPerGpuS: number,
];

/** mosaicml/llm-foundry@061f2c7 scripts/train/benchmarking/README.md: bf16, FSDP with everything shared. */
const MPT_ROWS: readonly MptRow[] = [
  ["MPT-70B", "h100", 64, 2048, 8, 2048, true, 1039],
  ["MPT-70B", "h100", 32, 2048, 2, 1024, true, 882],
  ["MPT-30B", "h100", 8, 8192, 1, 168, true, 1384],
  ["MPT-30B", "h100", 8, 4096, 1, 168, true, 1802],
  ["MPT-30B", "h100", 32, 2048, 14, 1344, true, 2308],
  ["MPT-30B", "h100", 16, 2048, 10, 480, true, 2263],
  ["MPT-30B", "h100", 8, 2048, 3, 504, true, 2002],
  ["MPT-13B", "h100", 8, 4096, 10, 240, true, 4717],
  ["MPT-13B", "h100", 64, 2048, 2, 128, false, 4800],
  ["MPT-13B", "h100", 32, 2048, 2, 64, false, 4811],
  ["MPT-13B", "h100", 16, 2048, 2, 32, false, 4767],
  ["MPT-13B", "h100", 8, 2048, 2, 16, false, 4792],
  ["MPT-7B", "h100", 8, 8192, 8, 128, true, 6935],
  ["MPT-7B", "h100", 8, 4096, 16, 256, true, 8611],
  ["MPT-7B", "h100", 8, 2048, 6, 48, false, 10643],
  ["MPT-3B", "h100", 8, 8192, 3, 144, false, 16578],
  ["MPT-3B", "h100", 8, 4096, 5, 240, false, 20964],
  ["MPT-3B", "h100", 64, 2048, 6, 1152, false, 22525],
  ["MPT-3B", "h100", 32, 2048, 6, 576, false, 23021],
  ["MPT-3B", "h100", 16, 2048, 10, 480, false, 24142],
  ["MPT-1B", "h100", 8, 8192, 3, 96, false, 29157],
  ["MPT-1B", "h100", 8, 4096, 7, 224, false, 38535],
  ["MPT-1B", "h100", 64, 2048, 20, 1280, false, 44402],
  ["MPT-1B", "h100", 32, 2048, 20, 640, false, 45130],
  ["MPT-1B", "h100", 16, 2048, 20, 320, false, 46037],
  ["MPT-1B", "h100", 8, 2048, 14, 112, false, 45455],
  ["MPT-70B", "a100", 64, 2048, 8, 2048, true, 410],
  ["MPT-70B", "a100", 32, 2048, 2, 1024, true, 373],
  ["MPT-30B", "a100", 8, 8192, 1, 168, true, 574],
  ["MPT-30B", "a100", 8, 4096, 1, 168, true, 814],
  ["MPT-30B", "a100", 8, 2048, 3, 504, true, 916],
  ["MPT-13B", "a100", 8, 8192, 5, 120, true, 1795],
  ["MPT-13B", "a100", 8, 4096, 10, 240, true, 2060],
  ["MPT-13B", "a100", 8, 2048, 2, 48, false, 2262],
  ["MPT-7B", "a100", 8, 8192, 8, 128, true, 3206],
  ["MPT-7B", "a100", 8, 4096, 16, 256, true, 3684],
  ["MPT-7B", "a100", 8, 2048, 6, 96, false, 4641],
  ["MPT-3B", "a100", 8, 8192, 3, 144, false, 7695],
  ["MPT-3B", "a100", 8, 4096, 5, 240, false, 9457],
  ["MPT-3B", "a100", 8, 2048, 10, 160, false, 10811],
  ["MPT-1B", "a100", 8, 8192, 3, 96, false, 13814],
  ["MPT-1B", "a100", 8, 4096, 7, 224, false, 17807],
  ["MPT-1B", "a100", 8, 2048, 14, 448, false, 20513],
];

const H100 = { machine: "DGX H100", gpu: "H100 SXM5-80GB" } as const;
const A100 = { machine: "DGX A100", gpu: "A100 SXM4-80GB" } as const;

/** The rows that the two efficiencies of the model were fitted to. */
export const FITTED_RUNS: readonly PublishedTraining[] = MPT_ROWS.map(
  ([model, gpu, gpus, sequence, microBatch, globalBatch, recomputes, tokensPerGpuS]) => ({
    model,
    ...(gpu === "h100" ? H100 : A100),
    gpus,
    tokensPerGpuS,
    parallelism: {
      data: gpus,
      sequence,
      microBatch,
      globalBatch,
      zeroStage: 3,
      recomputation: recomputes ? "full" : "none",
    },
  }),
);

/** Published runs that nothing was fitted to, by source. */
export const HELD_OUT_RUNS: Readonly<Record<string, readonly PublishedTraining[]>> = {
  "The Llama 3 Herd of Models, arXiv 2407.21783, table 4": [64, 128].map((data) => ({
    model: "Llama-3-405B",
    ...H100,
    gpus: 128 * data,
    modelTeraflops: data === 64 ? 430 : 400,
    assumed: "4 virtual stages",
    parallelism: {
      tensor: 8,
      pipeline: 16,
      data,
      virtualStages: 4,
      sequence: 8192,
      globalBatch: 2048,
      zeroStage: 1,
    },
  })),
  "Narayanan et al., SC 2021 (arXiv 2104.04473), tables 1 and 2": [
    ...[4, 16].map((data) => ({
      model: "GPT-3-175B",
      ...A100,
      gpus: 96 * data,
      hardwareTeraflops: data === 4 ? 153 : 141,
      assumed: "no virtual stages",
      parallelism: {
        tensor: 8,
        pipeline: 12,
        data,
        sequence: 2048,
        globalBatch: 1536,
        recomputation: "full",
        flashAttention: false,
        sequenceParallel: false,
      } satisfies Partial<Parallelism>,
    })),
  ],
  "NVIDIA/NeMo@070a0bb docs/source/performance/performance_summary.md (24.07, fp8)": [
    nemo("GPT-3-175B", 128, 726, { tensor: 4, pipeline: 8, virtualStages: 6, globalBatch: 256 }),
    nemo("GPT-3-175B", 512, 782, {
      tensor: 4,
      pipeline: 8,
      virtualStages: 6,
      globalBatch: 2048,
      microBatch: 2,
    }),
    nemo("Llama-2-7B", 8, 16847, { globalBatch: 128, sequence: 4096 }),
    nemo("Llama-2-13B", 16, 8646, {
      pipeline: 4,
      virtualStages: 10,
      globalBatch: 128,
      sequence: 4096,
    }),
    nemo("Llama-2-70B", 64, 1707, {
      tensor: 4,
      pipeline: 4,
      virtualStages: 20,
      globalBatch: 128,
      sequence: 4096,
    }),
  ],
};

function nemo(
  model: string,
  gpus: number,
  tokensPerGpuS: number,
  parallelism: Partial<Parallelism>,
): PublishedTraining {
  const { tensor = 1, pipeline = 1 } = parallelism;
  return {
    model,
    ...H100,
    gpus,
    precision: "fp8",
    tokensPerGpuS,
    assumed: "optimizer state shared, no recomputation",
    parallelism: {
      sequence: 2048,
      ...parallelism,
      data: gpus / (tensor * pipeline),
      zeroStage: 1,
    },
  };
}
