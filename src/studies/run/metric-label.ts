import { findFleetMetric } from "../../scenario/fleet/fleet-metrics.js";
import { serviceOfMetric } from "../../scenario/serving-metrics.js";

/** What one metric path of the result document means, and which direction is better. */
export interface MetricLabel {
  /** For tables: "Wait before start, 95th percentile". */
  readonly label: string;
  /** For sentences: "the 95th percentile of the wait". */
  readonly phrase: string;
  readonly better: "lower" | "higher" | "neither";
}

const distributions: Readonly<Record<string, { readonly label: string; readonly noun: string }>> = {
  waitS: { label: "Wait before start", noun: "wait" },
  jctS: { label: "Time from submit to finish", noun: "time to finish" },
  slowdown: { label: "Slowdown", noun: "slowdown" },
  boundedSlowdown: { label: "Bounded slowdown", noun: "bounded slowdown" },
  ttftS: { label: "Time to first token", noun: "time to first token" },
  tpotS: { label: "Time per further token", noun: "time per further token" },
  e2eS: { label: "Time to the last token", noun: "time to the last token" },
  coldStartTtftS: {
    label: "Time to first token in a cold start",
    noun: "time to first token in a cold start",
  },
};

const statistics: Readonly<Record<string, { readonly label: string; readonly adjective: string }>> =
  {
    mean: { label: "mean", adjective: "mean" },
    p50: { label: "median", adjective: "median" },
    p95: { label: "95th percentile", adjective: "p95" },
    p99: { label: "99th percentile", adjective: "p99" },
    max: { label: "longest", adjective: "longest" },
  };

const single: Readonly<
  Record<string, readonly [label: string, phrase: string, MetricLabel["better"]]>
> = {
  "jobs.count": ["Jobs", "number of jobs", "neither"],
  "jobs.completed": ["Jobs completed", "number of completed jobs", "higher"],
  "jobs.running": ["Jobs still running at the end", "number of jobs still running", "lower"],
  "jobs.waiting": ["Jobs still waiting at the end", "number of jobs still waiting", "lower"],
  "jobs.neverPlaceable": [
    "Jobs that can never be placed",
    "number of jobs that can never be placed",
    "lower",
  ],
  "jobs.makespanS": ["Time until the last job ends", "time until the last job ends", "lower"],
  "jobs.gpuHours": ["GPU-hours of completed jobs", "GPU-hours of completed jobs", "higher"],
  "jobs.queueLengthMax": ["Longest queue", "longest queue", "lower"],
  "jobs.queueLengthMean": ["Mean queue length", "mean queue length", "lower"],
  "jobs.tenantFairness": [
    "Fairness between tenants (Jain's index)",
    "fairness between tenants",
    "higher",
  ],
  "gpu.count": ["GPUs", "number of GPUs", "neither"],
  "gpu.allocatedShare": ["GPUs in use, time average", "share of GPUs in use", "neither"],
  "faults.availability": ["GPUs in service, time average", "share of GPUs in service", "higher"],
  "faults.jobsInterrupted": [
    "Jobs stopped by failures",
    "number of jobs that failures stopped",
    "lower",
  ],
  "faults.interruptions": ["Stops by failures", "number of stops by failures", "lower"],
  "faults.gpuHoursLost": [
    "GPU-hours lost to failures",
    "number of GPU-hours lost to failures",
    "lower",
  ],
  "faults.trainingEfficiency": [
    "Effective training time",
    "effective training time ratio",
    "higher",
  ],
  "energy.totalKwh": ["Electricity", "electricity", "lower"],
  "energy.powerMaxW": ["Highest power", "highest power", "lower"],
  "energy.kwhPerGpuHour": ["Electricity per GPU-hour", "electricity per GPU-hour", "lower"],
  "cost.total": ["Cost", "cost", "lower"],
  "cost.perGpuHour": ["Cost per GPU-hour", "cost per GPU-hour", "lower"],
  "cost.perJob": ["Cost per job", "cost per job", "lower"],
  "serving.sloAttainment": [
    "Requests that met their targets",
    "share of requests that met their targets",
    "higher",
  ],
  "serving.goodputPerS": ["Requests per second that met their targets", "goodput", "higher"],
  "serving.finished": ["Requests answered", "number of answered requests", "higher"],
  "serving.rejected": ["Requests rejected", "number of rejected requests", "lower"],
  "serving.open": [
    "Requests without an answer at the end",
    "number of requests without an answer",
    "lower",
  ],
  "serving.metColdStart": [
    "Requests that met a cold start",
    "number of requests that met a cold start",
    "lower",
  ],
  "serving.replicasMean": [
    "Replicas ready, time average",
    "mean number of ready replicas",
    "neither",
  ],
  "serving.gpuHours": [
    "GPU-hours held by replicas",
    "number of GPU-hours held by replicas",
    "lower",
  ],
  "serving.costPerMillionTokens": ["Cost per million tokens", "cost per million tokens", "lower"],
  "gpu.allocatedShareMax": ["GPUs in use, highest", "highest share of GPUs in use", "neither"],
};

/**
 * Says a metric path such as `jobs.waitS.p95` in words; an unknown path stands for itself.
 *
 * A path that is not listed prints as written, so a new metric never gets a wrong name.
 */
export function labelMetric(path: string): MetricLabel {
  const named = serviceOfMetric(path);
  if (named !== undefined) {
    const { label, phrase, better } = labelMetric(named.path);
    return {
      label: `${label} (${named.service})`,
      phrase: `${phrase} of ${named.service}`,
      better,
    };
  }
  const known = single[path];
  if (known !== undefined) return { label: known[0], phrase: known[1], better: known[2] };
  const match = /^(?:jobs|serving)\.(\w+)\.(\w+)$/.exec(path);
  const distribution = match === null ? undefined : distributions[match[1]!];
  const statistic = match === null ? undefined : statistics[match[2]!];
  if (distribution === undefined || statistic === undefined) {
    return labelFleetMetric(path) ?? { label: path, phrase: path, better: "neither" };
  }
  return {
    label: `${distribution.label}, ${statistic.label}`,
    phrase: `${statistic.adjective} ${distribution.noun}`,
    better: "lower",
  };
}

/** Figures of fleets carry their own words; of one named part with its name. */
function labelFleetMetric(path: string): MetricLabel | undefined {
  const metric = findFleetMetric(path);
  if (metric === undefined) return undefined;
  const part = /^[A-Za-z]+\[([^\]]*)\]/.exec(path)?.[1];
  const text = metric.description.replace(/\.$/, "");
  const label = part === undefined ? text : `${text} (${part})`;
  return {
    label,
    phrase: `${label.charAt(0).toLowerCase()}${label.slice(1)}`,
    better: metric.better,
  };
}
