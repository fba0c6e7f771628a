/** A figure of a service that autoscalers may go by. */
export interface ServiceMetricInfo {
  readonly name: string;
  readonly description: string;
  /** `replica`: every ready replica has one. `service`: one for all of it. */
  readonly of: "replica" | "service";
  /** True for a mean over what ended in a window, as Prometheus computes it of a histogram's sum and count. */
  readonly isWindowed: boolean;
}

/** Metrics by the names that vLLM's Prometheus endpoint and the gateway give them. */
export const SERVICE_METRICS = [
  {
    name: "vllm:num_requests_waiting",
    description: "Requests in the queue of a replica's engine.",
    of: "replica",
    isWindowed: false,
  },
  {
    name: "vllm:num_requests_running",
    description: "Requests that a replica computes.",
    of: "replica",
    isWindowed: false,
  },
  {
    name: "vllm:kv_cache_usage_perc",
    description: "Share of a replica's cache blocks in use, 0 to 1.",
    of: "replica",
    isWindowed: false,
  },
  {
    name: "vllm:time_to_first_token_seconds",
    description: "Mean time to the first token of requests that ended within the window.",
    of: "service",
    isWindowed: true,
  },
  {
    name: "vllm:e2e_request_latency_seconds",
    description: "Mean time to the last token of requests that ended within the window.",
    of: "service",
    isWindowed: true,
  },
  {
    name: "requests_per_second",
    description: "Requests that came to the service per second, over the window.",
    of: "service",
    isWindowed: true,
  },
  {
    name: "gateway:requests_held",
    description: "Requests held at the gateway because no replica is ready.",
    of: "service",
    isWindowed: false,
  },
] as const satisfies readonly ServiceMetricInfo[];

/** Name of one of `SERVICE_METRICS`. */
export type ServiceMetric = (typeof SERVICE_METRICS)[number]["name"];

/** The metric of a name, or undefined. */
export function findServiceMetric(name: string): ServiceMetricInfo | undefined {
  return SERVICE_METRICS.find((metric) => metric.name === name);
}
