import { pairwiseSum, quantileOfSorted } from "../../stats/quantile.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import { REQUEST_OUTCOMES, type RequestOutcome } from "./request-ledger.js";
import type { RequestClass, ServingRun, TokenGapSummary } from "./serving-spec.js";

/** One latency over all answered requests. Seconds; null where there is none. */
export interface LatencySummary {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** What became of the requests of one class, and how many got what they were promised. */
export interface ClassSummary {
  readonly name: string;
  readonly requests: {
    readonly count: number;
    readonly answered: number;
    /** Larger than the cache of a replica, turned away, left: see `REQUEST_OUTCOMES`. */
    readonly rejected: number;
    readonly refused: number;
    readonly gaveUp: number;
  };
  /** Requests that met every target of their class; all answered ones where it has none. */
  readonly met: number;
  /** Of all requests of the class, those not answered included; null without requests. */
  readonly metShare: number | null;
  /** Such requests per second until the last answer. */
  readonly goodputPerS: number;
  readonly ttftS: LatencySummary;
  readonly tpotS: LatencySummary;
  readonly e2eS: LatencySummary;
  readonly itlS: TokenGapSummary;
}

/**
 * Goodput by class: requests per second that were answered within every target of their class (time to first
 * token, mean time per output token after it, end to end), as inference-perf and DistServe count it. A request
 * that was refused or left has met nothing.
 */
export function summarizeClasses(
  requests: RequestTable,
  run: ServingRun,
  classes: readonly RequestClass[],
): readonly ClassSummary[] {
  return classes.map((one, index) => {
    const rows: number[] = [];
    for (let row = 0; row < requests.count; row++)
      if (Math.max(0, requests.classes?.index[row] ?? 0) === index) rows.push(row);
    const countOf = (outcome: RequestOutcome): number =>
      rows.filter((row) => REQUEST_OUTCOMES[run.outcome[row]!] === outcome).length;
    const met = rows.filter((row) => meetsTargets(run, row, one)).length;
    const of = (values: Float64Array): LatencySummary =>
      summarizeLatency(Float64Array.from(rows, (row) => values[row]!));
    return {
      name: one.name,
      requests: {
        count: rows.length,
        answered: countOf("answered"),
        rejected: countOf("too-large"),
        refused: countOf("refused"),
        gaveUp: countOf("gave-up"),
      },
      met,
      metShare: rows.length === 0 ? null : met / rows.length,
      goodputPerS: run.endS > 0 ? met / run.endS : 0,
      ttftS: of(run.ttftS),
      tpotS: of(run.tpotS),
      e2eS: of(run.e2eS),
      itlS: run.itlOfClassS[index] ?? run.itlS,
    };
  });
}

/** Whether a request was answered within every target of its class; a target on the time per token holds for answers of one token. */
export function meetsTargets(
  run: Pick<ServingRun, "ttftS" | "tpotS" | "e2eS">,
  request: number,
  { ttftS, tpotS, e2eS }: RequestClass,
): boolean {
  const isWithin = (seconds: number, target: number | undefined): boolean =>
    target === undefined || seconds <= target;
  if (Number.isNaN(run.e2eS[request]!)) return false;
  const perTokenS = run.tpotS[request]!;
  return (
    isWithin(run.ttftS[request]!, ttftS) &&
    (Number.isNaN(perTokenS) || isWithin(perTokenS, tpotS)) &&
    isWithin(run.e2eS[request]!, e2eS)
  );
}

/** Mean and percentiles (rule R-7) of the values that are numbers. */
export function summarizeLatency(values: Float64Array): LatencySummary {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (q: number): number | null => quantileOfSorted(known, q) ?? null;
  const mean = known.length === 0 ? null : pairwiseSum(known) / known.length;
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
