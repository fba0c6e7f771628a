import { findGpu } from "../../../hardware/find-gpu.js";
import { nodeTopologyOf } from "../../../hardware/topology.js";
import { collectiveTimeS } from "../../../performance/collectives/collective-time.js";
import { gpuRatesOf } from "../../../performance/compute/gpu-rates.js";
import { findTrainingModel } from "../../../performance/training/model-presets.js";
import type { Parallelism } from "../../../performance/training/parallelism.js";
import { trainingMemory } from "../../../performance/training/training-memory.js";
import { trainingThroughput } from "../../../performance/training/training-step.js";
import type { Check } from "../check.js";
import { FITTED_RUNS, HELD_OUT_RUNS, type PublishedTraining } from "./published-training.js";

const TOPIC = "hardware";
const FITTED_SOURCE = "mosaicml/llm-foundry@061f2c7 scripts/train/benchmarking/README.md";

const PLAIN: Parallelism = {
  tensor: 1,
  pipeline: 1,
  data: 1,
  expert: 1,
  virtualStages: 1,
  microBatch: 1,
  globalBatch: 1,
  sequence: 2048,
  zeroStage: 0,
  recomputation: "none",
  flashAttention: true,
  sequenceParallel: true,
};

/** Throughput and memory of the training model against published runs; reported without a bar. */
export function trainingChecks(): readonly Check[] {
  const fitted = FITTED_RUNS.map(evaluate);
  const heldOut = Object.entries(HELD_OUT_RUNS).flatMap(([source, runs]) =>
    runs.map((run, index) => rowOf(run, source, index)),
  );
  return [...heldOut, ...summaryRows(fitted), ...memoryRows(fitted)];
}

interface Evaluated {
  readonly run: PublishedTraining;
  /** Computed figure over the published one. */
  readonly ratio: number;
  readonly published: number;
  readonly computed: number;
  readonly unit: string;
  readonly memoryBytes: number;
  readonly availableBytes: number;
}

function evaluate(run: PublishedTraining): Evaluated {
  const model = findTrainingModel(run.model)!;
  const found = findGpu(run.gpu);
  const topology = nodeTopologyOf(run.machine);
  if (found.kind !== "found" || topology === undefined)
    throw new Error(`training checks: ${run.machine} with ${run.gpu} is not in the catalogue`);
  const { gpu } = found;
  const parallelism: Parallelism = { ...PLAIN, ...run.parallelism };
  const rates = gpuRatesOf(gpu, run.precision);
  const nodes = Array.from({ length: run.gpus / topology.gpuCount }, () => ({
    gpu,
    topology,
    gpus: Array.from({ length: topology.gpuCount }, (_, index) => index),
  }));
  const throughput = trainingThroughput({
    model,
    parallelism,
    gpu: rates,
    placement: { nodes },
    timer: collectiveTimeS,
  });
  const [published, computed, unit] = figureOf(run, throughput);
  return {
    run,
    published,
    computed,
    unit,
    ratio: computed / published,
    memoryBytes: trainingMemory(model, parallelism).totalBytes,
    // What the driver of an 80 GB card reports: 81 559 MiB (H100), 81 920 (A100).
    availableBytes: 81_559 * 1_048_576,
  };
}

function figureOf(
  run: PublishedTraining,
  throughput: ReturnType<typeof trainingThroughput>,
): readonly [published: number, computed: number, unit: string] {
  if (run.modelTeraflops !== undefined)
    return [run.modelTeraflops, throughput.modelFlopPerGpuS / 1e12, "TFLOP/s per GPU"];
  if (run.hardwareTeraflops !== undefined) {
    const perToken = hardwareFlopsPerToken(run);
    return [run.hardwareTeraflops, (throughput.tokensPerGpuS * perToken) / 1e12, "TFLOP/s per GPU"];
  }
  return [run.tokensPerGpuS!, throughput.tokensPerGpuS, "tokens/s per GPU"];
}

/** `96 l h² (1 + s / 6h + V / 16 l h)` per token, recomputation counted, with the paper's vocabulary of 51 200. */
function hardwareFlopsPerToken({ model, parallelism }: PublishedTraining): number {
  const { layers, hidden } = findTrainingModel(model)!;
  const sequence = parallelism.sequence ?? 2048;
  const factor = 1 + sequence / (6 * hidden) + 51_200 / (16 * layers * hidden);
  return 96 * layers * hidden * hidden * factor;
}

function rowOf(run: PublishedTraining, source: string, index: number): Check {
  const { published, computed, unit, ratio } = evaluate(run);
  const { tensor = 1, pipeline = 1, data = 1 } = run.parallelism;
  const assumed = run.assumed === undefined ? "" : `; ${run.assumed} assumed`;
  return {
    id: `hardware/training/${run.model}-${run.gpus}-${index}`,
    topic: TOPIC,
    group: "training throughput of runs that nothing was fitted to",
    what: `${run.model} on ${run.gpus} ${run.gpu}, tp=${tensor},pp=${pipeline},dp=${data}${run.precision === undefined ? "" : ", fp8"}: ${unit}${assumed}`,
    source,
    expected: published,
    actual: Number(computed.toPrecision(4)),
    error: Number((100 * Math.abs(ratio - 1)).toPrecision(3)),
    unit: "%",
    bar: null,
    pass: null,
  };
}

/** How well the two fitted numbers describe the 43 rows they were fitted to. */
function summaryRows(fitted: readonly Evaluated[]): readonly Check[] {
  const errors = fitted.map(({ ratio }) => 100 * Math.abs(ratio - 1)).sort((a, b) => a - b);
  const at = (share: number): number => errors[Math.ceil(share * errors.length) - 1]!;
  return [
    ["median", at(0.5)] as const,
    ["90 % of the rows at most", at(0.9)] as const,
    ["largest", errors.at(-1)!] as const,
  ].map(([name, error]) => ({
    id: `hardware/training/fitted-${name.split(" ")[0]!}`,
    topic: TOPIC,
    group: "training throughput of the rows that two numbers were fitted to",
    what: `tokens/s per GPU of ${fitted.length} MPT runs on 8 to 64 A100 and H100: ${name} error`,
    source: FITTED_SOURCE,
    expected: "the table",
    actual: Number(error.toPrecision(3)),
    error: Number(error.toPrecision(3)),
    unit: "%",
    bar: null,
    pass: null,
  }));
}

/** Runs that were made must fit by the memory model. */
function memoryRows(fitted: readonly Evaluated[]): readonly Check[] {
  const fitting = fitted.filter(({ memoryBytes, availableBytes }) => memoryBytes <= availableBytes);
  const most = Math.max(
    ...fitted.map(({ memoryBytes, availableBytes }) => memoryBytes / availableBytes),
  );
  return [
    {
      id: "hardware/training/memory",
      topic: TOPIC,
      group: "training memory of runs that were made",
      what: `MPT runs on 80 GB cards that the memory model says fit; the fullest takes ${Math.round(100 * most)} % of a card`,
      source: FITTED_SOURCE,
      expected: fitted.length,
      actual: fitting.length,
      error: fitted.length - fitting.length,
      unit: "runs",
      bar: null,
      pass: null,
    },
  ];
}
