import type { Metric, MetricUnit } from "./metric-types.js";
import { SERVING_METRICS, serviceOfMetric } from "./serving-metrics.js";

export type { Metric, MetricUnit };

const STATISTICS = [
  ["mean", "mean"],
  ["p50", "median"],
  ["p95", "95th percentile"],
  ["p99", "99th percentile"],
  ["max", "largest value"],
] as const;

function distribution(path: string, unit: MetricUnit, what: string): readonly Metric[] {
  return STATISTICS.map(([key, name]) => ({
    path: `${path}.${key}`,
    unit,
    description: `${what}: ${name}.`,
  }));
}

/** Every metric a goal may name. */
export const METRICS: readonly Metric[] = [
  ...distribution(
    "jobs.waitS",
    "s",
    "Time between submission and end that was not spent running, over jobs that started; jobs that never started count with their wait so far where that is more",
  ),
  ...distribution(
    "jobs.jctS",
    "s",
    "Time from submission to end, over completed jobs; jobs that had not ended count with their time so far where that is more",
  ),
  ...distribution(
    "jobs.slowdown",
    "ratio",
    "Slowdown, (wait + run) / run, over completed jobs that ran for a time; jobs that had not ended as for `jobs.jctS`",
  ),
  ...distribution(
    "jobs.boundedSlowdown",
    "ratio",
    "Bounded slowdown, max(1, (wait + run) / max(run, 10 s)), over completed jobs; jobs that had not ended as for `jobs.jctS`",
  ),
  {
    path: "jobs.makespanS",
    unit: "s",
    description: "Time from the first submission to the last end.",
  },
  { path: "jobs.completed", unit: "jobs", description: "Jobs that ended." },
  { path: "jobs.waiting", unit: "jobs", description: "Jobs that waited when the run stopped." },
  {
    path: "jobs.neverPlaceable",
    unit: "jobs",
    description: "Jobs that would not fit even into the empty cluster.",
  },
  { path: "jobs.queueLengthMax", unit: "jobs", description: "Most jobs waiting at one instant." },
  {
    path: "gpu.allocatedShare",
    unit: "share",
    description:
      "Share of GPU capacity given to jobs, averaged over time from the first submission to the end of the run.",
  },
  {
    path: "gpu.allocatedShareMax",
    unit: "share",
    description: "Highest share of GPU capacity given to jobs at any instant.",
  },
  {
    path: "faults.availability",
    unit: "share",
    description:
      "Share of GPU capacity in service or standing by, averaged over time. Needs `faults`.",
  },
  {
    path: "faults.jobsInterrupted",
    unit: "jobs",
    description: "Jobs that a failure stopped at least once. Needs `faults`.",
  },
  {
    path: "faults.interruptions",
    unit: "stops",
    description: "Times a failure stopped a job. Needs `faults`.",
  },
  {
    path: "faults.gpuHoursLost",
    unit: "GPU-hours",
    description: "Work that failures destroyed, and restarts after them. Needs `faults`.",
  },
  {
    path: "faults.trainingEfficiency",
    unit: "share",
    description:
      "Effective training time ratio: work of completed jobs over the time from their first start to their end, weighted by GPUs. Needs `faults`.",
  },
  {
    path: "energy.totalKwh",
    unit: "kWh",
    description: "Electricity at the meter over the run. Needs `power`.",
  },
  {
    path: "energy.powerMaxW",
    unit: "W",
    description: "Highest power of the machines at an instant. Needs `power`.",
  },
  {
    path: "energy.kwhPerGpuHour",
    unit: "kWh",
    description:
      "Electricity at the meter per GPU-hour that completed jobs asked for. Needs `power`.",
  },
  {
    path: "cost.total",
    unit: "currency",
    description: "What the cluster costs over the run, or over `cost.horizon`. Needs `cost`.",
  },
  {
    path: "cost.perGpuHour",
    unit: "currency",
    description: "The total over GPU-hours that completed jobs asked for. Needs `cost`.",
  },
  {
    path: "cost.perJob",
    unit: "currency",
    description: "The total over completed jobs. Needs `cost`.",
  },
  {
    path: "hosting.slowdownMean",
    unit: "ratio",
    description:
      "Running time over duration, weighted by GPU-hours: what hosting and placement cost. Needs a hosting profile or communication.",
  },
  ...SERVING_METRICS,
];

/** The metric of a path, or undefined; of one service like of all. */
export function findMetric(path: string): Metric | undefined {
  const common = serviceOfMetric(path)?.path ?? path;
  const found = METRICS.find((metric) => metric.path === common);
  return found === undefined || common === path ? found : { ...found, path };
}
