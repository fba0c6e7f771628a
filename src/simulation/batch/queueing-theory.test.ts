import { describe, expect, test } from "vitest";
import { createRandomStreams } from "../../engine/streams.js";
import { batchMeansInterval } from "../../stats/confidence-interval.js";
import { generalServiceWaitMeanS, markovQueueMetrics } from "../../stats/queueing.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobTable } from "../../workload/job-table.js";
import { clusterOf } from "./batch-fixture.js";
import { simulateBatch } from "./simulate-batch.js";
import { waitedS } from "./waited.js";

const JOBS = 40_000;
const WARM_UP_JOBS = 5_000;

/** Poisson arrivals of one-GPU jobs whose durations `duration` draws. */
function poissonJobs(
  arrivalsPerS: number,
  duration: (stream: ReturnType<ReturnType<typeof createRandomStreams>["stream"]>) => number,
): JobTable {
  const streams = createRandomStreams(11);
  const arrivals = streams.stream("arrivals");
  const durations = streams.stream("durations");
  const builder = createJobTableBuilder();
  let submitS = 0;
  for (let job = 0; job < JOBS; job++) {
    submitS += arrivals.exponential(1 / arrivalsPerS);
    builder.add({ id: String(job), submitS, durationS: duration(durations), gpuCount: 1 });
  }
  return builder.build().jobs;
}

function waitsOn(jobs: JobTable, gpus: number, queue = "fifo-strict"): Float64Array {
  const run = simulateBatch({
    cluster: clusterOf([gpus]),
    jobs,
    queue: { name: queue },
    placement: { kind: "pool" },
    seed: 1,
    limits: { eventsMax: 100 * JOBS },
  });
  return waitedS(run).subarray(WARM_UP_JOBS);
}

describe("waits in steady state lie in their own 99 % interval of the closed form", () => {
  test.each([
    [0.8, 1, 1],
    [0.5, 1, 1],
    [1.6, 1, 2],
    [8, 1, 10],
    [14, 1, 16],
    [2.5, 0.5, 6],
  ])("M/M/c: %d arrivals/s, %d services/s, %d GPUs", (arrivalsPerS, servicesPerS, servers) => {
    const jobs = poissonJobs(arrivalsPerS, (stream) => stream.exponential(1 / servicesPerS));
    const { mean, halfWidth } = batchMeansInterval(waitsOn(jobs, servers), {
      batches: 20,
      confidence: 0.99,
    });
    const { waitMeanS } = markovQueueMetrics({ arrivalsPerS, servicesPerS, servers });
    expect(Math.abs(mean - waitMeanS)).toBeLessThan(halfWidth);
    expect(halfWidth).toBeLessThan(0.5 * waitMeanS);
  });

  test.each([
    ["constant", 0.8, 0, () => 1],
    ["uniform", 0.6, 1 / 3, (stream: { uniform(): number }) => 2 * stream.uniform()],
  ] as const)("M/G/1: %s service", (_, arrivalsPerS, serviceVariation, draw) => {
    const jobs = poissonJobs(arrivalsPerS, draw);
    const { mean, halfWidth } = batchMeansInterval(waitsOn(jobs, 1), {
      batches: 20,
      confidence: 0.99,
    });
    const waitMeanS = generalServiceWaitMeanS({ arrivalsPerS, serviceMeanS: 1, serviceVariation });
    expect(Math.abs(mean - waitMeanS)).toBeLessThan(halfWidth);
  });

  test("shortest remaining time beats shortest job beats first come", () => {
    const jobs = poissonJobs(0.8, (stream) => stream.exponential(1));
    const mean = (queue: string): number =>
      batchMeansInterval(waitsOn(jobs, 1, queue), { batches: 20, confidence: 0.99 }).mean;
    const [srtf, sjf, fifo] = [mean("srtf"), mean("sjf"), mean("fifo-strict")];
    expect(srtf).toBeLessThan(sjf);
    expect(sjf).toBeLessThan(fifo);
  });
});
