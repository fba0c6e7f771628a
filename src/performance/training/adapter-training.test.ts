import { describe, expect, test } from "vitest";

import { collectiveTimeS } from "../collectives/collective-time.js";
import { gpuRatesOf } from "../compute/gpu-rates.js";
import { findGpu } from "../../hardware/find-gpu.js";
import { nodeTopologyOf } from "../../hardware/topology.js";
import { adapterParameters, adapterTraining, trainedShare } from "./adapter-training.js";
import { findTrainingModel } from "./model-presets.js";
import { parallelismFaults, type Parallelism } from "./parallelism.js";
import { trainingMemory } from "./training-memory.js";
import { countParameters, modelFlops, type TrainingModel } from "./training-model.js";
import { trainingThroughput } from "./training-step.js";

const ONE: Parallelism = {
  tensor: 1,
  pipeline: 1,
  data: 1,
  expert: 1,
  virtualStages: 1,
  microBatch: 1,
  globalBatch: 16,
  sequence: 512,
  zeroStage: 0,
  recomputation: "full",
  flashAttention: true,
  sequenceParallel: false,
};
const LLAMA_8B = findTrainingModel("Llama-3-8B")!;
/** LLaMA-65B, arXiv 2302.13971, table 2. */
const LLAMA_65B: TrainingModel = {
  ...findTrainingModel("Llama-2-70B")!,
  name: "LLaMA-65B",
  keyValueHeads: 64,
  feedForward: 22016,
  sequence: 2048,
};

function timed(parallelism: Parallelism, model = LLAMA_8B) {
  const found = findGpu("H100 SXM");
  if (found.kind !== "found") throw new Error("the catalogue has the H100");
  const { gpu } = found;
  const topology = nodeTopologyOf("DGX H100")!;
  const gpus = Array.from({ length: parallelism.tensor * parallelism.data }, (_, index) => index);
  return trainingThroughput({
    model,
    parallelism,
    gpu: gpuRatesOf(gpu),
    placement: { nodes: [{ gpu, topology, gpus }] },
    timer: collectiveTimeS,
  });
}

describe("adapters", () => {
  test("parameters: Llama-3-8B with rank 16 on every matrix has 41.9 million, as PEFT counts", () => {
    // 32 layers: q, o 2·16·8192; k, v 2·16·5120; gate, up, down 3·16·18432.
    const { layerShared, layerFeedForward } = adapterParameters(LLAMA_8B, 16);
    expect(32 * (layerShared + layerFeedForward)).toBe(41_943_040);
    expect(trainedShare(LLAMA_8B, adapterTraining("lora", 16))).toBeCloseTo(0.0052, 4);
  });

  test("QLoRA: 65 billion parameters fit a GPU of 48 GB, where full training needs more than 780 GB", () => {
    // Dettmers et al., arXiv 2305.14314, abstract; its adapters of rank 64 need paged optimizer states for it.
    const qlora = { ...ONE, adapter: adapterTraining("qlora", 16) };
    expect(countParameters(LLAMA_65B).total / 1e9).toBeCloseTo(65.3, 1);
    expect(trainingMemory(LLAMA_65B, qlora).totalBytes).toBeLessThan(48e9);
    expect(trainingMemory(LLAMA_65B, ONE).totalBytes).toBeGreaterThan(780e9);
  });

  test("memory: frozen weights by their format, states of the adapters only", () => {
    const lora = trainingMemory(LLAMA_8B, { ...ONE, adapter: adapterTraining("lora") });
    const qlora = trainingMemory(LLAMA_8B, { ...ONE, adapter: adapterTraining("qlora") });
    const { total } = countParameters(LLAMA_8B);
    expect(lora.parametersBytes).toBe(2 * total + 2 * 41_943_040);
    expect(lora.optimizerBytes).toBe(12 * 41_943_040);
    expect(qlora.optimizerBytes).toBe(lora.optimizerBytes);
    expect(qlora.parametersBytes / lora.parametersBytes).toBeGreaterThan(0.3);
    expect(qlora.parametersBytes / lora.parametersBytes).toBeLessThan(0.45);
    const shared = {
      ...ONE,
      data: 8,
      globalBatch: 128,
      zeroStage: 3 as const,
      adapter: adapterTraining("lora"),
    };
    expect(trainingMemory(LLAMA_8B, shared).parametersBytes).toBeLessThan(lora.parametersBytes / 3);
  });

  test("speed: adapters are faster than everything, unpacking costs, and neither beats two thirds of the work", () => {
    const full = timed(ONE).tokensPerS;
    const lora = timed({ ...ONE, adapter: adapterTraining("lora") }).tokensPerS;
    const qlora = timed({ ...ONE, adapter: adapterTraining("qlora") }).tokensPerS;
    expect(lora).toBeGreaterThan(full * 1.15);
    expect(lora).toBeLessThan(full * 1.6);
    expect(qlora).toBeLessThan(lora);
    expect(modelFlops(LLAMA_8B, 512, 0)).toBeLessThan(modelFlops(LLAMA_8B, 512));
  });

  test("copies exchange the gradients of adapters only", () => {
    const copies = { ...ONE, data: 8, globalBatch: 128 };
    const full = timed(copies).step;
    const lora = timed({ ...copies, adapter: adapterTraining("lora") }).step;
    expect(lora.dataHiddenOrNotS).toBeLessThan(full.dataHiddenOrNotS / 20);
    const zero3 = timed({ ...copies, zeroStage: 3, adapter: adapterTraining("lora") }).step;
    expect(zero3.dataHiddenOrNotS).toBeGreaterThan(lora.dataHiddenOrNotS);
  });

  test.each([0, 1.5, 5000, Number.NaN])("rank %s is refused", (rank) => {
    const faults = parallelismFaults(LLAMA_8B, { ...ONE, adapter: { rank, weights: "bf16" } });
    expect(faults.map(({ field }) => field)).toEqual(["adapter"]);
  });
});
