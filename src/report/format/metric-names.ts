import { labelMetric, type MetricLabel } from "../../studies/run/metric-label.js";

/** A metric in words, and where in the page its figure comes from. */
export interface MetricName extends MetricLabel {
  /** Anchor of the section that shows where the figure comes from. */
  readonly href: string;
}

const SECTIONS: readonly (readonly [prefix: string, href: string])[] = [
  ["jobs.waitS.", "#waits"],
  ["jobs.jctS.", "#waits"],
  ["jobs.slowdown.", "#waits"],
  ["jobs.boundedSlowdown.", "#waits"],
  ["jobs.waiting", "#waits"],
  ["jobs.neverPlaceable", "#limits"],
  ["jobs.makespanS", "#queue"],
  ["jobs.queueLength", "#queue"],
  ["jobs.gpuHours", "#tenants"],
  ["jobs.tenantFairness", "#tenants"],
  ["gpu.", "#gpus"],
];

/** A metric path in words, with the section that shows it; every other metric is in the comparison. */
export function nameMetric(path: string): MetricName {
  const section = SECTIONS.find(([prefix]) => path.startsWith(prefix));
  return { ...labelMetric(path), href: section?.[1] ?? "#comparison" };
}
