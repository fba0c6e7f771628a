import { pairwiseSum, quantileOfSorted } from "../../stats/quantile.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { ServingRun } from "./serving-spec.js";

/** One latency over all answered requests. Seconds; null where there is none. */
export interface LatencySummary {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Figures of a run of a service. */
export interface ServingSummary {
  readonly requests: {
    readonly count: number;
    readonly answered: number;
    readonly rejected: number;
    readonly perS: number;
  };
  readonly ttftS: LatencySummary;
  readonly tpotS: LatencySummary;
  readonly e2eS: LatencySummary;
  /** Tokens answered per second between the first arrival and the last answer. */
  readonly outputTokensPerS: number;
  readonly preemptions: number;
  /** From the last arrival until the last answer: long where work piles up. Seconds. */
  readonly drainS: number;
  readonly endS: number;
  readonly steps: number;
}

/** Folds a run into its figures. */
export function summarizeServing(requests: RequestTable, run: ServingRun): ServingSummary {
  const answered = run.e2eS.reduce((count, e2eS) => count + (Number.isNaN(e2eS) ? 0 : 1), 0);
  const lastArrivalS = requests.arrivalS[requests.count - 1] ?? 0;
  const tokens = requests.outputTokens.reduce(
    (sum, output, request) => sum + (Number.isNaN(run.e2eS[request]!) ? 0 : output),
    0,
  );
  return {
    requests: {
      count: requests.count,
      answered,
      rejected: run.rejected,
      perS: lastArrivalS > 0 ? requests.count / lastArrivalS : 0,
    },
    ttftS: latency(run.ttftS),
    tpotS: latency(run.tpotS),
    e2eS: latency(run.e2eS),
    outputTokensPerS: run.endS > 0 ? tokens / run.endS : 0,
    preemptions: run.preemptions.reduce((sum, count) => sum + count, 0),
    drainS: Math.max(0, run.endS - lastArrivalS),
    endS: run.endS,
    steps: run.steps,
  };
}

function latency(values: Float64Array): LatencySummary {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (q: number): number | null => quantileOfSorted(known, q) ?? null;
  const mean = known.length === 0 ? null : pairwiseSum(known) / known.length;
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
