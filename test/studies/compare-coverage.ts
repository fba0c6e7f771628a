import {
  independentEstimate,
  intervalOf,
  meanEstimate,
  pairedEstimate,
} from "../../src/studies/compare/mean-estimate.js";
import {
  markovCase,
  simulateQueue,
  type QueueCase,
} from "../../src/studies/validate/queue-cases.js";
import { pairwiseSum } from "../../src/stats/quantile.js";

/** How often the 95 % intervals of a comparison hold what is true. */
export interface CompareCoverage {
  readonly what: string;
  readonly expected: number;
  readonly studies: number;
  readonly covered: number;
  readonly coverage: number;
  readonly meanEstimate: number;
  readonly meanHalfWidth: number;
}

/** Replications of one study. Runs begin in the steady state. */
const REPLICATIONS = 20;
const ALPHA = 0.05;

const FOUR = markovCase(2, 1, 4);
/** One server more; the same name of its streams gives it the same jobs. */
const FIVE: QueueCase = { ...markovCase(2, 1, 5), id: FOUR.id };
const TRUE_DIFFERENCE = FIVE.waitMeanS - FOUR.waitMeanS;

/** Mean waits of the replications of one study. */
function meanWaits(queue: QueueCase, firstSeed: number, jobs: number): readonly number[] {
  return Array.from({ length: REPLICATIONS }, (_, replication) => {
    const { waitS } = simulateQueue(queue, { seed: firstSeed + replication, jobs, warmUpJobs: 0 });
    return pairwiseSum(waitS) / waitS.length;
  });
}

/**
 * Runs independent studies of an M/M/4 queue and of the difference a fifth server makes, whose means Erlang C
 * gives, and counts the intervals that hold them: of one mean, of paired differences on common random numbers,
 * and of differences of independent runs.
 *
 * @param jobs of one replication. With 600 its mean wait is so skewed that twenty of them give intervals that hold
 *   the truth in 92.7, 93.3 and 93.6 % of 1,000 studies; more jobs bring their means nearer to normal.
 */
export function measureCompareCoverage(studies: number, jobs: number): readonly CompareCoverage[] {
  const kinds: readonly (readonly [what: string, expected: number])[] = [
    ["mean wait, M/M/4", FOUR.waitMeanS],
    ["difference, M/M/5 - M/M/4, common random numbers", TRUE_DIFFERENCE],
    ["difference, M/M/5 - M/M/4, independent random numbers", TRUE_DIFFERENCE],
  ];
  const sums = kinds.map(() => ({ covered: 0, mean: 0, width: 0 }));
  // Each study is independent of the others; the next one's jobs are another set of random numbers.
  let four = meanWaits(FOUR, seedOf(0), jobs);
  for (let study = 0; study < studies; study++) {
    const five = meanWaits(FIVE, seedOf(study), jobs);
    const next = meanWaits(FOUR, seedOf(study + 1), jobs);
    const estimates = [
      meanEstimate(four),
      pairedEstimate(four, five),
      independentEstimate(next, five),
    ];
    estimates.forEach((estimate, kind) => {
      const [low, high] = intervalOf(estimate, ALPHA);
      const [, expected] = kinds[kind]!;
      const sum = sums[kind]!;
      if (low <= expected && expected <= high) sum.covered += 1;
      sum.mean += estimate.mean;
      sum.width += (high - low) / 2;
    });
    four = next;
  }
  return kinds.map(([what, expected], kind) => {
    const { covered, mean, width } = sums[kind]!;
    return {
      ...{ what, expected, studies, covered, coverage: covered / studies },
      ...{ meanEstimate: mean / studies, meanHalfWidth: width / studies },
    };
  });
}

/** Seeds that no two studies share. */
function seedOf(study: number): number {
  return 1 + study * REPLICATIONS;
}
