import type { ClusterSpec } from "../../cluster/spec.js";
import { createRandomStreams, type RandomStream } from "../../engine/streams.js";
import { simulateBatch } from "../../simulation/batch/simulate-batch.js";
import { waitedS } from "../../simulation/batch/waited.js";
import { batchMeansInterval } from "../../stats/confidence-interval.js";
import { generalServiceWaitMeanS, markovQueueMetrics } from "../../stats/queueing.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobTable } from "../../workload/job-table.js";
import { boundedCheck, type Check } from "./check.js";

const JOBS = 120_000;
/** Far beyond the time any of these queues needs to forget that it began empty. */
const WARM_UP_JOBS = 20_000;
const BATCHES = 30;
const CONFIDENCE = 0.99;
const SEED = 1;

/** A queue with a closed form. */
interface QueueCase {
  readonly id: string;
  readonly what: string;
  readonly source: string;
  readonly arrivalsPerS: number;
  readonly servers: number;
  readonly waitMeanS: number;
  durationS(stream: RandomStream): number;
}

function markovCase(arrivalsPerS: number, servicesPerS: number, servers: number): QueueCase {
  return {
    id: `mmc/${arrivalsPerS}-${servicesPerS}-${servers}`,
    what: `mean wait, M/M/${servers}, ${arrivalsPerS} arrivals and ${servicesPerS} services per second`,
    source: "Erlang C",
    arrivalsPerS,
    servers,
    waitMeanS: markovQueueMetrics({ arrivalsPerS, servicesPerS, servers }).waitMeanS,
    durationS: (stream) => stream.exponential(1 / servicesPerS),
  };
}

function generalCase(
  name: string,
  arrivalsPerS: number,
  serviceVariation: number,
  durationS: QueueCase["durationS"],
): QueueCase {
  return {
    id: `mg1/${name}`,
    what: `mean wait, M/G/1, ${arrivalsPerS} arrivals per second, ${name} service of mean 1 s`,
    source: "Pollaczek-Khinchine formula",
    arrivalsPerS,
    servers: 1,
    waitMeanS: generalServiceWaitMeanS({ arrivalsPerS, serviceMeanS: 1, serviceVariation }),
    durationS,
  };
}

const CASES: readonly QueueCase[] = [
  markovCase(0.5, 1, 1),
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

/** Compares waits of one-GPU jobs with the closed forms of queueing theory; the bar is the run's own 99 % interval. */
export function validateQueueing(): Promise<readonly Check[]> {
  return Promise.resolve(CASES.map(checkCase));
}

function checkCase(queue: QueueCase): Check {
  const run = simulateBatch({
    cluster: poolOf(queue.servers),
    jobs: drawJobs(queue),
    queue: { name: "fifo-strict" },
    placement: { kind: "pool" },
    seed: SEED,
    limits: { eventsMax: 10 * JOBS },
  });
  // Jobs are left out by arrival: by end, long jobs would be favoured.
  const waits = waitedS(run).subarray(WARM_UP_JOBS);
  const { mean, halfWidth } = batchMeansInterval(waits, {
    batches: BATCHES,
    confidence: CONFIDENCE,
  });
  return boundedCheck({
    id: `queueing/${queue.id}`,
    topic: "queueing",
    what: queue.what,
    source: queue.source,
    expected: queue.waitMeanS,
    actual: mean,
    error: Math.abs(mean - queue.waitMeanS),
    unit: "s",
    bar: halfWidth,
  });
}

function drawJobs(queue: QueueCase): JobTable {
  const streams = createRandomStreams(SEED);
  const arrivals = streams.stream(`validate/${queue.id}/arrivals`);
  const durations = streams.stream(`validate/${queue.id}/durations`);
  const builder = createJobTableBuilder();
  let submitS = 0;
  for (let job = 0; job < JOBS; job++) {
    submitS += arrivals.exponential(1 / queue.arrivalsPerS);
    builder.add({ id: String(job), submitS, durationS: queue.durationS(durations), gpuCount: 1 });
  }
  return builder.build().jobs;
}

function poolOf(gpuCount: number): ClusterSpec {
  return {
    nodes: [{ name: "pool", cpuMilli: 0, memoryBytes: 0, podsMax: 0, gpuCount, gpuModel: "gpu" }],
  };
}
