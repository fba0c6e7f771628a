import { splitGang } from "../gang-shape.js";
import type { ReadingContext } from "./trace-format.js";

/** The fields of a job row that say how many GPUs it takes, and where. */
export interface GpuGang {
  readonly workers: number;
  readonly gpuCount: number;
  readonly gangGpus: number;
}

/** Turns a trace's GPUs per job into a gang, with a note about those that do not fill whole nodes. */
export function gpuGang(context: ReadingContext, gpus: number): GpuGang {
  const { gpusPerWorkerMax } = context.options;
  const { workers, gpusPerWorker } = splitGang(gpus, gpusPerWorkerMax);
  if (gpus > gpusPerWorkerMax && gpusPerWorker !== gpusPerWorkerMax) {
    context.log.note(
      `{count} jobs ask for more than ${gpusPerWorkerMax} GPUs and not a multiple of it; on nodes they are split into the fewest equal workers, such as 12 into 2 × 6, while pools and consolidating placement use the total`,
    );
  }
  return { workers, gpuCount: gpusPerWorker, gangGpus: gpus };
}
