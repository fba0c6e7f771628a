import { formatNumber } from "../../base/units.js";
import { metricOfService, serviceOfMetric } from "../../scenario/serving-metrics.js";
import { metricValue, type GoalTarget } from "../run/evaluate-goals.js";
import { labelMetric } from "../run/metric-label.js";
import type { ReplicationsResult } from "../run/result-document.js";
import { BATCHED_METRICS } from "./batch-means.js";
import type { ComputedResult } from "./replication-intervals.js";

/**
 * Jobs or requests one run needs before its percentile is near that of a long run: from these sizes on an
 * order-statistic interval of the percentile has two ends.
 */
const NEEDED_FOR_PERCENTILE: Readonly<Record<string, number>> = { p95: 72, p99: 368 };

/** Below this share of the runs, waits that did not settle are what the test gives by chance. */
const OVERLOADED_SHARE_MIN = 0.1;

/**
 * What a reader of means and intervals must know, in full sentences.
 *
 * @param overload the first run's warning about waits that did not settle, if any run has one
 */
export function replicationWarnings(
  goals: readonly GoalTarget[],
  averaged: ComputedResult,
  replications: ReplicationsResult,
  overload: string | undefined,
): readonly string[] {
  const { warmUp, precision, count, method, intervals, overloadedCount } = replications;
  const warnings: string[] = [];
  if (overload !== undefined && overloadedCount >= OVERLOADED_SHARE_MIN * count) {
    warnings.push(
      count === 1
        ? overload
        : `Waits did not settle in ${overloadedCount} of ${count} replications. The first of them: ${overload}`,
    );
  }
  if (warmUp?.detected === false) {
    warnings.push(
      "The run is too short: the rule found no end of its warm-up, so it cannot be told from the long run, and no goal is shown to be met or missed. Simulate more weeks, or give run.warmup a duration.",
    );
  }
  if (precision?.reached === false) {
    const share =
      precision.halfWidthShare === null
        ? "is undefined"
        : `is still ${formatNumber(precision.halfWidthShare * 100)} % of it`;
    warnings.push(
      `Precision not reached: after ${count} replications the half-width of ${labelMetric(precision.metric).phrase} ${share}, and ${formatNumber(precision.asked * 100)} % was asked for.`,
    );
  }
  const metrics = [...new Set(goals.map(({ metric }) => metric))];
  if (method === "batch-means") {
    const without = metrics.filter((path) => BATCHED_METRICS.has(path) && !(path in intervals));
    if (without.length > 0) {
      warnings.push(
        `No interval for ${without.map((path) => labelMetric(path).phrase).join(", ")}: the batches of the run hold too few jobs (400 are needed in each of 20, 1500 for p99) or are too alike (lag-1 correlation of 0.2 or more). Simulate longer.`,
      );
    }
  } else {
    warnings.push(...shortRuns(metrics, averaged));
  }
  return warnings;
}

function shortRuns(metrics: readonly string[], averaged: ComputedResult): string[] {
  return metrics.flatMap((path) => {
    const [statistic = ""] = path.split(".").slice(-1);
    const needed = NEEDED_FOR_PERCENTILE[statistic];
    const { count, what } = countedIn(path, averaged);
    if (needed === undefined || count >= needed) return [];
    return [
      `Each replication has ${formatNumber(count)} ${what}, and ${labelMetric(path).phrase} of so few is not that of a long run: at least ${needed} are needed.`,
    ];
  });
}

/** What the percentiles of a metric are of: requests of a service or of all, else jobs. */
function countedIn(
  path: string,
  averaged: ComputedResult,
): { readonly count: number; readonly what: string } {
  const isOfRequests = path.startsWith("serving.");
  if (!isOfRequests) return { count: averaged.jobs.count, what: "jobs" };
  const ofService = serviceOfMetric(path);
  const counted =
    ofService === undefined
      ? "serving.finished"
      : metricOfService("serving.finished", ofService.service);
  return { count: metricValue(averaged, counted) ?? 0, what: "requests" };
}
