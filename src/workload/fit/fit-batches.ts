import { exp, log } from "../../base/elementary.js";
import { quantileOfSorted } from "../../stats/quantile.js";
import type { BatchModel } from "../synthetic/parameters.js";

/** Fewer gaps tell nothing about batches. */
const GAPS_MIN = 20;
/** Gaps inside batches must be this many times shorter than the others on average. */
const RATIO_MIN = 10;
/** A smaller share of short gaps is chance: some gaps of any stream are short. */
const SHARE_MIN = 0.02;
/** Times are whole seconds in most traces; a shorter mean would only describe the rounding. */
const MEAN_MIN_S = 0.5;
const ROUNDS_MAX = 300;
const PRECISION = 1e-9;

/** Batches as fitted. */
export interface FittedBatches {
  readonly model: BatchModel;
  /** True when a job that follows this much later belongs to the batch of the one before. Seconds. */
  continues(gapS: number): boolean;
}

const NO_BATCHES: FittedBatches = {
  model: { continueProbability: 0, gapMeanS: 0 },
  continues: () => false,
};

/** One exponential of the mixture. */
interface Part {
  readonly weight: number;
  readonly meanS: number;
}

/**
 * Finds batches in the gaps between jobs of the same person.
 *
 * The gaps are fitted by three exponentials (EM from a fixed start): one for gaps inside batches, and two
 * for those between batches, since a rate that changes over day and week does not give one exponential.
 * The parts are split where their means differ most. There are batches when the means differ by a factor
 * of 10 on both sides, and 2 % of the jobs or more follow another closely.
 *
 * @param gapsS seconds; NaN for the first job of a person
 */
export function fitBatches(gapsS: Float64Array): FittedBatches {
  const sorted = gapsS.filter((gapS) => !Number.isNaN(gapS)).sort();
  if (sorted.length < GAPS_MIN) return NO_BATCHES;
  const parts = fitExponentials(sorted);
  const splitAt = parts[1]!.meanS / parts[0]!.meanS > parts[2]!.meanS / parts[1]!.meanS ? 1 : 2;
  const short = joined(parts.slice(0, splitAt));
  const long = joined(parts.slice(splitAt));
  // Of all jobs, not of all gaps: the last job of a person is followed by none.
  const continueProbability = (short.weight * sorted.length) / gapsS.length;
  if (long.meanS < RATIO_MIN * short.meanS || continueProbability < SHARE_MIN) return NO_BATCHES;
  return {
    model: { continueProbability: Math.min(0.999, continueProbability), gapMeanS: short.meanS },
    continues: (gapS) => gapS < long.meanS && densityOf(short, gapS) >= densityOf(long, gapS),
  };
}

function joined(parts: readonly Part[]): Part {
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  const total = parts.reduce((sum, part) => sum + part.weight * part.meanS, 0);
  return { weight, meanS: weight === 0 ? 0 : total / weight };
}

function densityOf({ weight, meanS }: Part, gapS: number): number {
  return meanS === 0 ? 0 : (weight / meanS) * exp(-gapS / meanS);
}

/** Expectation and maximisation on the distinct gaps; parts by rising mean. */
function fitExponentials(sorted: Float64Array): Part[] {
  const { values, counts } = distinct(sorted);
  const start = (q: number): number => quantileOfSorted(sorted, q)!;
  const first = Math.max(MEAN_MIN_S, start(0.1));
  const second = Math.max(4 * first, start(0.5));
  let parts: Part[] = [first, second, Math.max(4 * second, start(0.9))].map((meanS) => ({
    weight: 1 / 3,
    meanS,
  }));
  let before = -Infinity;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const step = improve(parts, values, counts, sorted.length);
    parts = step.parts;
    if (step.logLikelihood - before < PRECISION * Math.abs(step.logLikelihood)) break;
    before = step.logLikelihood;
  }
  return parts.sort((left, right) => left.meanS - right.meanS);
}

function improve(
  parts: readonly Part[],
  values: readonly number[],
  counts: readonly number[],
  total: number,
): { parts: Part[]; logLikelihood: number } {
  const weights = parts.map(() => 0);
  const sums = parts.map(() => 0);
  const slowest = Math.max(...parts.map(({ meanS }) => meanS));
  let logLikelihood = 0;
  values.forEach((value, index) => {
    // All divided by the slowest part's density, which is the last to vanish.
    const densities = parts.map(
      ({ weight, meanS }) => (weight / meanS) * exp(value / slowest - value / meanS),
    );
    const sum = densities.reduce((left, right) => left + right, 0);
    const count = counts[index]!;
    logLikelihood += count * (log(sum) - value / slowest);
    densities.forEach((density, part) => {
      const share = (count * density) / sum;
      weights[part]! += share;
      sums[part]! += share * value;
    });
  });
  return {
    logLikelihood,
    parts: parts.map(({ meanS }, part) => ({
      // Never 0: a part that has lost all gaps stays harmless, and its mean stays a number.
      weight: Math.max(1e-12, weights[part]! / total),
      meanS: weights[part]! > 0 ? Math.max(MEAN_MIN_S, sums[part]! / weights[part]!) : meanS,
    })),
  };
}

function distinct(sorted: Float64Array): { values: number[]; counts: number[] } {
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === values.at(-1)) counts[counts.length - 1]! += 1;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return { values, counts };
}
