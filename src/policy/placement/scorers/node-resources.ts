import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import { nonzeroCpuMilli, nonzeroMemoryBytes } from "../../../cluster/nonzero-request.js";
import type { PlacementContext } from "../policy.js";

/** A resource that kube's allocation scorers can look at. */
export type ScoredResource = "cpu" | "memory" | "gpu";

/** A resource and its weight in the mean; a whole number >= 1, as in kube. */
export interface ResourceWeight {
  readonly resource: ScoredResource;
  readonly weight: number;
}

/** kube's own choice: CPU and memory alike, GPUs not at all. */
export const CPU_AND_MEMORY: readonly ResourceWeight[] = [
  { resource: "cpu", weight: 1 },
  { resource: "memory", weight: 1 },
];

/** Options of the allocation scorers. */
export interface AllocationOptions {
  /** Resources in the mean; CPU and memory with weight 1 when absent. */
  readonly resources?: readonly ResourceWeight[];
  /**
   * True leaves GPUs out of the mean for pods that ask for none (kube since 1.22). False counts them
   * as kube 1.20 does. False when absent.
   */
  readonly skipUnrequestedGpu?: boolean;
}

/** How much of one resource a node has, and how much it would give with one more pod of a shape. */
export interface ResourceColumns {
  readonly weight: number;
  readonly capacity: Float64Array;
  /** Requests of the pods on the node and of one more of the shape. */
  requested(node: number, shape: number): number;
  counts(shape: number): boolean;
}

/**
 * The columns that an allocation scorer reads, in the order of its resources.
 *
 * CPU and memory use kube's non-zero requests; GPUs are counted in thousandths, free of rounding.
 *
 * @throws RangeError when a weight is not a whole number >= 1 or a resource is listed twice
 */
export function resourceColumns(
  { view, shapes }: PlacementContext,
  { resources = CPU_AND_MEMORY, skipUnrequestedGpu = false }: AllocationOptions,
): readonly ResourceColumns[] {
  assertWeights(resources);
  const { nodes } = view.spec;
  const cpuAsked = Float64Array.from(shapes, ({ cpuMilli }) => nonzeroCpuMilli(cpuMilli));
  const memoryAsked = Float64Array.from(shapes, ({ memoryBytes }) =>
    nonzeroMemoryBytes(memoryBytes),
  );
  const gpuAsked = Float64Array.from(shapes, ({ gpuCount, gpuMilli }) => gpuCount * gpuMilli);
  return resources.map(({ resource, weight }): ResourceColumns => {
    if (resource === "cpu") {
      return {
        weight,
        capacity: Float64Array.from(nodes, (node) => node.cpuMilli),
        requested: (node, shape) => view.nonzeroCpuMilliUsed[node]! + cpuAsked[shape]!,
        counts: () => true,
      };
    }
    if (resource === "memory") {
      return {
        weight,
        capacity: Float64Array.from(nodes, (node) => node.memoryBytes),
        requested: (node, shape) => view.nonzeroMemoryBytesUsed[node]! + memoryAsked[shape]!,
        counts: () => true,
      };
    }
    const capacity = Float64Array.from(nodes, (node) => node.gpuCount * WHOLE_GPU_MILLI);
    return {
      weight,
      capacity,
      requested: (node, shape) => capacity[node]! - view.nodeGpuMilliFree[node]! + gpuAsked[shape]!,
      counts: (shape) => !skipUnrequestedGpu || gpuAsked[shape]! > 0,
    };
  });
}

/**
 * Weighted mean of a whole-number score per resource, in whole numbers as kube computes it.
 *
 * Source: Kubernetes 1.20 pkg/scheduler/framework/plugins/noderesources/{least,most}_allocated.go.
 */
export function weightedMean(
  columns: readonly ResourceColumns[],
  scoreOf: (requested: number, capacity: number) => number,
): (node: number, shape: number) => number {
  return (node, shape) => {
    let sum = 0;
    let weights = 0;
    for (const { weight, capacity, requested, counts } of columns) {
      if (!counts(shape)) continue;
      sum += scoreOf(requested(node, shape), capacity[node]!) * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.floor(sum / weights);
  };
}

function assertWeights(resources: readonly ResourceWeight[]): void {
  const seen = new Set<ScoredResource>();
  for (const { resource, weight } of resources) {
    if (!Number.isSafeInteger(weight) || weight < 1) {
      throw new RangeError(
        `placement: weight of ${resource} must be a whole number >= 1, got ${weight}`,
      );
    }
    if (seen.has(resource)) throw new RangeError(`placement: ${resource} is listed twice`);
    seen.add(resource);
  }
}
