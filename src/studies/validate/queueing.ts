import { type MeanInterval, replicationInterval } from "../../stats/confidence-interval.js";
import { pairwiseSum } from "../../stats/quantile.js";
import { boundedCheck, type Check } from "./check.js";
import { generalCase, markovCase, type QueueCase, simulateQueue } from "./queue-cases.js";

/** Independent runs behind one comparison. */
const RUNS = 30;
/** More servers see more jobs in the time that waits depend on each other. */
const jobsPerRunOf = ({ servers }: QueueCase): number => 4000 + 150 * servers;
/** For queues that start empty: far beyond the time any of them needs to forget it. */
const WARM_UP_JOBS = 2000;
/** That all comparisons hold together; each of them has an interval wider than 99 % (Bonferroni). */
const CONFIDENCE_OF_ALL = 0.99;
const SEED = 1;

/** One, few and many servers, half and heavily loaded; then those the literature tabulates. */
export const QUEUE_CASES: readonly QueueCase[] = [
  markovCase(0.5, 1, 1),
  markovCase(0.9, 1, 1),
  markovCase(2, 1, 4),
  markovCase(3.6, 1, 4),
  markovCase(32, 1, 64),
  markovCase(57.6, 1, 64),
  markovCase(0.8, 1, 1),
  markovCase(1.6, 1, 2),
  markovCase(8, 1, 10),
  markovCase(14, 1, 16),
  markovCase(95, 1, 100),
  markovCase(2.5, 0.5, 6),
  generalCase("constant", 0.8, 0, () => 1),
  generalCase("uniform", 0.6, 1 / 3, (stream) => 2 * stream.uniform()),
  generalCase("Erlang-2", 0.8, 0.5, (stream) => stream.exponential(0.5) + stream.exponential(0.5)),
];

/** Two of each queue. */
const COMPARISONS = 2 * QUEUE_CASES.length;

/** What a study estimates, with its closed form. */
export interface QueueEstimate {
  readonly metric: "wait" | "tail" | "response";
  readonly what: string;
  readonly source: string;
  readonly unit: string;
  readonly expected: number;
  readonly interval: MeanInterval;
}

/**
 * Runs a queue `runs` times with seeds of its own and gives an interval for each closed form it has.
 *
 * @param options.seed of the study: studies with different seeds share no random number
 */
export function estimateQueue(
  queue: QueueCase,
  options: {
    readonly seed: number;
    readonly runs: number;
    readonly jobsPerRun: number;
    readonly confidence: number;
  },
): readonly QueueEstimate[] {
  const { seed, runs, jobsPerRun, confidence } = options;
  const waits: number[] = [];
  const responses: number[] = [];
  const beyond: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { waitS, responseS } = simulateQueue(queue, {
      seed: seed * runs + run,
      jobs: jobsPerRun,
      warmUpJobs: queue.jobsAtStart === undefined ? WARM_UP_JOBS : 0,
    });
    waits.push(pairwiseSum(waitS) / jobsPerRun);
    responses.push(pairwiseSum(responseS) / jobsPerRun);
    if (queue.tail !== undefined) {
      const { waitS: threshold } = queue.tail;
      beyond.push(
        waitS.reduce((count, wait) => (wait > threshold ? count + 1 : count), 0) / jobsPerRun,
      );
    }
  }
  const { name, source, tail } = queue;
  const estimates: QueueEstimate[] = [
    {
      metric: "wait",
      what: `mean wait, ${name}`,
      source,
      unit: "s",
      expected: queue.waitMeanS,
      interval: replicationInterval(waits, confidence),
    },
    {
      metric: "response",
      what: `mean response, ${name}`,
      source,
      unit: "s",
      expected: queue.responseMeanS,
      interval: replicationInterval(responses, confidence),
    },
  ];
  if (tail !== undefined) {
    const what = `waits beyond ${tail.waitS.toPrecision(3)} s, ${name}`;
    estimates.push({
      metric: "tail",
      what,
      source,
      unit: "share",
      expected: tail.probability,
      interval: replicationInterval(beyond, confidence),
    });
  }
  return estimates;
}

/**
 * Compares waits of one-GPU jobs with the closed forms of queueing theory. The bar is the runs' own interval,
 * at 99 % for all comparisons together.
 */
export function validateQueueing(): Promise<readonly Check[]> {
  return Promise.resolve(QUEUE_CASES.flatMap(checksOf));
}

function checksOf(queue: QueueCase): Check[] {
  const estimates = estimateQueue(queue, {
    seed: SEED,
    runs: RUNS,
    jobsPerRun: jobsPerRunOf(queue),
    confidence: 1 - (1 - CONFIDENCE_OF_ALL) / COMPARISONS,
  });
  return estimates
    .filter(({ metric }) => metric !== "response" || queue.waitMeanS < NEGLIGIBLE_WAIT_S)
    .map(({ metric, what, source, unit, expected, interval }) =>
      boundedCheck({
        id: metric === "wait" ? `queueing/${queue.id}` : `queueing/${queue.id}/${metric}`,
        topic: "queueing",
        what,
        source,
        expected,
        actual: interval.mean,
        error: Math.abs(interval.mean - expected),
        unit,
        bar: Math.max(interval.halfWidth, resolution(queue, metric)),
      }),
    );
}

/** A wait that hardly ever happens: then the response is the figure that says something. */
const NEGLIGIBLE_WAIT_S = 1e-4;

/**
 * The least difference that the runs can show. When no job of n waited, that excludes only probabilities of
 * waiting above 4.6/n at 99 % (n of them are all below with probability (1 - p)^n = 1 - 0.99).
 */
function resolution(queue: QueueCase, metric: QueueEstimate["metric"]): number {
  const probability = 4.6 / (RUNS * jobsPerRunOf(queue));
  if (metric === "tail") return probability;
  if (metric === "response" || queue.tail === undefined) return 0;
  // Mean wait of those who wait: the closed mean over the closed probability of waiting, from the tail.
  return (probability * queue.waitMeanS) / (5 * queue.tail.probability);
}
