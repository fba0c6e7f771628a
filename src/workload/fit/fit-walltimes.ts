import { log } from "../../base/elementary.js";
import { quantile } from "../../stats/quantile.js";
import type { JobTable } from "../job-table.js";
import type { WalltimeModel } from "../synthetic/parameters.js";

/** A value that this share of the jobs write, or more, is one that people round to. */
const USUAL_SHARE = 0.01;
/** Quartiles of the standard normal are 1.349 apart. */
const NORMAL_QUARTILES = 1.348_979_500_392_163;

/**
 * Fits how users estimate their durations; undefined when fewer than half of the jobs say so.
 *
 * Estimates that were rounded up to a usual value are taken for the middle between that value and the one
 * below (or the duration, if that is longer). Jobs that ran longer than their estimate are left out: the
 * model has none.
 *
 * @param usualS `usualWalltimes` of the whole trace: people of all gang sizes write the same values
 */
export function fitWalltimes(
  jobs: JobTable,
  rows: readonly number[],
  usualS: readonly number[],
): WalltimeModel | undefined {
  const kept = rows.filter((row) => jobs.walltimeS[row]! >= jobs.durationS[row]!);
  if (kept.length < rows.length / 2 || kept.length < 2) return undefined;
  const excess = kept.map((row) => {
    const walltimeS = jobs.walltimeS[row]!;
    const durationS = Math.max(1, jobs.durationS[row]!);
    const index = usualS.indexOf(walltimeS);
    const belowS = index === -1 ? walltimeS : Math.max(durationS, usualS[index - 1] ?? 0);
    return Math.max(1e-6, (walltimeS + belowS) / 2 / durationS - 1);
  });
  const excessMedian = quantile(excess, 0.5)!;
  const logs = excess.map((value) => log(value));
  const sigma = (quantile(logs, 0.75)! - quantile(logs, 0.25)!) / NORMAL_QUARTILES;
  return {
    excessMedian: Math.min(1000, excessMedian),
    sigma: Math.min(20, sigma),
    roundUpToS: usualS,
  };
}

/** Estimates that many jobs share, rising, in seconds. */
export function usualWalltimes({ walltimeS }: JobTable): number[] {
  const counts = new Map<number, number>();
  for (const value of walltimeS) if (value > 0) counts.set(value, (counts.get(value) ?? 0) + 1);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const atLeast = Math.max(2, USUAL_SHARE * total);
  return [...counts]
    .filter(([, count]) => count >= atLeast)
    .map(([value]) => value)
    .sort((left, right) => left - right);
}
