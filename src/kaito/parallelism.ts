import { type GpuConfig } from "./gpu-config.js";
import { type ModelSpec } from "./model-spec.js";

/** How KAITO spreads a model over the GPUs it was given. */
export interface Parallelism {
  readonly dataParallel: number;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  /** Share of host memory for cache that leaves the GPU (LMCache). */
  readonly cpuCacheShare: number;
  /** `--gpu-memory-utilization` of vLLM. */
  readonly gpuMemoryUtilization: number;
}

/** Families whose cache KAITO does not offload to host memory. */
const NO_OFFLOAD = /^(NemotronH|Gemma4|Qwen3_5|DeepseekV4|DeepseekV32|GptOss)/;

/**
 * vLLM's parallelism as KAITO v0.12.0 sets it (pkg/model/interface.go configureParallelism): copies on one
 * node when the weights take less than half a GPU, else tensor parallel over all GPUs of a node, and a
 * pipeline over nodes. Heads are not asked whether they divide.
 */
export function parallelismOf(model: ModelSpec, gpu: GpuConfig, nodes: number): Parallelism {
  const { gpus, memoryGi, gpuModel, migProfile } = gpu;
  const isCopied = nodes === 1 && gpus > 1 && model.weightsGi * gpus * 2 < memoryGi;
  const keepsCacheOnGpu =
    isCopied || nodes > 1 || migProfile !== undefined || NO_OFFLOAD.test(model.architecture);
  return {
    dataParallel: isCopied ? gpus : 1,
    tensorParallel: isCopied ? 1 : gpus,
    pipelineParallel: nodes,
    cpuCacheShare: keepsCacheOnGpu ? 0 : 0.5,
    // The estimator reckons with 0.84 on every GPU; what is then started on an A10 has 0.82.
    gpuMemoryUtilization: gpuModel === "NVIDIA A10" ? 0.82 : 0.84,
  };
}

/** The arguments of vLLM that depend on model and node; a ConfigMap's values come last and win. */
export function vllmArguments(
  model: ModelSpec,
  parallelism: Parallelism,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { dataParallel, tensorParallel, pipelineParallel } = parallelism;
  return {
    dtype: model.quantization === undefined ? "bfloat16" : "auto",
    port: "5000",
    "max-model-len": "auto",
    "gpu-memory-utilization": parallelism.gpuMemoryUtilization.toFixed(2),
    "tensor-parallel-size": String(tensorParallel),
    ...(dataParallel > 1 ? { "data-parallel-size": String(dataParallel) } : {}),
    ...(pipelineParallel > 1
      ? {
          "pipeline-parallel-size": String(pipelineParallel),
          "distributed-executor-backend": "ray",
        }
      : {}),
    "kaito-kv-cache-cpu-memory-utilization": String(parallelism.cpuCacheShare),
    ...given,
  };
}
