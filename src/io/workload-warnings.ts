import type { ResolvedConfiguration } from "../scenario/resolved.js";
import { demandOverTime } from "../workload/describe/demand-over-time.js";
import { jobGpuMilli } from "../workload/describe/job-gpu-milli.js";
import { offeredLoad } from "../workload/describe/offered-load.js";
import { traceWarnings, type TraceWarning } from "../workload/describe/trace-warnings.js";
import type { JobTable } from "../workload/job-table.js";

/** Something to know about the jobs of a configuration before it is run. */
export interface WorkloadWarning {
  /** What it is about, so that what a run finds out is not said again. */
  readonly rule: TraceWarning["rule"];
  /** In full sentences, with what to do. */
  readonly sentence: string;
}

/**
 * The warnings of `headroom trace describe` for the trace of a configuration and the GPUs of its cluster.
 *
 * @param format what the trace was read as: some published traces are samples
 */
export function workloadWarnings(
  jobs: JobTable,
  { workload, cluster }: ResolvedConfiguration,
  format: string | undefined,
): readonly WorkloadWarning[] {
  const gpus = cluster.nodes.reduce((sum, { gpuCount }) => sum + gpuCount, 0);
  if (workload.kind !== "trace" || jobs.count === 0 || gpus === 0) return [];
  const { written } = workload.trace;
  return traceWarnings({
    jobs,
    milli: Float64Array.from({ length: jobs.count }, (_, row) => jobGpuMilli(jobs, row)),
    demand: demandOverTime(jobs),
    load: offeredLoad(jobs, gpus),
    gpus,
    ...(format === undefined ? {} : { format }),
  }).map(({ rule, message, help }) => ({
    rule,
    sentence: `${written}: ${message} What to do: ${help.replace("FILE", written)}.`,
  }));
}
