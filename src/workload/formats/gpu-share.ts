import type { ReadingContext } from "./trace-format.js";

/** GPUs that one worker asks for, in openb terms. */
export interface GpuShareRequest {
  readonly gpuCount: number;
  readonly gpuMilli: number;
}

/**
 * Turns a number of GPUs that may be a fraction into whole GPUs or a share of one.
 *
 * Up to 1 it is a share in thousandths, rounded up so that it never asks for less; above 1, GPUs are
 * whole: 1.5 becomes 2, with a note, since no job holds half of a second GPU.
 */
export function gpuShare(context: ReadingContext, gpus: number): GpuShareRequest {
  if (gpus === 0) return { gpuCount: 0, gpuMilli: 0 };
  // The small number takes back what the division of a percentage added: 0.07 × 1000 is 70.00000000000001.
  if (gpus < 1) return { gpuCount: 1, gpuMilli: Math.max(1, Math.ceil(gpus * 1000 - 1e-6)) };
  const gpuCount = Math.ceil(gpus);
  if (gpuCount !== gpus) {
    context.log.note("{count} jobs ask for more than one GPU and a part; rounded up to whole GPUs");
  }
  return { gpuCount, gpuMilli: 1000 };
}
