import { runReplications } from "../../src/studies/replicate/run-replications.js";
import { markovQueueMetrics } from "../../src/stats/queueing.js";
import type { RunStatistics } from "../../src/scenario/resolved.js";
import { markovConfiguration, type MarkovQueueOptions } from "./markov-queue.js";

/** How often intervals of one kind hold the true value, over independent studies. */
export interface Coverage {
  readonly metric: string;
  readonly truth: number;
  /** Studies that gave an interval. */
  readonly intervals: number;
  /** Studies without one: batches too much alike, or no end of the warm-up. */
  readonly withheld: number;
  readonly covered: number;
  readonly coverage: number;
  /** Mean of the estimates, to see bias. */
  readonly meanEstimate: number;
  readonly meanHalfWidth: number;
}

/** One experiment: a queue, how its intervals are made, and how often that is repeated. */
export interface CoverageExperiment {
  readonly name: string;
  readonly queue: MarkovQueueOptions;
  readonly statistics: RunStatistics;
  readonly studies: number;
  /**
   * Least share of 200 studies that must hold the truth at a nominal 95 %: three standard errors (4.6 points)
   * below it over replications; batches of one run depend on each other, which costs two points more.
   */
  readonly coverageMin: number;
}

const DEFAULTS = {
  replications: 10,
  confidence: 0.95,
  warmUpS: undefined,
  precision: undefined,
  interval: "replications",
} as const;

/** ρ = 0.8 on two servers: waits of 1.78 s on average, 6.64 s at the 95th percentile, P(wait) = 0.71. */
const TWO_SERVERS = { arrivalsPerS: 1.6, servicesPerS: 1, servers: 2 } as const;
/** ρ = 0.8 on ten: most jobs do not wait at all. */
const TEN_SERVERS = { arrivalsPerS: 8, servicesPerS: 1, servers: 10 } as const;

/** The experiments behind the statement that intervals have nominally the confidence asked for. */
export function coverageExperiments(studies: number): readonly CoverageExperiment[] {
  const replicated = { ...DEFAULTS, warmUpS: 300 };
  const batched = { ...DEFAULTS, replications: 1, interval: "batch-means" as const };
  const [fromReplications, fromBatches] = [0.9, 0.88];
  return [
    {
      name: "replications, given warm-up, M/M/2",
      queue: { ...TWO_SERVERS, jobs: 4000 },
      statistics: replicated,
      studies,
      coverageMin: fromReplications,
    },
    {
      name: "replications, warm-up by rule, M/M/2",
      queue: { ...TWO_SERVERS, jobs: 4000 },
      statistics: { ...replicated, warmUpS: "auto" },
      studies,
      coverageMin: fromReplications,
    },
    {
      name: "replications, given warm-up, M/M/10",
      queue: { ...TEN_SERVERS, jobs: 8000 },
      statistics: { ...replicated, warmUpS: 60 },
      studies,
      coverageMin: fromReplications,
    },
    {
      name: "batch means, given warm-up, M/M/2",
      queue: { ...TWO_SERVERS, jobs: 40_000 },
      statistics: { ...batched, warmUpS: 300 },
      studies,
      coverageMin: fromBatches,
    },
    {
      name: "batch means, given warm-up, M/M/10, few jobs",
      queue: { ...TEN_SERVERS, jobs: 13_000 },
      statistics: { ...batched, warmUpS: 60 },
      studies,
      coverageMin: fromBatches,
    },
  ];
}

/** Runs one experiment; study number s has the root seed s. */
export function measureCoverage({
  queue,
  statistics,
  studies,
}: CoverageExperiment): readonly Coverage[] {
  const truth = markovQueueMetrics(queue);
  const metrics: readonly (readonly [string, number])[] = [
    ["jobs.waitS.mean", truth.waitMeanS],
    ["jobs.waitS.p95", truth.waitQuantileS(0.95)],
    ["jobs.jctS.mean", truth.responseMeanS],
  ];
  const tallies = metrics.map(() => ({ intervals: 0, withheld: 0, covered: 0, sum: 0, width: 0 }));
  for (let seed = 1; seed <= studies; seed++) {
    const [{ result }] = runReplications({
      configurations: [markovConfiguration(queue)],
      statistics,
      seed,
      file: "coverage",
      onStart: () => undefined,
    }) as [ReturnType<typeof runReplications>[number]];
    const { intervals, warmUp } = result.replications!;
    metrics.forEach(([metric, value], index) => {
      const tally = tallies[index]!;
      const interval = intervals[metric];
      if (interval === undefined || warmUp?.detected === false) tally.withheld++;
      else {
        tally.intervals++;
        tally.sum += interval.mean;
        tally.width += (interval.high - interval.low) / 2;
        if (interval.low <= value && value <= interval.high) tally.covered++;
      }
    });
  }
  return metrics.map(([metric, value], index) => {
    const { intervals, withheld, covered, sum, width } = tallies[index]!;
    return {
      metric,
      truth: value,
      intervals,
      withheld,
      covered,
      coverage: covered / intervals,
      meanEstimate: sum / intervals,
      meanHalfWidth: width / intervals,
    };
  });
}
