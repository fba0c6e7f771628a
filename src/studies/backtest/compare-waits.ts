import { pairwiseSum, quantileOfSorted } from "../../stats/quantile.js";
import type { JobErrors, WaitComparison, WaitSummary, WithinShare } from "./backtest-document.js";

/** Recorded and simulated waits of the same jobs in the same order. Seconds. */
export interface WaitPairs {
  readonly recordedS: Float64Array;
  readonly simulatedS: Float64Array;
}

/** Differences people ask for: equal, and within 1, 5, 15 and 60 minutes. Seconds. */
const WITHIN_S = [0, 60, 300, 900, 3600] as const;

/** Holds the distribution of simulated waits against that of the recorded ones. */
export function compareWaits({ recordedS, simulatedS }: WaitPairs): WaitComparison {
  const recorded = summarize(recordedS);
  const simulated = summarize(simulatedS);
  const errorS = combine(recorded, simulated, (was, is) => is - was);
  return {
    recordedS: recorded,
    simulatedS: simulated,
    errorS,
    errorRelative: combine(recorded, errorS, (was, error) => (was === 0 ? null : error / was)),
  };
}

/** The pairs of some of the jobs. */
export function selectPairs(pairs: WaitPairs, positions: readonly number[]): WaitPairs {
  return {
    recordedS: Float64Array.from(positions, (position) => pairs.recordedS[position]!),
    simulatedS: Float64Array.from(positions, (position) => pairs.simulatedS[position]!),
  };
}

/** How far the simulated wait of a job is from its recorded one, either way. */
export function compareJobByJob(pairs: WaitPairs): {
  readonly jobErrorS: JobErrors;
  readonly withinShare: readonly WithinShare[];
} {
  const { recordedS, simulatedS } = pairs;
  const apartS = recordedS.map((was, job) => Math.abs(simulatedS[job]! - was)).sort();
  const { mean, p50, p95 } = summarize(apartS);
  const count = apartS.length;
  return {
    jobErrorS: { mean, p50, p95 },
    withinShare: WITHIN_S.map((withinS) => ({
      withinS,
      share: count === 0 ? 0 : apartS.filter((value) => value <= withinS).length / count,
    })),
  };
}

function summarize(values: Float64Array): WaitSummary {
  if (values.length === 0) {
    return { mean: null, p50: null, p90: null, p95: null, p99: null, max: null };
  }
  const sorted = values.slice().sort();
  const at = (q: number): number => quantileOfSorted(sorted, q)!;
  return {
    mean: pairwiseSum(sorted) / sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: sorted[sorted.length - 1]!,
  };
}

function combine(
  left: WaitSummary,
  right: WaitSummary,
  of: (left: number, right: number) => number | null,
): WaitSummary {
  const at = (figure: keyof WaitSummary): number | null => {
    const one = left[figure];
    const other = right[figure];
    return one === null || other === null ? null : of(one, other);
  };
  return {
    mean: at("mean"),
    p50: at("p50"),
    p90: at("p90"),
    p95: at("p95"),
    p99: at("p99"),
    max: at("max"),
  };
}
