import { dalyIntervalS } from "../performance/reliability/checkpoint-interval.js";
import type { FaultsSpec } from "../simulation/faults/fault-spec.js";
import { gangGpuMilli } from "../policy/gang/gang-gpu-milli.js";
import type { JobTable } from "../workload/job-table.js";
import { failuresPerNodeOfGroupS, type FaultCluster } from "./resolve-faults.js";
import type { CheckpointSetting } from "./resolved-operations.js";

const GPU_MILLI = 1000;

/**
 * The jobs with checkpoints for those that have none of their own.
 *
 * `optimal` is Daly's interval with the mean time to interruption of the whole gang, on nodes like those of
 * the largest group with GPUs: whole nodes count, because a failure takes the node. Jobs that nothing can
 * interrupt get none.
 */
export function withCheckpoints(
  jobs: JobTable,
  setting: CheckpointSetting,
  machines: FaultCluster & { readonly faults: FaultsSpec | undefined },
): JobTable {
  const intervalOf = intervals(setting, machines);
  const own = jobs.checkpointIntervalS;
  const intervalS = new Float64Array(jobs.count);
  const costS = new Float64Array(jobs.count);
  for (let job = 0; job < jobs.count; job++) {
    const isOwn = own !== undefined && !Number.isNaN(own[job]!);
    intervalS[job] = isOwn ? own[job]! : intervalOf(gangGpuMilli(jobs, job) / GPU_MILLI);
    // A recorded duration holds the time its own checkpoints took: they cost nothing more.
    costS[job] = isOwn ? Number.NaN : setting.costS;
  }
  return { ...jobs, checkpointIntervalS: intervalS, checkpointCostS: costS };
}

/** Interval by GPUs of the gang; NaN for none. */
function intervals(
  { intervalS, costS }: CheckpointSetting,
  machines: FaultCluster & { readonly faults: FaultsSpec | undefined },
): (gpus: number) => number {
  if (intervalS !== "optimal") return () => intervalS;
  const meanS = meanTimeToInterruption(machines);
  return (gpus) => {
    const meanTimeToInterruptionS = meanS(gpus);
    return meanTimeToInterruptionS === Infinity
      ? Number.NaN
      : dalyIntervalS({ costS, meanTimeToInterruptionS });
  };
}

/** Mean time to interruption by GPUs of the gang, on nodes like those of the largest group with GPUs. Seconds. */
function meanTimeToInterruption({
  nodeGroups,
  cluster,
  faults,
}: FaultCluster & { readonly faults: FaultsSpec | undefined }): (gpus: number) => number {
  const gpusOf = (first: number): number => cluster.nodes[first]?.gpuCount ?? 0;
  const [typical] = nodeGroups
    .filter((group) => group.count > 0)
    .sort((a, b) => b.count * gpusOf(b.firstNode) - a.count * gpusOf(a.firstNode));
  if (typical === undefined || faults === undefined) return () => Infinity;
  const perNodeS = failuresPerNodeOfGroupS(faults, typical);
  const gpusPerNode = Math.max(1, gpusOf(typical.firstNode));
  return (gpus) => 1 / (Math.max(1, Math.ceil(gpus / gpusPerNode)) * perNodeS);
}

/** Work between checkpoints, in times to interruption, from which a job is taken never to end: e^20 tries. */
const HOPELESS = 20;

/** A job that fails so often between its checkpoints that it would hardly ever end; undefined when all will. */
export function hopelessJob(
  jobs: JobTable,
  machines: FaultCluster & { readonly faults: FaultsSpec | undefined },
): { readonly id: string; readonly segmentS: number; readonly interruptionS: number } | undefined {
  const meanS = meanTimeToInterruption(machines);
  for (let job = 0; job < jobs.count; job++) {
    const intervalS = jobs.checkpointIntervalS?.[job] ?? Number.NaN;
    const durationS = jobs.durationS[job]!;
    const segmentS = intervalS > 0 ? Math.min(intervalS, durationS) : durationS;
    const interruptionS = meanS(gangGpuMilli(jobs, job) / GPU_MILLI);
    if (segmentS > HOPELESS * interruptionS) return { id: jobs.ids[job]!, segmentS, interruptionS };
  }
  return undefined;
}
