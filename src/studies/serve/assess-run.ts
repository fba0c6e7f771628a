import { judgeSaturation, type Saturation } from "../../simulation/serving/judge-saturation.js";
import { REQUEST_OUTCOMES, type RequestOutcome } from "../../simulation/serving/request-ledger.js";
import type { ServingRun } from "../../simulation/serving/serving-spec.js";
import { quantileOfSorted } from "../../stats/quantile.js";
import type { RequestTable } from "../../workload/requests/request-table.js";

/** Latency targets: at `percentile` of the requests each latency named is at most so long. */
export interface LatencyTargets {
  /** 0 to 1, such as 0.95. */
  readonly percentile: number;
  /** Seconds. */
  readonly ttftS?: number;
  readonly tpotS?: number;
  readonly e2eS?: number;
}

/** Latencies that can have targets. */
export const LATENCIES = ["ttftS", "tpotS", "e2eS"] as const;
/** One of them. */
export type Latency = (typeof LATENCIES)[number];

const TURNED_AWAY: readonly RequestOutcome[] = ["refused", "gave-up"];

/** Which requests count: those that arrive in it. */
export interface Window {
  readonly fromS: number;
  readonly untilS: number;
}

/** How a run stands to its targets. */
export interface Assessment {
  /** Requests that arrived in the window. */
  readonly requests: number;
  /** Of them, those no replica can hold or that were turned away; they miss every target. */
  readonly unserved: number;
  /** Each latency at the targets' percentile; null where nothing was answered, or so many were not that it has none. */
  readonly atPercentile: Readonly<Record<Latency, number | null>>;
  /** Requests that met every target they were measured against. */
  readonly good: { readonly share: number; readonly perS: number };
  readonly saturation: Saturation;
  /** Targets that were missed. */
  readonly missed: readonly Latency[];
  /** Every target met, and the service not overloaded. */
  readonly meets: boolean;
}

/**
 * Judges a run by the requests that arrived in a window.
 *
 * The saturation verdict tolerates a wait of the target for the first token, where there is one.
 */
export function assessRun(
  requests: RequestTable,
  run: ServingRun,
  targets: LatencyTargets,
  window: Window,
): Assessment {
  const { arrivalS, count } = requests;
  const rows: number[] = [];
  for (let row = 0; row < count; row++)
    if (arrivalS[row]! >= window.fromS && arrivalS[row]! <= window.untilS) rows.push(row);
  const unserved = rows.filter((row) => Number.isNaN(run.e2eS[row]!)).length;
  const atPercentile = {
    ttftS: percentileOf(run.ttftS, rows, run.e2eS, targets.percentile),
    tpotS: percentileOf(run.tpotS, rows, run.e2eS, targets.percentile),
    e2eS: percentileOf(run.e2eS, rows, run.e2eS, targets.percentile),
  };
  const missed = LATENCIES.filter((latency) => {
    const target = targets[latency];
    const value = atPercentile[latency];
    return target !== undefined && (value === null || value > target);
  });
  const good = rows.filter((row) => isGood(run, row, targets)).length;
  const saturation = judgeSaturation({
    arrivalS,
    // Whoever was turned away or left is still waiting, as far as the queue is concerned.
    firstTokenS: run.ttftS.map((value, row) =>
      TURNED_AWAY.includes(REQUEST_OUTCOMES[run.outcome[row]!]!)
        ? Infinity
        : arrivalS[row]! + value,
    ),
    fromS: window.fromS,
    untilS: window.untilS,
    ...(targets.ttftS === undefined ? {} : { waitToleratedS: targets.ttftS }),
  });
  const seconds = window.untilS - window.fromS;
  return {
    requests: rows.length,
    unserved,
    atPercentile,
    good: {
      share: rows.length === 0 ? 0 : good / rows.length,
      perS: seconds > 0 ? good / seconds : 0,
    },
    saturation,
    missed,
    meets: rows.length > 0 && missed.length === 0 && saturation.verdict !== "overloaded",
  };
}

/** Whether a request met every target; an answer of one token has no time per token to miss. */
export function isGood(
  run: Pick<ServingRun, Latency>,
  row: number,
  targets: LatencyTargets,
): boolean {
  if (Number.isNaN(run.e2eS[row]!)) return false;
  return LATENCIES.every((latency) => {
    const target = targets[latency];
    return target === undefined || !(run[latency][row]! > target);
  });
}

/** A percentile over the requests, where unserved ones took for ever; null when it is for ever, or of nothing. */
function percentileOf(
  values: Float64Array,
  rows: readonly number[],
  e2eS: Float64Array,
  percentile: number,
): number | null {
  const known: number[] = [];
  for (const row of rows) {
    if (Number.isNaN(e2eS[row]!)) known.push(Infinity);
    else if (!Number.isNaN(values[row]!)) known.push(values[row]!);
  }
  const found = quantileOfSorted(Float64Array.from(known).sort(), percentile);
  // Between a number and infinity lies infinity, and infinity minus itself is no number.
  return found === undefined || !Number.isFinite(found) ? null : found;
}
