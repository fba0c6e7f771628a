import { GIBIBYTE } from "../hardware/byte-units.js";
import { type GpuConfig, KaitoRefusal } from "./gpu-config.js";
import { bytesPerToken, type ModelSpec, weightBytes } from "./model-spec.js";

/** As Go prints GiB in KAITO's messages. */
const inGi = (bytes: number): number => bytes / GIBIBYTE;

/** Context KAITO reckons with when the ConfigMap names none. Tokens. */
export const CONTEXT_DEFAULT_TOKENS = 2048;

/** What an estimator decides from. */
export interface EstimatorInput {
  /** Undefined when the manifest names no preset: then its count is taken. */
  readonly model: ModelSpec | undefined;
  readonly gpu: GpuConfig | undefined;
  /** `resource.count`. */
  readonly countRequested: number | undefined;
  /** Explicit `max-model-len`; undefined where nothing is said. */
  readonly contextTokens: number | undefined;
}

/** How many nodes, and from what. */
export interface NodeEstimate {
  readonly nodes: number;
  /** GPUs that hold the weights; absent when the count was taken as it is. */
  readonly gpusMin?: number;
  /** Bytes of one GPU for weights after everything else; absent likewise. */
  readonly weightRoomBytes?: number;
}

/** One version of KAITO's rule for the number of nodes. */
export interface NodeEstimator {
  readonly id: string;
  /** What the rule is and how sure its source is. */
  readonly description: string;
  readonly source: string;
  /** False where only a description and no code was at hand. */
  readonly isExact: boolean;
  /** @throws KaitoRefusal in the cases in which KAITO refuses */
  estimate(input: EstimatorInput): NodeEstimate;
}

/** The figures in which versions of the memory rule differ. */
interface MemoryRule {
  /** Of the weights, for everything loaded beside them. */
  readonly weightFactor: number;
  readonly utilization: (gpu: GpuConfig) => number;
  readonly overheadBytes: (gpu: GpuConfig) => number;
  /** Factor on the weights of one GPU for what grows with them. */
  readonly shareFactor: number;
}

const A10 = "NVIDIA A10";

function memoryEstimator(about: Omit<NodeEstimator, "estimate">, rule: MemoryRule): NodeEstimator {
  return {
    ...about,
    estimate(input) {
      const { model, countRequested } = input;
      if (model === undefined) return { nodes: takenCount(countRequested) };
      const gpu = requiredGpu(input);
      return checkSpread(model, gpu, rule, fitWeights(model, gpu, rule, input.contextTokens));
    },
  };
}

function takenCount(count: number | undefined): number {
  return count !== undefined && count > 0 ? count : 1;
}

function requiredGpu({ gpu }: EstimatorInput): GpuConfig {
  if (gpu === undefined)
    throw new KaitoRefusal("no ready nodes found, unable to determine GPU configuration");
  return gpu;
}

function fitWeights(
  model: ModelSpec,
  gpu: GpuConfig,
  rule: MemoryRule,
  contextTokens: number = CONTEXT_DEFAULT_TOKENS,
): NodeEstimate {
  const perGpuBytes = Math.floor((gpu.memoryGi * GIBIBYTE) / gpu.gpus);
  const availableBytes = perGpuBytes * rule.utilization(gpu);
  const baseBytes = rule.overheadBytes(gpu);
  // KAITO divides the cache by the GPUs of one node, however many nodes there will be.
  const cacheBytes = (contextTokens * bytesPerToken(model)) / gpu.gpus;
  const fixedBytes = baseBytes + cacheBytes;
  if (availableBytes <= fixedBytes) {
    throw new KaitoRefusal(
      `GPU memory ${perGpuBytes.toFixed(0)} bytes is too small, needs at least ${inGi(fixedBytes).toFixed(1)} GB overhead (base: ${inGi(baseBytes).toFixed(1)} GB, KV Cache: ${inGi(cacheBytes).toFixed(1)} GB)`,
    );
  }
  const weightRoomBytes = (availableBytes - fixedBytes) / rule.shareFactor;
  // Floor plus one: an exact fit costs one GPU more.
  const gpusMin = Math.floor((weightBytes(model) * rule.weightFactor) / weightRoomBytes) + 1;
  return { nodes: Math.ceil(gpusMin / gpu.gpus), gpusMin, weightRoomBytes };
}

