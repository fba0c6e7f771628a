import type { Goal } from "../../scenario/resolved.js";

/** What more nodes usually do to a goal. */
export type Ease = "eased" | "strained" | "unknown";

const EASED_BY_NODES = [
  "jobs.waitS.",
  "jobs.jctS.",
  "jobs.slowdown.",
  "jobs.boundedSlowdown.",
  "jobs.makespanS",
  "jobs.waiting",
  "jobs.neverPlaceable",
  "jobs.queueLength",
  "gpu.allocatedShare",
];
const STRAINED_BY_NODES = ["energy.totalKwh", "energy.powerMaxW", "energy.kwhPerGpuHour", "cost."];

/**
 * Whether more nodes of any group make a goal easier to meet, as a rule.
 *
 * It is a rule with exceptions: list scheduling can get slower with more machines (Graham 1969). The search uses it
 * to look where an answer is likely, and then runs what it had only presumed.
 */
export function easeOf({ metric, comparison }: Pick<Goal, "metric" | "comparison">): Ease {
  const starts = (prefixes: readonly string[]): boolean =>
    prefixes.some((prefix) => metric.startsWith(prefix));
  if (metric === "jobs.completed") return comparison === "atLeast" ? "eased" : "strained";
  if (starts(EASED_BY_NODES)) return comparison === "atMost" ? "eased" : "strained";
  if (starts(STRAINED_BY_NODES)) return comparison === "atMost" ? "strained" : "eased";
  return "unknown";
}
