import type { GpuNames } from "../hardware/gpu-names.js";
import type { JobTable, PodRequest } from "../workload/job-table.js";

/** Jobs of a trace whose GPU names are those of the cluster, and the names nobody knows. */
export interface TraceGpuModels {
  readonly jobs: JobTable;
  /** Names that are neither in the catalogue nor declared, in order of their first use. They are left as they are. */
  readonly unknown: readonly string[];
}

/**
 * Lets the GPU names of a trace mean what the same names mean in the scenario.
 *
 * Nodes carry one name per model, while traces write `H100` or `Tesla-T4`; compared letter by letter such
 * jobs would never start. A name that fits several models accepts them all.
 */
export function resolveTraceGpuModels(jobs: JobTable, gpuNames: GpuNames): TraceGpuModels {
  const unknown = new Set<string>();
  const shapes = jobs.shapes.map((shape): PodRequest => {
    const models = shape.gpuModels.flatMap((name) => {
      const accepted = gpuNames.accepted(name);
      if (accepted.length === 0) unknown.add(name);
      return accepted.length === 0 ? [name] : accepted;
    });
    return { ...shape, gpuModels: [...new Set(models)] };
  });
  return { jobs: { ...jobs, shapes }, unknown: [...unknown] };
}
