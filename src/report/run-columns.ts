import type { ClusterSpec } from "../cluster/spec.js";
import { gangGpuMilli } from "../policy/gang/gang-gpu-milli.js";
import { OUTCOME, type BatchRun } from "../simulation/batch/batch-spec.js";
import { waitedS } from "../simulation/batch/waited.js";
import { runsAtStart } from "../workload/running-on-columns.js";
import { createLaneFold, type LaneSeries } from "../studies/run/lane-usage.js";
import { replayUsage } from "../studies/run/replay-usage.js";
import type { ConfigurationRun } from "../studies/run/run-configuration.js";
import { servicesOverTime } from "./series/serving-series.js";
import type { LongestWait, RunColumns } from "./run-report-input.js";

const GPU_MILLI = 1000;
/** Rows of "who waited longest" that a report can show. */
const LONGEST_WAITS = 50;

/** The columns of one run that a report draws: series over time, and waits of the jobs that started. */
export function runColumns({ configuration, run, firstResult }: ConfigurationRun): RunColumns {
  const waits = waitedS(run);
  const started = Array.from({ length: run.jobs.count }, (_, job) => job).filter(
    (job) => !Number.isNaN(run.startS[job]!) && !runsAtStart(run.jobs, job),
  );
  return {
    name: configuration.name,
    series: run.series,
    waitS: Float64Array.from(started, (job) => waits[job]!),
    submitS: Float64Array.from(started, (job) => run.jobs.submitS[job]!),
    gpus: Float64Array.from(started, (job) => gangGpuMilli(run.jobs, job) / GPU_MILLI),
    lanes: laneSeries(run, configuration.cluster),
    services: servicesOverTime(run),
    ...(firstResult === undefined ? {} : { ownResult: firstResult }),
  };
}

function laneSeries(run: BatchRun, cluster: ClusterSpec): readonly LaneSeries[] {
  if (cluster.nodes.every(({ partition }) => partition === undefined)) return [];
  const fold = createLaneFold(run, cluster, run.startOfTraceS, { withSeries: true });
  replayUsage(run, [fold]);
  return fold.series();
}

/** The jobs that waited longest, with the reason of their last refusal; ties in file order. */
export function longestWaits(run: BatchRun): readonly LongestWait[] {
  const waits = waitedS(run);
  const { jobs } = run;
  return Array.from({ length: jobs.count }, (_, job) => job)
    .filter((job) => waits[job]! > 0)
    .sort((left, right) => waits[right]! - waits[left]! || left - right)
    .slice(0, LONGEST_WAITS)
    .map((job) => ({
      id: jobs.ids[job]!,
      tenant: jobs.tenantNames[jobs.tenant[job]!]!,
      gpus: gangGpuMilli(jobs, job) / GPU_MILLI,
      submitS: jobs.submitS[job]!,
      waitS: waits[job]!,
      reason: run.reasons[run.waitReason[job]!] ?? "",
      started: run.outcome[job] !== OUTCOME.waiting,
    }));
}
