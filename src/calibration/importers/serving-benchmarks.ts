import { InputError } from "../../diagnostics/problem.js";
import { EMPTY_PART, type CalibrationPart } from "../fit-benchmark-result.js";

const MILLISECOND = 1e-3;

/** What matters in a result of `vllm bench serve --save-result`. */
interface VllmJson {
  readonly model_id?: string;
  readonly completed?: number;
  readonly request_throughput?: number;
  readonly output_throughput?: number;
  readonly max_concurrency?: number | null;
  readonly mean_ttft_ms?: number;
  readonly mean_tpot_ms?: number;
}

/** True for a result of vLLM's serving benchmark. */
export function isVllmJson(document: unknown): document is VllmJson {
  const { completed, request_throughput } = (document ?? {}) as VllmJson;
  return completed !== undefined && request_throughput !== undefined;
}

/** Reads a result of vLLM's serving benchmark. @throws InputError when nothing was served or a figure is impossible */
export function partOfVllm(file: string, document: VllmJson): CalibrationPart {
  const { completed, request_throughput, output_throughput, max_concurrency } = document;
  const { mean_ttft_ms, mean_tpot_ms } = document;
  return {
    ...EMPTY_PART,
    serving: [
      {
        tool: "vllm",
        model: document.model_id ?? "unknown",
        requests: positive(file, "completed", completed),
        requestsPerS: positive(file, "request_throughput", request_throughput),
        outputTokensPerS: positive(file, "output_throughput", output_throughput),
        ...(max_concurrency === undefined || max_concurrency === null
          ? {}
          : { concurrencyMax: positive(file, "max_concurrency", max_concurrency) }),
        ...(mean_ttft_ms === undefined
          ? {}
          : { timeToFirstTokenMeanS: positive(file, "mean_ttft_ms", mean_ttft_ms) * MILLISECOND }),
        ...(mean_tpot_ms === undefined || mean_tpot_ms === 0
          ? {}
          : {
              timePerOutputTokenMeanS: positive(file, "mean_tpot_ms", mean_tpot_ms) * MILLISECOND,
            }),
      },
    ],
  };
}

/** What matters in a `summary_lifecycle_metrics.json` or `stage_*_lifecycle_metrics.json` of inference-perf. */
interface InferencePerfJson {
  readonly successes?: {
    readonly count?: number;
    readonly latency?: {
      readonly time_to_first_token?: { readonly mean?: number } | null;
      readonly time_per_output_token?: { readonly mean?: number } | null;
    };
    readonly throughput?: {
      readonly requests_per_sec?: number;
      readonly output_tokens_per_sec?: number;
    };
  };
}

/** True for a summary of inference-perf. */
export function isInferencePerfJson(document: unknown): document is InferencePerfJson {
  return (document as InferencePerfJson | null)?.successes?.throughput !== undefined;
}

/** Reads a summary of inference-perf; its times are seconds. @throws InputError when nothing was served */
export function partOfInferencePerf(file: string, document: InferencePerfJson): CalibrationPart {
  const { count, throughput, latency } = document.successes!;
  const first = latency?.time_to_first_token?.mean;
  const next = latency?.time_per_output_token?.mean;
  return {
    ...EMPTY_PART,
    serving: [
      {
        tool: "inference-perf",
        model: "unknown",
        requests: positive(file, "successes.count", count),
        requestsPerS: positive(
          file,
          "successes.throughput.requests_per_sec",
          throughput?.requests_per_sec,
        ),
        outputTokensPerS: positive(
          file,
          "successes.throughput.output_tokens_per_sec",
          throughput?.output_tokens_per_sec,
        ),
        ...(first === undefined
          ? {}
          : { timeToFirstTokenMeanS: positive(file, "time_to_first_token.mean", first) }),
        ...(next === undefined
          ? {}
          : { timePerOutputTokenMeanS: positive(file, "time_per_output_token.mean", next) }),
      },
    ],
  };
}

function positive(file: string, name: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  throw new InputError([
    {
      file,
      rule: "bad-serving-benchmark",
      path: name,
      message: `${name} must be a positive number, got ${JSON.stringify(value) ?? "nothing"}`,
      help: "name a result of a run in which requests were served",
    },
  ]);
}
