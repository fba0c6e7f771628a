// The step against cases that can be done by hand: a timer that charges a fixed time or one rate.
import { describe, expect, test } from "vitest";

import type { NodeTopology } from "../../hardware/topology.js";
import type { CollectiveNode, CollectiveQuestion, CollectiveTimer } from "../collectives/types.js";
import type { GpuRates } from "../compute/gpu-rates.js";
import { findTrainingModel } from "./model-presets.js";
import type { Parallelism } from "./parallelism.js";
import { rankGroups } from "./rank-groups.js";
import { trainingThroughput } from "./training-step.js";
import { modelFlops } from "./training-model.js";

const given = <Value>(value: Value) => ({ value, provenance: "given" as const, source: "test" });
const GPU: GpuRates = {
  name: "test",
  memoryBytes: given(80e9),
  peakFlopPerS: given(1e15),
  bf16FlopPerS: given(1e15),
  matmulFlopPerS: given(1e15),
  streamBytesPerS: given(1e30),
};
const TOPOLOGY: NodeTopology = {
  gpuCount: 8,
  nics: Array.from({ length: 8 }, () => ({ link: "test", bytesPerS: 50e9 })),
  provenance: "given",
  sources: [],
};
const MODEL = findTrainingModel("gpt3")!;
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

function nodes(count: number, gpusPerNode = 8): CollectiveNode[] {
  const gpu = { name: "test" };
  return Array.from({ length: count }, () => ({
    gpu,
    topology: TOPOLOGY,
    gpus: Array.from({ length: gpusPerNode }, (_, index) => index),
  }));
}

/** Every collective takes the same time, and is remembered. */
function fixedTimer(seconds: number): { timer: CollectiveTimer; asked: CollectiveQuestion[] } {
  const asked: CollectiveQuestion[] = [];
  return {
    asked,
    timer: (question) => {
      asked.push(question);
      return { seconds, method: "nccl-model", extrapolated: false, source: "test" };
    },
  };
}

function estimate(parallelism: Parallelism, placement: CollectiveNode[], timer: CollectiveTimer) {
  return trainingThroughput({
    model: MODEL,
    parallelism,
    gpu: GPU,
    placement: { nodes: placement },
    timer,
    kernelShare: 1,
    hiddenShare: 1,
  });
}

