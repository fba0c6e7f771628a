import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { CONTEXT_DEFAULT_TOKENS, findEstimator, NODE_ESTIMATORS } from "./estimators.js";
import { findModel } from "./find-model.js";
import {
  type GpuConfig,
  gpuConfigOfAccelerators,
  gpuConfigOfMig,
  gpuConfigOfNodes,
  MIG_PROFILES,
} from "./gpu-config.js";
import { findGpuSku, GPU_SKUS } from "./gpu-skus.js";
import type { ModelSpec } from "./model-spec.js";
import { MODEL_CATALOGUE } from "./model-catalogue.js";

const v0120 = findEstimator("v0.12.0")!;

function catalogueModel(name: string): ModelSpec {
  const found = findModel(name);
  if (found.kind !== "found") throw new Error(`${name} is not in the catalogue`);
  return found.model;
}

/** A model of a given weight and cache, like those of KAITO's own tests. */
function testModel(weightsGi: number, bytesPerToken: number): ModelSpec {
  return {
    name: "test",
    architecture: "LlamaForCausalLM",
    weightsGi,
    tokenLimit: 131_072,
    layers: 1,
    hiddenSize: 1,
    heads: 1,
    kvHeads: 1,
    // Two bytes for one layer: the elements of a token are half its bytes.
    kvLoraRank: bytesPerToken / 2,
    qkRopeHeadDim: 0,
  };
}

function nodesOf(model: ModelSpec | undefined, gpu: GpuConfig | undefined, count?: number): number {
  return v0120.estimate({ model, gpu, countRequested: count, contextTokens: undefined }).nodes;
}

describe("v0.12.0 on KAITO's own cases", () => {
  const small = testModel(8, 0);
  const falcon: ModelSpec = { ...testModel(13.44, 8192), isDistributable: false };
  const coder = testModel(62.5, 163_840);
  const azure = (name: string): GpuConfig => findGpuSku(`Standard_${name}`)!;

  test.each([
    ["no preset takes the count", undefined, undefined, 3, 3],
    ["no preset and no count", undefined, undefined, undefined, 1],
    ["the count is ignored with a preset", small, azure("NC96ads_A100_v4"), 4, 1],
    ["8 GiB on an A10", small, azure("NV36ads_A10_v5"), undefined, 1],
    ["13.44 GiB on an A10", falcon, azure("NV36ads_A10_v5"), 3, 1],
    ["13.44 GiB on an A100", falcon, azure("NC24ads_A100_v4"), 4, 1],
    ["62.5 GiB on an A100", coder, azure("NC24ads_A100_v4"), 3, 2],
    ["8 GiB on MIG 2g.24gb", small, gpuConfigOfMig("2g.24gb"), 1, 1],
    ["8 GiB on MIG 3g.47gb", small, gpuConfigOfMig("3g.47gb"), 1, 1],
  ])("%s", (_what, model, gpu, count, nodes) => {
    expect(nodesOf(model, gpu, count)).toBe(nodes);
  });

  test("a long context on MIG 1g.24gb", () => {
    const gpu = gpuConfigOfMig("1g.24gb");
    const input = { model: small, gpu, countRequested: 1, contextTokens: 131_072 };
    expect(v0120.estimate(input).nodes).toBe(1);
  });

  test("nodes one brings: 4 × 81920 MiB", () => {
    const labels = {
      "nvidia.com/gpu.product": "Tesla-A100-SXM4-80GB",
      "nvidia.com/gpu.count": "4",
      "nvidia.com/gpu.memory": "81920",
    };
    expect(gpuConfigOfNodes([labels])).toMatchObject({ gpus: 4, memoryGi: 320 });
    expect(nodesOf(small, gpuConfigOfNodes([labels]))).toBe(1);
    const other = { ...labels, "nvidia.com/gpu.count": "8" };
    expect(() => gpuConfigOfNodes([labels, other])).toThrow("Non-uniform GPU count: 4, 8");
  });

  test.each([
    ["no nodes", () => gpuConfigOfNodes([]), /no ready nodes found, unable to determine GPU/],
    ["no labels", () => gpuConfigOfNodes([{}]), /failed to get GPU config from existing nodes/],
    ["an unknown profile", () => gpuConfigOfMig("bogus"), /failed to get MIG GPU config/],
    ["too small a profile", () => nodesOf(small, gpuConfigOfMig("1g.10gb")), /only provides 10GB/],
    ["a cache that fills the GPU", () => nodesOf(small, gpuConfigOfMig("1g.5gb")), /only provides/],
    [
      "no room at all",
      () =>
        v0120.estimate({
          model: coder,
          gpu: azure("NV36ads_A10_v5"),
          countRequested: undefined,
          contextTokens: 131_072,
        }),
      /^GPU memory 25769803776 bytes is too small, needs at least 22.3 GB overhead \(base: 2.3 GB, KV Cache: 20.0 GB\)$/,
    ],
    [
      "two nodes for a model that cannot be spread",
      () => nodesOf({ ...falcon, weightsGi: 100 }, azure("NC24ads_A100_v4")),
      /cannot be distributed across more than 1 GPU node/,
    ],
  ])("%s is refused in KAITO's words", (_what, attempt, message) => {
    expect(attempt).toThrow(message);
  });

  test("part of a node's GPUs", () => {
    const node = azure("ND96amsr_A100_v4");
    expect(gpuConfigOfAccelerators(node, 2)).toMatchObject({ gpus: 2, memoryGi: 160 });
    expect(gpuConfigOfAccelerators(node, 8)).toMatchObject({ gpus: 8, memoryGi: 640 });
    expect(() => gpuConfigOfAccelerators(node, 9)).toThrow(/exceeds GPUs available/);
  });
});

