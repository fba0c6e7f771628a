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
  { nodeGroups, cluster, faults }: FaultCluster & { readonly faults: FaultsSpec | undefined },
): (gpus: number) => number {
  if (intervalS !== "optimal") return () => intervalS;
  const gpusOf = (first: number): number => cluster.nodes[first]?.gpuCount ?? 0;
  const [typical] = nodeGroups
    .filter((group) => group.count > 0)
    .sort((a, b) => b.count * gpusOf(b.firstNode) - a.count * gpusOf(a.firstNode));
  if (typical === undefined || faults === undefined) return () => Number.NaN;
  const perNodeS = failuresPerNodeOfGroupS(faults, typical);
  const gpusPerNode = Math.max(1, gpusOf(typical.firstNode));
  return (gpus) => {
    const nodes = Math.max(1, Math.ceil(gpus / gpusPerNode));
    if (perNodeS === 0) return Number.NaN;
    return dalyIntervalS({ costS, meanTimeToInterruptionS: 1 / (nodes * perNodeS) });
  };
}
