import { estimateQueue, QUEUE_CASES } from "../../src/studies/validate/queueing.js";

/** How often the intervals of independent studies hold a closed form. */
export interface QueueCoverage {
  readonly queue: string;
  readonly metric: string;
  readonly expected: number;
  readonly studies: number;
  readonly covered: number;
  readonly coverage: number;
  /** Mean of the estimates, to see bias. */
  readonly meanEstimate: number;
  readonly meanHalfWidth: number;
}

/** Replications of one study. */
const STUDY = { runs: 30, confidence: 0.95 } as const;
/** Jobs of one replication: enough that means of skewed waits are nearly normal. */
const jobsPerRunOf = (servers: number): number => 2000 + 100 * servers;

/** A wait rarer than this is seen in so few runs that its mean is far from normal. */
const TAIL_MIN = 1e-3;

/** One, few and many servers at 0.5 and 0.9, and M/G/1. */
export const COVERED_QUEUES = QUEUE_CASES.filter(
  ({ id }) =>
    /^mmc\/(0\.5-1-1|0\.9-1-1|2-1-4|3\.6-1-4|32-1-64|57\.6-1-64)$/.test(id) ||
    id.startsWith("mg1/"),
);

/** Runs `studies` independent studies of every queue; study number s has seed s. */
export function measureQueueCoverage(
  studies: number,
  queues = COVERED_QUEUES,
): readonly QueueCoverage[] {
  return queues.flatMap((queue) => {
    const tallies = new Map<
      string,
      { expected: number; covered: number; sum: number; width: number }
    >();
    for (let seed = 1; seed <= studies; seed++) {
      for (const { metric, expected, interval } of estimateQueue(queue, {
        ...STUDY,
        seed,
        jobsPerRun: jobsPerRunOf(queue.servers),
      })) {
        const isRare = queue.tail !== undefined && queue.tail.probability < TAIL_MIN;
        if (isRare && metric !== "response") continue;
        const tally = tallies.get(metric) ?? { expected, covered: 0, sum: 0, width: 0 };
        tallies.set(metric, tally);
        tally.sum += interval.mean;
        tally.width += interval.halfWidth;
        if (Math.abs(interval.mean - expected) <= interval.halfWidth) tally.covered++;
      }
    }
    return [...tallies].map(([metric, { expected, covered, sum, width }]) => ({
      queue: queue.name,
      metric,
      expected,
      studies,
      covered,
      coverage: covered / studies,
      meanEstimate: sum / studies,
      meanHalfWidth: width / studies,
    }));
  });
}