test("v0.12.0 over the catalogue: the table of the fact sheet", () => {
  const skus = [
    "NV36ads_A10_v5",
    "NC24ads_A100_v4",
    "NC48ads_A100_v4",
    "NC96ads_A100_v4",
    "ND96asr_A100_v4",
    "NC40ads_H100_v5",
    "NC80adis_H100_v5",
    "ND96isr_H100_v5",
    "ND96isr_H200_v5",
  ].map((name) => findGpuSku(`Standard_${name}`)!);
  const rows = [
    "llama-3.1-8b-instruct",
    "phi-4",
    "gpt-oss-20b",
    "qwen2.5-coder-32b-instruct",
    "llama-3.3-70b-instruct",
    "gpt-oss-120b",
    "deepseek-r1-0528",
  ].map((name) => [name, ...skus.map((sku) => nodesOf(catalogueModel(name), sku))]);
  expect(rows).toEqual([
    ["llama-3.1-8b-instruct", 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ["phi-4", 2, 1, 1, 1, 1, 1, 1, 1, 1],
    ["gpt-oss-20b", 2, 1, 1, 1, 1, 1, 1, 1, 1],
    ["qwen2.5-coder-32b-instruct", 4, 2, 1, 1, 1, 1, 1, 1, 1],
    ["llama-3.3-70b-instruct", 9, 3, 2, 1, 1, 2, 1, 1, 1],
    ["gpt-oss-120b", 8, 3, 2, 1, 1, 2, 1, 1, 1],
    ["deepseek-r1-0528", 39, 11, 6, 3, 3, 9, 5, 2, 1],
  ]);
});

test("main-2026-08-26 needs one node where v0.12.0 needs two: gpt-oss-120b on two A100", () => {
  const gpu = findGpuSku("Standard_NC48ads_A100_v4");
  const model = catalogueModel("gpt-oss-120b");
  const input = { model, gpu, countRequested: undefined, contextTokens: undefined };
  expect(v0120.estimate(input).nodes).toBe(2);
  expect(findEstimator("main-2026-08-26")!.estimate(input).nodes).toBe(1);
});

test("rules that took the count: refused without room for the weights, or never more than asked", () => {
  const model = MODEL_CATALOGUE.find(({ name }) => name === "meta-llama/Llama-3.3-70B-Instruct")!;
  const gpu = GPU_SKUS.find(({ name }) => name === "Standard_NC24ads_A100_v4")!;
  const ask = (id: string, countRequested: number | undefined): number =>
    findEstimator(id)!.estimate({ model, gpu, countRequested, contextTokens: undefined }).nodes;
  expect(ask("azure-kaito-2024-12", 2)).toBe(2);
  expect(() => ask("azure-kaito-2024-12", 1)).toThrow(
    "Insufficient total GPU memory: Instance type Standard_NC24ads_A100_v4 has a total of 80Gi, but preset meta-llama/Llama-3.3-70B-Instruct requires at least 131.42Gi",
  );
  expect([undefined, 1, 2, 5].map((count) => ask("sku-based-2025-08", count))).toEqual([
    2, 1, 2, 2,
  ]);
});

test("property: every rule gives GPUs that hold the weights, and more context never needs fewer nodes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...MODEL_CATALOGUE),
      fc.constantFrom(...GPU_SKUS),
      fc.constantFrom(...NODE_ESTIMATORS),
      fc.integer({ min: 1, max: 100_000 }),
      (model, gpu, estimator, contextTokens) => {
        const ask = (tokens: number): number => {
          try {
            const input = { model, gpu, countRequested: 1, contextTokens: tokens };
            return estimator.estimate(input).nodes;
          } catch {
            return Infinity;
          }
        };
        const nodes = ask(contextTokens);
        expect(ask(contextTokens + CONTEXT_DEFAULT_TOKENS)).toBeGreaterThanOrEqual(nodes);
        // This one never goes beyond the count that was asked for.
        if (estimator.id !== "sku-based-2025-08")
          expect(nodes * gpu.memoryGi).toBeGreaterThanOrEqual(model.weightsGi * 0.95);
      },
    ),
  );
});

test("KAITO knows 35 MIG profiles", () => {
  expect(new Set(MIG_PROFILES).size).toBe(35);
});
