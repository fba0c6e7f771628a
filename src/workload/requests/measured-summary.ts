import { InputError } from "../../diagnostics/problem.js";
import { momentsOf } from "../../stats/moments.js";
import { quantileOfSorted } from "../../stats/quantile.js";
import type { MeasuredRequests } from "./request-rows.js";

/** Figures of one latency of a real service. Seconds; null where the source does not say. */
export interface MeasuredLatency {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** What a real service took. */
export interface MeasuredSummary {
  readonly source: string;
  readonly ttftS: MeasuredLatency;
  readonly tpotS: MeasuredLatency;
  readonly e2eS: MeasuredLatency;
}

/** Latencies of single requests, summed up by the rules of our own results. */
export function summarizeMeasured(source: string, measured: MeasuredRequests): MeasuredSummary {
  const summaryOf = (values: Float64Array): MeasuredLatency => {
    const known = values.filter((value) => !Number.isNaN(value)).sort();
    const at = (q: number): number | null => quantileOfSorted(known, q) ?? null;
    return {
      mean: known.length === 0 ? null : momentsOf(known).mean,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
    };
  };
  return {
    source,
    ttftS: summaryOf(measured.ttftS),
    tpotS: summaryOf(measured.tpotS),
    e2eS: summaryOf(measured.e2eS),
  };
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const numberAt = (fields: Fields, name: string, scale: number): number | null => {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) ? value * scale : null;
};

/**
 * Reads the summary of a benchmark: the result of `vllm bench serve`, or a lifecycle report of inference-perf.
 *
 * @param file name for messages
 * @throws InputError when it is neither
 */
export function parseMeasuredSummary(file: string, text: string): MeasuredSummary {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const message = `the file is not JSON: ${(error as Error).message}`;
    throw new InputError([{ file, rule: "json", message }]);
  }
  const summary = isFields(document) ? (ofVllm(document) ?? ofInferencePerf(document)) : undefined;
  if (summary !== undefined) return { source: file, ...summary };
  const message =
    "the file is no summary that is known: it must have mean_ttft_ms and its like (vllm bench serve --save-result) or successes.latency (inference-perf's summary_lifecycle_metrics.json)";
  throw new InputError([{ file, rule: "unknown-format", message }]);
}

const MILLISECOND = 1e-3;

function ofVllm(document: Fields): Omit<MeasuredSummary, "source"> | undefined {
  if (!("mean_ttft_ms" in document)) return undefined;
  const latency = (name: string): MeasuredLatency => ({
    mean: numberAt(document, `mean_${name}_ms`, MILLISECOND),
    p50: numberAt(document, `median_${name}_ms`, MILLISECOND),
    p95: numberAt(document, `p95_${name}_ms`, MILLISECOND),
    p99: numberAt(document, `p99_${name}_ms`, MILLISECOND),
  });
  return { ttftS: latency("ttft"), tpotS: latency("tpot"), e2eS: latency("e2el") };
}

function ofInferencePerf(document: Fields): Omit<MeasuredSummary, "source"> | undefined {
  const successes = document["successes"];
  const latencies = isFields(successes) ? successes["latency"] : undefined;
  if (!isFields(latencies)) return undefined;
  const latency = (name: string): MeasuredLatency => {
    const found = latencies[name];
    const fields = isFields(found) ? found : {};
    return {
      mean: numberAt(fields, "mean", 1),
      p50: numberAt(fields, "median", 1),
      p95: numberAt(fields, "p95", 1),
      p99: numberAt(fields, "p99", 1),
    };
  };
  return {
    ttftS: latency("time_to_first_token"),
    tpotS: latency("time_per_output_token"),
    e2eS: latency("request_latency"),
  };
}
