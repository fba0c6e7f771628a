import { simulateConfiguration } from "../../src/studies/run/run-configuration.js";
import { findOverload } from "../../src/studies/run/find-overload.js";
import { markovConfiguration, markovJobs } from "./markov-queue.js";

/** How often waits are said not to settle, over independent runs of one queue. */
export interface OverloadRate {
  readonly utilization: number;
  readonly servers: number;
  readonly jobs: number;
  readonly runs: number;
  /** Runs flagged for the load of the jobs they drew. */
  readonly byLoad: number;
  /** Runs flagged because waits grew and the queue never emptied. */
  readonly byGrowth: number;
  readonly flaggedShare: number;
}

/** Runs M/M/c queues of one utilization with seeds 1..runs and counts the flags. */
export function overloadRate(options: {
  readonly utilization: number;
  readonly servers: number;
  readonly jobs: number;
  readonly runs: number;
}): OverloadRate {
  const { utilization, servers, jobs, runs } = options;
  const queue = { arrivalsPerS: utilization * servers, servicesPerS: 1, servers, jobs };
  const configuration = markovConfiguration(queue);
  let byLoad = 0;
  let byGrowth = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const run = simulateConfiguration(
      { ...configuration, jobs: markovJobs(queue, seed) },
      seed,
      {},
    );
    const { overloaded, offeredLoad } = findOverload(run, configuration.cluster);
    if (!overloaded) continue;
    if (offeredLoad !== null && offeredLoad >= 1) byLoad++;
    else byGrowth++;
  }
  return { ...options, byLoad, byGrowth, flaggedShare: (byLoad + byGrowth) / runs };
}
