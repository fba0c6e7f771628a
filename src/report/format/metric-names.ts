/** What one metric path of the result document means, and which direction is better. */
export interface MetricName {
  readonly label: string;
  readonly better: "lower" | "higher" | "neither";
  /** Anchor of the section that shows where the figure comes from. */
  readonly href: string;
}

const distributions: Readonly<Record<string, { readonly label: string; readonly href: string }>> = {
  waitS: { label: "Wait before start", href: "#waits" },
  jctS: { label: "Time from submit to finish", href: "#waits" },
  slowdown: { label: "Slowdown", href: "#waits" },
  boundedSlowdown: { label: "Bounded slowdown", href: "#waits" },
};

const statistics: Readonly<Record<string, string>> = {
  mean: "mean",
  p50: "median",
  p95: "95th percentile",
  p99: "99th percentile",
  max: "longest",
};

const single: Readonly<Record<string, MetricName>> = {
  "jobs.count": { label: "Jobs", better: "neither", href: "#comparison" },
  "jobs.completed": { label: "Jobs completed", better: "higher", href: "#comparison" },
  "jobs.running": { label: "Jobs still running at the end", better: "lower", href: "#comparison" },
  "jobs.waiting": { label: "Jobs still waiting at the end", better: "lower", href: "#waits" },
  "jobs.neverPlaceable": {
    label: "Jobs that can never be placed",
    better: "lower",
    href: "#limits",
  },
  "jobs.makespanS": { label: "Time until the last job ends", better: "lower", href: "#queue" },
  "jobs.gpuHours": { label: "GPU-hours of completed jobs", better: "higher", href: "#tenants" },
  "jobs.queueLengthMax": { label: "Longest queue", better: "lower", href: "#queue" },
  "jobs.queueLengthMean": { label: "Mean queue length", better: "lower", href: "#queue" },
  "jobs.tenantFairness": {
    label: "Fairness between tenants (Jain's index)",
    better: "higher",
    href: "#tenants",
  },
  "gpu.count": { label: "GPUs", better: "neither", href: "#gpus" },
  "gpu.allocatedShare": { label: "GPUs in use, time average", better: "neither", href: "#gpus" },
  "gpu.allocatedShareMax": { label: "GPUs in use, highest", better: "neither", href: "#gpus" },
};

/**
 * Says a metric path such as `jobs.waitS.p95` in words; an unknown path stands for itself.
 *
 * A path that is not listed prints as written, so a new metric never gets a wrong name.
 */
export function nameMetric(path: string): MetricName {
  const known = single[path];
  if (known !== undefined) return known;
  const match = /^jobs\.(\w+)\.(\w+)$/.exec(path);
  const distribution = match === null ? undefined : distributions[match[1]!];
  const statistic = match === null ? undefined : statistics[match[2]!];
  if (distribution !== undefined && statistic !== undefined) {
    return {
      label: `${distribution.label}, ${statistic}`,
      better: "lower",
      href: distribution.href,
    };
  }
  return { label: path, better: "neither", href: "#comparison" };
}
