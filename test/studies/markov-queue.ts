import { createRandomStreams } from "../../src/engine/streams.js";
import { clusterOf } from "../../src/simulation/batch/batch-fixture.js";
import type { ReplicatedConfiguration } from "../../src/studies/replicate/run-replications.js";
import { createJobTableBuilder } from "../../src/workload/job-table-builder.js";
import type { JobTable } from "../../src/workload/job-table.js";

/** An M/M/c queue as jobs of one GPU on a cluster of c GPUs; its closed forms are known. */
export interface MarkovQueueOptions {
  readonly arrivalsPerS: number;
  readonly servicesPerS: number;
  readonly servers: number;
  readonly jobs: number;
}

/** Jobs with exponential gaps and durations; every job draws its own, so that equal seeds give equal jobs. */
export function markovJobs(options: MarkovQueueOptions, seed: number): JobTable {
  const streams = createRandomStreams(seed);
  const arrivals = streams.stream("arrivals");
  const durations = streams.stream("durations");
  const builder = createJobTableBuilder();
  let submitS = 0;
  for (let job = 0; job < options.jobs; job++) {
    submitS += arrivals.exponential(1 / options.arrivalsPerS);
    const durationS = durations.exponential(1 / options.servicesPerS);
    builder.add({ id: String(job), submitS, durationS, gpuCount: 1 });
  }
  return builder.build({ originS: 0 }).jobs;
}

/** The queue as a configuration to replicate, first come first served. */
export function markovConfiguration(
  options: MarkovQueueOptions,
  over: Partial<ReplicatedConfiguration> = {},
): ReplicatedConfiguration {
  return {
    name: "base",
    cluster: clusterOf([options.servers]),
    jobs: markovJobs(options, 0),
    jobsWith: (seed) => markovJobs(options, seed),
    queue: { name: "fifo-strict" },
    placement: { kind: "pool" },
    goals: [],
    limits: { eventsMax: 1e9 },
    ...over,
  };
}