function checkSpread(
  model: ModelSpec,
  gpu: GpuConfig,
  rule: MemoryRule,
  estimate: NodeEstimate,
): NodeEstimate {
  if (estimate.nodes <= 1) return estimate;
  if (gpu.migProfile !== undefined) {
    const weights = weightBytes(model) * rule.weightFactor;
    const available = gpu.memoryGi * GIBIBYTE * rule.utilization(gpu);
    const overhead = available - estimate.weightRoomBytes!;
    throw new KaitoRefusal(
      `model needs ${inGi(weights + overhead).toFixed(1)}GB (weights ${inGi(weights).toFixed(1)}GB + overhead ${inGi(overhead).toFixed(1)}GB) but MIG profile ${gpu.migProfile} only provides ${gpu.memoryGi.toFixed(0)}GB (${inGi(available).toFixed(1)}GB available after vLLM gpu-memory-utilization)`,
    );
  }
  if (model.isDistributable === false) {
    throw new KaitoRefusal(
      `models with disabled support distributed inference cannot be distributed across more than 1 GPU node, ${estimate.nodes} are needed`,
    );
  }
  return estimate;
}

/** The rules of KAITO over time: the default first, then the others by age. */
export const NODE_ESTIMATORS: readonly NodeEstimator[] = [
  memoryEstimator(
    {
      id: "v0.12.0",
      description:
        "Weights × 1.02 on GPUs with 84 % of their memory, less 2.3 GiB, the cache of one context, and 5 % of the weights.",
      source: "kaito-project/kaito@056b8280 pkg/workspace/estimator/nodesestimator/estimator.go",
      isExact: true,
    },
    {
      weightFactor: 1.02,
      utilization: () => 0.84,
      overheadBytes: () => 2.3 * GIBIBYTE,
      shareFactor: 1.05,
    },
  ),
  {
    id: "azure-kaito-2024-12",
    description:
      "The count of the manifest is taken, and refused where its GPUs have less memory than the weights; KAITO then asked for what each preset stated, which is more and which the catalogue of today no longer has.",
    source: "Azure/kaito@9dd17a36 api/v1alpha1/workspace_validation.go",
    isExact: false,
    estimate(input) {
      const nodes = takenCount(input.countRequested);
      if (input.model === undefined) return { nodes };
      const gpu = requiredGpu(input);
      if (nodes * gpu.memoryGi * GIBIBYTE >= weightBytes(input.model)) return { nodes };
      throw new KaitoRefusal(
        `Insufficient total GPU memory: Instance type ${gpu.name} has a total of ${nodes * gpu.memoryGi}Gi, but preset ${input.model.name} requires at least ${input.model.weightsGi}Gi`,
      );
    },
  },
  {
    id: "sku-based-2025-08",
    description:
      "The memory a preset needs over that of a node, rounded up, and at most the count of the manifest. For the need, which presets then stated, stand their weights, which are less.",
    source:
      "github.com/kaito-project/kaito/pull/1414; pkg/workspace/estimator/skubasednodesestimator/estimator.go",
    isExact: false,
    estimate(input) {
      const { model, countRequested } = input;
      if (model === undefined) return { nodes: takenCount(countRequested) };
      const nodeBytes = requiredGpu(input).memoryGi * GIBIBYTE;
      const least = Math.ceil(weightBytes(model) / nodeBytes);
      const isAsked = countRequested !== undefined && countRequested > 0;
      return { nodes: isAsked ? Math.min(countRequested, least) : least };
    },
  },
  memoryEstimator(
    {
      id: "calculator-2025-08",
      description: "Weights × 0.95 on GPUs with 90 % of their memory, less 2.3 GiB.",
      source: "github.com/kaito-project/kaito/pull/1435 (description; the code was not at hand)",
      isExact: false,
    },
    {
      weightFactor: 0.95,
      utilization: () => 0.9,
      overheadBytes: () => 2.3 * GIBIBYTE,
      shareFactor: 1,
    },
  ),
  memoryEstimator(
    {
      id: "calculator-2025-09",
      description: "Weights × 1.02 on GPUs with 82 % of their memory, less 2.3 GiB.",
      source: "github.com/kaito-project/kaito/pull/1507 (description; the code was not at hand)",
      isExact: false,
    },
    {
      weightFactor: 1.02,
      utilization: () => 0.82,
      overheadBytes: () => 2.3 * GIBIBYTE,
      shareFactor: 1,
    },
  ),
  memoryEstimator(
    {
      id: "main-2026-08-26",
      description:
        "Like v0.12.0 with 92 % of memory (82 % on A10) and a base overhead of 2.4 GiB (1.5 GiB on A10); the state of Mamba layers is left out.",
      source: "github.com/kaito-project/kaito/pull/2302 (description; the code was not at hand)",
      isExact: false,
    },
    {
      weightFactor: 1.02,
      utilization: ({ gpuModel }) => (gpuModel === A10 ? 0.82 : 0.92),
      overheadBytes: ({ gpuModel }) => (gpuModel === A10 ? 1.5 : 2.4) * GIBIBYTE,
      shareFactor: 1.05,
    },
  ),
];

/** The estimator of a name; undefined when there is none. */
export function findEstimator(id: string): NodeEstimator | undefined {
  return NODE_ESTIMATORS.find((estimator) => estimator.id === id);
}
