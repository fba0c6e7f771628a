import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import type { ClusterView } from "../../../cluster/view.js";

/** Largest node of the FGD study, in thousandths of a core. */
const STUDY_CPU_MILLI = 128_000;
/** Largest node of the FGD study, in thousandths of a GPU. */
const STUDY_GPU_MILLI = 8 * WHOLE_GPU_MILLI;

/** What free CPU and GPU capacity are divided by in the scorers of the FGD study. */
export interface LargestNode {
  readonly cpuMilli: number;
  readonly gpuMilli: number;
}

/**
 * The study divides by fixed sizes (128 cores, 8 GPUs), which on larger nodes would give scores below
 * 0; so a cluster with larger nodes divides by its own largest. On the study's cluster nothing changes.
 */
export function largestNode({ spec }: ClusterView): LargestNode {
  const most = (values: readonly number[], floor: number): number =>
    values.reduce((largest, value) => Math.max(largest, value), floor);
  return {
    cpuMilli: most(
      spec.nodes.map((node) => node.cpuMilli),
      STUDY_CPU_MILLI,
    ),
    gpuMilli: most(
      spec.nodes.map((node) => node.gpuCount * WHOLE_GPU_MILLI),
      STUDY_GPU_MILLI,
    ),
  };
}
