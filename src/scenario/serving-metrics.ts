import type { Metric, MetricUnit } from "./metric-types.js";

const STATISTICS = [
  ["mean", "mean"],
  ["p50", "median"],
  ["p95", "95th percentile"],
  ["p99", "99th percentile"],
  ["max", "largest value"],
] as const;

function latency(name: string, what: string): readonly Metric[] {
  return STATISTICS.map(([key, word]) => ({
    path: `serving.${name}.${key}`,
    unit: "s" as const,
    description: `${what}: ${word}. Needs \`workload.services\`.`,
  }));
}

function figure(name: string, unit: MetricUnit, what: string): Metric {
  return { path: `serving.${name}`, unit, description: `${what} Needs \`workload.services\`.` };
}

/** What goals may ask of services: of all together, or of the one that the goal names. */
export const SERVING_METRICS: readonly Metric[] = [
  ...latency(
    "ttftS",
    "Time from arrival to the first token, of answered requests, waits for a replica to start included",
  ),
  ...latency("tpotS", "Mean time per token after the first, of answered requests"),
  ...latency("e2eS", "Time from arrival to the last token, of answered requests"),
  figure(
    "sloAttainment",
    "share",
    "Share of requests that met all targets of their class; refused and unanswered ones did not.",
  ),
  figure("goodputPerS", "ratio", "Requests per second that met all targets of their class."),
  figure("finished", "requests", "Requests answered in full."),
  figure(
    "rejected",
    "requests",
    "Requests larger than the cache of a replica, or refused because too many waited.",
  ),
  figure("open", "requests", "Requests without a full answer when the run ended."),
  figure("metColdStart", "requests", "Requests that came while no replica was ready."),
  ...latency(
    "coldStartTtftS",
    "Time to the first token of requests that came while no replica was ready",
  ),
  figure("replicasMean", "ratio", "Replicas that took requests, averaged over time."),
  figure("gpuHours", "GPU-hours", "GPU-hours that replicas held, cold starts included."),
  figure(
    "costPerMillionTokens",
    "currency",
    "Cost per million tokens of prompts and answers, idle capacity shared out by GPU-hours held. Needs `cost`.",
  ),
];

const OF_SERVICE = /^serving\.services\[([^\]]+)\]\.(.+)$/;

/** The path of a metric of one service. */
export function metricOfService(path: string, service: string): string {
  return path.replace(/^serving\./, `serving.services[${service}].`);
}

/** The service a path is about, and the path of the same metric of all services; undefined for other paths. */
export function serviceOfMetric(
  path: string,
): { readonly service: string; readonly path: string } | undefined {
  const match = OF_SERVICE.exec(path);
  return match === null ? undefined : { service: match[1]!, path: `serving.${match[2]!}` };
}