describe("trainingThroughput", () => {
  test("alone on one GPU with endless bandwidth runs at the rate of multiplications", () => {
    const { step, mfu, tokensPerS } = estimate(PLAIN, nodes(1, 1), fixedTimer(9).timer);
    expect(step.totalS).toBeCloseTo(modelFlops(MODEL, 2048) / 1e15, 9);
    expect(mfu).toBeCloseTo(1, 9);
    expect(tokensPerS).toBeCloseTo(2048 / step.totalS, 9);
  });

  test("full recomputation costs one more pass through the layers, which MFU does not count", () => {
    const { mfu } = estimate({ ...PLAIN, recomputation: "full" }, nodes(1, 1), fixedTimer(0).timer);
    expect(mfu).toBeGreaterThan(0.75);
    expect(mfu).toBeLessThan(0.752); // the output is not computed again
  });

  test("the bubble of 1F1B is (p - 1) / m of the rest, of the interleaved schedule 1 / v of that", () => {
    const pipelined = { ...PLAIN, pipeline: 8, globalBatch: 32 };
    const { step } = estimate(pipelined, nodes(1), fixedTimer(0).timer);
    expect(step.bubbleS / (step.matmulS + step.elementwiseS)).toBeCloseTo(7 / 32, 9);
    const interleaved = estimate({ ...pipelined, virtualStages: 3 }, nodes(1), fixedTimer(0).timer);
    expect(interleaved.step.bubbleS).toBeCloseTo(step.bubbleS / 3, 12);
  });

  test("a tensor group waits four times per layer and micro-batch, six with full recomputation", () => {
    const parallelism = { ...PLAIN, tensor: 8, globalBatch: 5 };
    const { step } = estimate(parallelism, nodes(1), fixedTimer(1e-3).timer);
    expect(step.tensorS).toBeCloseTo(5 * 96 * 4 * 1e-3, 9);
    const again = estimate(
      { ...parallelism, recomputation: "full" },
      nodes(1),
      fixedTimer(1e-3).timer,
    );
    expect(again.step.tensorS).toBeCloseTo(5 * 96 * 6 * 1e-3, 9);
  });

  test("gradients hide behind the last backward pass, but for the last layer's", () => {
    const parallelism = { ...PLAIN, data: 8, globalBatch: 8 };
    const short = estimate(parallelism, nodes(1), fixedTimer(0.096).timer);
    expect(short.step.dataS).toBeCloseTo(0.001, 12);
    expect(short.step.dataHiddenOrNotS).toBe(0.096);
    const backwardS = (short.step.matmulS * 2) / 3;
    const long = estimate(parallelism, nodes(1), fixedTimer(backwardS + 1).timer);
    expect(long.step.dataS).toBeCloseTo(1, 9);
  });

  test("what computing hides only in part waits for the rest", () => {
    const question = {
      model: MODEL,
      parallelism: { ...PLAIN, data: 8, globalBatch: 8 },
      gpu: GPU,
      placement: { nodes: nodes(1) },
      timer: fixedTimer(0.1).timer,
    };
    expect(trainingThroughput({ ...question, hiddenShare: 0.25 }).step.dataS).toBeCloseTo(
      0.075,
      12,
    );
    expect(trainingThroughput({ ...question, hiddenShare: 0 }).step.dataS).toBeCloseTo(0.1, 12);
  });

  test("the bytes asked for are those of the model: 2 s b h in tensor groups, 2 per parameter among copies", () => {
    const { timer, asked } = fixedTimer(0);
    estimate({ ...PLAIN, tensor: 8, data: 2, globalBatch: 2 }, nodes(2), timer);
    const bytes = (op: string): number[] =>
      asked.filter((one) => one.op === op).map((one) => one.bytes);
    expect(bytes("all-reduce")[0]).toBe(2 * 2048 * 12288);
    expect(asked.at(-1)!.bytes / 2 / (174.6e9 / 8)).toBeCloseTo(1, 2);
    // One GPU per node and tensor rank, each with an adapter of its own.
    expect(asked.at(-1)!.nodes.map(({ gpus }) => gpus.length)).toEqual([1, 1]);
    expect(asked.at(-1)!.networkShare).toBe(1);
  });

  test("eight groups that share four adapters have half of one each", () => {
    const { timer, asked } = fixedTimer(0);
    const placement = nodes(2).map((node) => ({
      ...node,
      topology: { ...TOPOLOGY, nics: TOPOLOGY.nics!.slice(0, 4) },
    }));
    estimate({ ...PLAIN, tensor: 8, data: 2, globalBatch: 2 }, placement, timer);
    expect(asked.at(-1)!.networkShare).toBe(0.5);
  });

  test("a mixture exchanges tokens four times per layer, a dense model never", () => {
    const mixtral = findTrainingModel("mixtral")!;
    const { timer, asked } = fixedTimer(1e-3);
    const { step } = trainingThroughput({
      model: mixtral,
      parallelism: { ...PLAIN, data: 8, expert: 8, globalBatch: 8 },
      gpu: GPU,
      placement: { nodes: nodes(1) },
      timer,
    });
    expect(step.expertS).toBeCloseTo(32 * 4 * 1e-3, 12);
    const exchange = asked.find(({ op }) => op === "all-to-all");
    expect(exchange?.bytes).toBe(2 * 2 * 2048 * 4096);
  });

  test("the parts are the step, none of them negative", () => {
    const { step } = estimate(
      { ...PLAIN, tensor: 4, pipeline: 4, data: 2, globalBatch: 16, zeroStage: 1 },
      nodes(4),
      fixedTimer(1e-4).timer,
    );
    const { totalS, dataHiddenOrNotS, ...parts } = step;
    expect(Math.min(...Object.values(parts), dataHiddenOrNotS)).toBeGreaterThanOrEqual(0);
    expect(Object.values(parts).reduce((sum, one) => sum + one, 0)).toBeCloseTo(totalS, 12);
  });

  test("refuses a placement of another size", () => {
    expect(() => estimate({ ...PLAIN, tensor: 8 }, nodes(2), fixedTimer(0).timer)).toThrow(
      /needs 8 GPUs, the placement has 16/,
    );
  });
});

describe("rankGroups", () => {
  const spread = { ...PLAIN, tensor: 8, pipeline: 2, data: 4, globalBatch: 8 };
  test.each([
    ["tensor", 1, [8]],
    ["data", 8, [1, 1, 1, 1]],
    ["pipeline", 8, [1, 1]],
  ] as const)("%s groups of 8 nodes look %d ways", (kind, count, gpusPerNode) => {
    const groups = rankGroups(nodes(8), spread, kind);
    expect(groups).toHaveLength(count);
    expect(groups[0]!.nodes.map(({ gpus }) => gpus.length)).toEqual(gpusPerNode);
  });

  test("a tensor group that does not fit the nodes given spans two of them", () => {
    const [group] = rankGroups(
      nodes(4, 6),
      { ...PLAIN, tensor: 8, data: 3, globalBatch: 3 },
      "tensor",
    );
    expect(group!.nodes.map(({ gpus }) => gpus)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [0, 1],
    ]);
    expect(group!.adapterShare).toBeCloseTo(1 / 3, 12);
  });

  test("experts are shared among neighbouring copies, their gradients reduced across blocks", () => {
    const parallelism = { ...PLAIN, data: 16, expert: 8, globalBatch: 16 };
    expect(rankGroups(nodes(2), parallelism, "expert")[0]!.nodes).toHaveLength(1);
    expect(rankGroups(nodes(2), parallelism, "expert-data")[0]!.nodes).toHaveLength(2);
  });
});
