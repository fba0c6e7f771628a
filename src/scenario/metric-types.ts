/** What a metric is counted in, which decides how its target may be written. */
export type MetricUnit =
  "s" | "share" | "jobs" | "ratio" | "stops" | "requests" | "GPU-hours" | "kWh" | "W" | "currency";

/** One figure of the result that a goal can be set on. */
export interface Metric {
  /** Dotted path in `result.json`. */
  readonly path: string;
  readonly unit: MetricUnit;
  readonly description: string;
}
