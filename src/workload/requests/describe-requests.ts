import { momentsOf } from "../../stats/moments.js";
import { pairwiseSum, quantileOfSorted } from "../../stats/quantile.js";
import { meanRate } from "./change-requests.js";
import type { RequestTable } from "./request-table.js";

/** Mean and percentiles of a column. */
export interface ColumnSummary {
  readonly mean: number;
  readonly min: number;
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What is in a request trace. */
export interface RequestsDescription {
  readonly requests: number;
  readonly spanS: number;
  readonly requestsPerS: number;
  readonly promptTokens: ColumnSummary;
  readonly outputTokens: ColumnSummary;
  /** Tokens of prompts, and of answers, that come per second. */
  readonly promptTokensPerS: number;
  readonly outputTokensPerS: number;
  /** How strongly long prompts go with long answers, −1 to 1; null where one of the two never varies. */
  readonly lengthCorrelation: number | null;
  readonly arrivals: ArrivalsDescription;
  readonly classes: readonly { readonly name: string; readonly requests: number }[];
  readonly adapters: readonly { readonly name: string; readonly requests: number }[];
  /** Shared beginnings: how many, and the share of all prompt tokens that are in them. */
  readonly prefixes: { readonly groups: number; readonly tokenShare: number } | null;
  readonly conversations: { readonly count: number; readonly turnsMean: number } | null;
}

/** When requests come. */
export interface ArrivalsDescription {
  /** Standard deviation of the gaps over their mean: 1 for a Poisson process, above for bursts. */
  readonly gapVariation: number | null;
  /**
   * Variance of the requests of a minute over their mean: 1 for a Poisson process, more where the rate goes up
   * and down. Null for less than ten whole minutes.
   */
  readonly minuteDispersion: number | null;
  /** Requests per second in the busiest second, minute and hour; null where the trace is shorter than two of them. */
  readonly busiest: {
    readonly second: number | null;
    readonly minute: number | null;
    readonly hour: number | null;
  };
  /** Requests per second in each of 60 equal parts. */
  readonly rateOverTime: readonly number[];
}

const PARTS = 60;

/** Describes a request trace. */
export function describeRequests(requests: RequestTable): RequestsDescription {
  const { count, arrivalS, promptTokens, outputTokens, prefixes } = requests;
  const spanS = (arrivalS[count - 1] ?? 0) - (arrivalS[0] ?? 0);
  const perS = (column: Int32Array): number => (spanS > 0 ? sumOf(column) / spanS : 0);
  return {
    requests: count,
    spanS,
    requestsPerS: meanRate(requests),
    promptTokens: summaryOf(promptTokens),
    outputTokens: summaryOf(outputTokens),
    promptTokensPerS: perS(promptTokens),
    outputTokensPerS: perS(outputTokens),
    lengthCorrelation: correlation(promptTokens, outputTokens),
    arrivals: describeArrivals(arrivalS, spanS),
    classes: countsOf(requests.classes),
    adapters: countsOf(requests.adapters),
    prefixes:
      prefixes === undefined
        ? null
        : {
            groups: new Set(prefixes.group.filter((group) => group >= 0)).size,
            tokenShare: sumOf(prefixes.tokens) / sumOf(promptTokens),
          },
    conversations: conversationsOf(requests.conversation),
  };
}

const sumOf = (column: ArrayLike<number>): number => pairwiseSum(column);

function summaryOf(column: Int32Array): ColumnSummary {
  const sorted = Float64Array.from(column).sort();
  const at = (q: number): number => quantileOfSorted(sorted, q) ?? 0;
  return {
    mean: sumOf(sorted) / Math.max(1, sorted.length),
    min: at(0),
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}

function correlation(left: Int32Array, right: Int32Array): number | null {
  const [a, b] = [momentsOf(left), momentsOf(right)];
  const products = Float64Array.from(
    left,
    (value, row) => (value - a.mean) * (right[row]! - b.mean),
  );
  const spread = Math.sqrt(a.variance * b.variance);
  return spread > 0 ? sumOf(products) / (products.length - 1) / spread : null;
}

function describeArrivals(arrivalS: Float64Array, spanS: number): ArrivalsDescription {
  const gaps = arrivalS.subarray(1).map((timeS, row) => timeS - arrivalS[row]!);
  const { mean, variance } = momentsOf(gaps);
  const minutes = countsPer(arrivalS, spanS, 60);
  const perMinute = momentsOf(minutes);
  const busiest = (widthS: number): number | null => {
    const counts = countsPer(arrivalS, spanS, widthS);
    return counts.length < 2 ? null : counts.reduce((most, n) => Math.max(most, n), 0) / widthS;
  };
  return {
    gapVariation: mean > 0 && gaps.length > 1 ? Math.sqrt(variance) / mean : null,
    minuteDispersion: minutes.length < 10 ? null : perMinute.variance / perMinute.mean,
    busiest: { second: busiest(1), minute: busiest(60), hour: busiest(3600) },
    rateOverTime:
      spanS > 0
        ? Array.from(countsPer(arrivalS, spanS, spanS / PARTS), (n) => (n * PARTS) / spanS)
        : [],
  };
}

/** Requests in each whole part of the time; what is left over at the end is not counted. */
function countsPer(arrivalS: Float64Array, spanS: number, widthS: number): Float64Array {
  // A part fewer by rounding would lose a sixtieth of the trace.
  const parts = Math.floor(spanS / widthS + 1e-9);
  const counts = new Float64Array(parts);
  const startS = arrivalS[0] ?? 0;
  for (const timeS of arrivalS) {
    const part = Math.floor((timeS - startS) / widthS);
    // The last arrival stands at the end of the last part.
    if (part < parts) counts[part]! += 1;
    else if (timeS - startS === spanS && parts > 0) counts[parts - 1]! += 1;
  }
  return counts;
}

function countsOf(
  column: RequestTable["classes"],
): readonly { readonly name: string; readonly requests: number }[] {
  if (column === undefined) return [];
  const counts = new Float64Array(column.names.length + 1);
  for (const index of column.index) counts[index + 1]! += 1;
  return ["", ...column.names]
    .map((name, at) => ({ name, requests: counts[at]! }))
    .filter(({ requests }) => requests > 0);
}

function conversationsOf(column: Int32Array | undefined): RequestsDescription["conversations"] {
  if (column === undefined) return null;
  const inOne = column.filter((id) => id >= 0);
  const count = new Set(inOne).size;
  return { count, turnsMean: count === 0 ? 0 : inOne.length / count };
}
