import { findMetric } from "../../scenario/metrics.js";
import { serviceOfMetric } from "../../scenario/serving-metrics.js";

/** By unit: amounts that nobody notices. */
const BY_UNIT: Readonly<Record<string, number>> = {
  s: 1,
  share: 0.001,
  jobs: 0.5,
  stops: 0.5,
  ratio: 0.001,
};

/** Seconds, by the start of the metric: people notice a second of a job, and milliseconds of a request. */
const TIMES_OF_REQUESTS: readonly (readonly [start: string, seconds: number])[] = [
  ["serving.coldStartTtftS.", 0.1],
  ["serving.tpotS.", 0.0001],
  ["serving.", 0.001],
];

/**
 * An amount of a metric that is as good as none whatever its mean: a share of nearly 0 means nothing. In the unit of
 * the metric; 0 for a metric whose unit has none, such as amounts of money.
 *
 * @param path of a metric, such as `jobs.waitS.p95`
 */
export function negligibleOf(path: string): number {
  const unit = findMetric(path)?.unit ?? "";
  // Of one service as of all of them.
  const metric = serviceOfMetric(path)?.path ?? path;
  const ofRequests =
    unit === "s" ? TIMES_OF_REQUESTS.find(([start]) => metric.startsWith(start)) : undefined;
  return ofRequests?.[1] ?? BY_UNIT[unit] ?? 0;
}
