import type { JobTable } from "../../workload/job-table.js";

const GPU_MILLI = 1000;

/**
 * GPUs a whole gang asks for, in thousandths of a GPU.
 *
 * The trace's own count of the gang where it has one (workers of equal shape may round it up), else
 * workers x shape. Shares of a GPU always come from the shape: a count of whole GPUs cannot say them.
 */
export function gangGpuMilli(jobs: JobTable, job: number): number {
  const shape = jobs.shapes[jobs.shape[job]!]!;
  if (jobs.gangGpus !== undefined && shape.gpuMilli === GPU_MILLI)
    return jobs.gangGpus[job]! * GPU_MILLI;
  return jobs.workers[job]! * shape.gpuCount * shape.gpuMilli;
}
