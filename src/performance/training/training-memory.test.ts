import { describe, expect, test } from "vitest";

import { findTrainingModel } from "./model-presets.js";
import { layersOfStages, parallelismFaults, type Parallelism } from "./parallelism.js";
import { layerActivations, RESERVED_BYTES, trainingMemory } from "./training-memory.js";
import { countParameters, type TrainingModel } from "./training-model.js";

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
  flashAttention: false,
  sequenceParallel: true,
};
const GPT3 = findTrainingModel("gpt3")!;
const LLAMA = findTrainingModel("llama3-405b")!;

describe("model states", () => {
  // Rajbhandari et al., SC 2020, figure 1: 7.5 billion parameters on 64 GPUs take 120, 31.4, 16.6 and 1.9 GB.
  const model: TrainingModel = {
    ...GPT3,
    hidden: 25_000,
    heads: 100,
    keyValueHeads: 100,
    feedForward: 100_000,
    layers: 1,
    vocabulary: 0,
    hasPositions: false,
  };
  const total = 12 * 25_000 * 25_000 + 3 * 25_000;
  test.each([
    [0, 120],
    [1, 31.4],
    [2, 16.6],
    [3, 1.9],
  ] as const)("ZeRO stage %d takes %d GB", (zeroStage, gigabytes) => {
    expect(countParameters(model).total).toBe(total);
    const memory = trainingMemory(model, { ...PLAIN, data: 64, globalBatch: 64, zeroStage });
    const gathered = zeroStage === 3 ? 4 * (total - 25_000) : 0;
    const states =
      memory.parametersBytes - gathered + memory.gradientsBytes + memory.optimizerBytes;
    expect(states / 1e9).toBeCloseTo(gigabytes, 1);
  });
});

describe("activations of a layer", () => {
  const unit = 2048 * 12288;
  test("of a GPT are s b h (34 + 5 a s / h)", () => {
    const { keptBytes } = layerActivations(GPT3, PLAIN);
    expect(keptBytes).toBeCloseTo(unit * (34 + (5 * 96 * 2048) / 12288), -1);
  });

  test("are divided by tensor and sequence parallelism, without the latter s b h (10 + 24 / t + …)", () => {
    const cut = { ...PLAIN, tensor: 8, flashAttention: true };
    expect(layerActivations(GPT3, cut).keptBytes).toBeCloseTo((unit * 34) / 8, -1);
    const whole = { ...cut, sequenceParallel: false };
    expect(layerActivations(GPT3, whole).keptBytes).toBeCloseTo(unit * (10 + 24 / 8), -1);
  });

  test("are 34 s b h with selective and 2 s b h with full recomputation", () => {
    const kept = (recomputation: Parallelism["recomputation"]): number =>
      layerActivations(GPT3, { ...PLAIN, recomputation }).keptBytes;
    expect(kept("selective")).toBeCloseTo(unit * 34, -1);
    expect(kept("full")).toBe(unit * 2);
  });
});

describe("the fullest GPU", () => {
  test("is of the first stage, which holds micro-batches of all stages", () => {
    const split = {
      ...PLAIN,
      tensor: 8,
      pipeline: 8,
      data: 2,
      globalBatch: 64,
      flashAttention: true,
    };
    const memory = trainingMemory(GPT3, split);
    expect(memory.stage).toBe(0);
    expect(memory.activationsBytes).toBeCloseTo((2048 * 12288 * 34 * 96) / 8, -1);
    expect(memory.reservedBytes).toBe(RESERVED_BYTES);
    // Korthikanti et al., equation 6 with 4.2.3: interleaving holds 1 + (p - 1) / (p v) as much.
    const interleaved = trainingMemory(GPT3, { ...split, virtualStages: 3 });
    expect(interleaved.activationsBytes / memory.activationsBytes).toBeCloseTo(1 + 7 / 24, 12);
  });

  test("Llama 3 405B fits 80 GB the way it was trained, and not without a pipeline", () => {
    const trained: Parallelism = {
      ...PLAIN,
      tensor: 8,
      pipeline: 16,
      data: 128,
      sequence: 8192,
      globalBatch: 2048,
      zeroStage: 1,
      flashAttention: true,
      recomputation: "full",
    };
    expect(trainingMemory(LLAMA, trained).totalBytes).toBeLessThan(80e9);
    const flat = { ...trained, pipeline: 1 };
    expect(trainingMemory(LLAMA, flat).totalBytes).toBeGreaterThan(80e9);
  });
});

describe("layersOfStages", () => {
  test.each([
    [96, 8, [12, 12, 12, 12, 12, 12, 12, 12]],
    [126, 16, [7, ...Array.from({ length: 14 }, () => 8), 7]],
    [10, 4, [2, 3, 3, 2]],
    [11, 4, [3, 3, 3, 2]],
    [5, 1, [5]],
  ])("%d layers on %d stages", (layers, pipeline, expected) => {
    expect(layersOfStages(layers, pipeline)).toEqual(expected);
  });
});

describe("parallelismFaults", () => {
  test("finds none in a sound parallelism", () => {
    expect(parallelismFaults(GPT3, { ...PLAIN, tensor: 8, pipeline: 12 })).toEqual([]);
  });

  test.each<[Partial<Parallelism>, RegExp]>([
    [{ tensor: 7 }, /tensor 7 does not divide the 96 attention heads of GPT-3-175B/],
    [{ pipeline: 97 }, /pipeline 97 × 1 virtual stages is more than the 96 layers/],
    [{ virtualStages: 2 }, /2 virtual stages need a pipeline/],
    [{ data: 3, globalBatch: 64 }, /64 sequences does not divide into 3 copies/],
    [{ expert: 2, data: 2, globalBatch: 2 }, /GPT-3-175B has no experts to share among 2/],
    [{ expert: 3, data: 2, globalBatch: 2 }, /expert 3 does not divide data 2/],
    [{ microBatch: 0.5 }, /microBatch must be a whole number >= 1, got 0.5/],
    [{ pipeline: 2, zeroStage: 3 }, /ZeRO stage 3 with pipeline 2/],
  ])("names the value of %j", (change, message) => {
    const faults = parallelismFaults(GPT3, { ...PLAIN, ...change });
    expect(faults.map((fault) => fault.message).join("\n")).toMatch(message);
  });
});
