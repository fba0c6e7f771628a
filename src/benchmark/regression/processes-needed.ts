import { log } from "../../base/elementary.js";
import { smallestMannWhitneyP } from "../../stats/mann-whitney.js";
import { standardNormalQuantile } from "../../stats/normal.js";
import { quantile } from "../../stats/quantile.js";

/** Most processes per side anybody is told to run; beyond it the noise itself must be mended. */
export const PROCESSES_MAX = 10_000;
/** Chance of finding the shift that the number of processes is made for. */
const POWER = 0.95;
/** Asymptotic efficiency of Mann–Whitney beside the t-test for normal noise is 3/π. */
const EFFICIENCY = 3 / Math.PI;
/** Makes the median absolute deviation the standard deviation of normal values. */
const NORMAL_CONSISTENT = 1.4826;

/** Fewest processes per side with which a suite of so many cases can be decided at all (n against n). */
export function processesToDecide(suiteSize: number, familyAlpha: number): number {
  let count = 1;
  while (smallestMannWhitneyP(count, count) * suiteSize > familyAlpha && count < PROCESSES_MAX)
    count += 1;
  return count;
}

/**
 * Processes per side that find a shift with 95 % power at a level: 2 ((z_{1-α/2} + z_power) σ / ln(1 + δ))²
 * over the efficiency of Mann–Whitney, and never fewer than the level needs.
 *
 * @param options.noiseShare σ of one process's logarithm of time, ≥ 0
 * @param options.effectShare δ, > 0
 * @param options.alpha two-sided level of one case, in (0, 1)
 */
export function processesNeeded(options: {
  readonly noiseShare: number;
  readonly effectShare: number;
  readonly alpha: number;
}): number {
  const { noiseShare, effectShare, alpha } = options;
  const deviations =
    ((standardNormalQuantile(1 - alpha / 2) + standardNormalQuantile(POWER)) * noiseShare) /
    log(1 + effectShare);
  const count = Math.ceil((2 * deviations * deviations) / EFFICIENCY);
  return Math.min(PROCESSES_MAX, Math.max(count, processesToDecide(1, alpha)));
}

/** Spread of values that outliers do not move: 1.4826 times the median absolute deviation. */
export function robustDeviation(values: ArrayLike<number>): number {
  const middle = quantile(values, 0.5) ?? 0;
  const distances = Float64Array.from(values, (value) => Math.abs(value - middle));
  return NORMAL_CONSISTENT * (quantile(distances, 0.5) ?? 0);
}
