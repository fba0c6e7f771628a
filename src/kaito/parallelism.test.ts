import { describe, expect, test } from "vitest";

import { findModel } from "./find-model.js";
import { type GpuConfig, gpuConfigOfMig } from "./gpu-config.js";
import { findGpuSku } from "./gpu-skus.js";
import type { ModelSpec } from "./model-spec.js";
import { parallelismOf, vllmArguments } from "./parallelism.js";

const base: ModelSpec = {
  name: "test/model",
  architecture: "LlamaForCausalLM",
  weightsGi: 8,
  tokenLimit: 4096,
  layers: 1,
  hiddenSize: 1,
  heads: 1,
  kvHeads: 1,
};
const node = (gpus: number, memoryGi: number): GpuConfig => ({
  name: "node",
  gpus,
  memoryGi,
  gpuModel: "NVIDIA A100",
});

describe("parallelism on KAITO's own cases", () => {
  test.each([
    ["8 GiB on 4 of 80: a copy per GPU", 8, node(4, 320), 1, [4, 1, 1, 0]],
    ["20 GiB on 4 of 40: exactly half is not less than half", 20, node(4, 160), 1, [1, 4, 1, 0.5]],
    ["64 GiB on 4 of 80", 64, node(4, 320), 1, [1, 4, 1, 0.5]],
    ["256 GiB on two nodes", 256, node(4, 320), 2, [1, 4, 2, 0]],
    ["8 GiB on two nodes: no copies across nodes", 8, node(4, 320), 2, [1, 4, 2, 0]],
    ["a MIG instance", 8, gpuConfigOfMig("3g.40gb"), 1, [1, 1, 1, 0]],
  ])("%s", (_what, weightsGi, gpu, nodes, expected) => {
    const found = parallelismOf({ ...base, weightsGi }, gpu, nodes);
    expect([
      found.dataParallel,
      found.tensorParallel,
      found.pipelineParallel,
      found.cpuCacheShare,
    ]).toEqual(expected);
  });

  test("gpt-oss keeps its cache on the GPU; an A10 runs with 0.82 though 0.84 was reckoned with", () => {
    const found = findModel("gpt-oss-20b");
    if (found.kind !== "found") throw new Error("gpt-oss-20b is in the catalogue");
    const a10 = findGpuSku("Standard_NV72ads_A10_v5")!;
    expect(parallelismOf(found.model, a10, 1)).toMatchObject({
      cpuCacheShare: 0,
      gpuMemoryUtilization: 0.82,
    });
  });
});

test("arguments: what the ConfigMap says wins", () => {
  const parallelism = parallelismOf({ ...base, weightsGi: 256 }, node(4, 320), 2);
  expect(vllmArguments(base, parallelism, { "max-model-len": "8192" })).toEqual({
    dtype: "bfloat16",
    port: "5000",
    "max-model-len": "8192",
    "gpu-memory-utilization": "0.84",
    "tensor-parallel-size": "4",
    "pipeline-parallel-size": "2",
    "distributed-executor-backend": "ray",
    "kaito-kv-cache-cpu-memory-utilization": "0",
  });
  const quantized = vllmArguments({ ...base, quantization: "fp8" }, parallelism, {});
  expect(quantized["dtype"]).toBe("auto");
});
