import type { JobTable } from "../job-table.js";

const GPU_MILLI = 1000;

/**
 * GPUs a whole job asks for, in thousandths of a GPU.
 *
 * The rule that scheduling uses too: the trace's own count of the gang where it has one, else workers x
 * shape; shares of a GPU always come from the shape, because a count of whole GPUs cannot say them.
 */
export function jobGpuMilli(jobs: JobTable, row: number): number {
  const { gpuCount, gpuMilli } = jobs.shapes[jobs.shape[row]!]!;
  if (jobs.gangGpus !== undefined && gpuMilli === GPU_MILLI) return jobs.gangGpus[row]! * GPU_MILLI;
  return jobs.workers[row]! * gpuCount * gpuMilli;
}
