import { log } from "../../base/elementary.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import { createRandomStreams, type RandomStream } from "../../engine/streams.js";
import { simulateBatch } from "../../simulation/batch/simulate-batch.js";
import { waitedS } from "../../simulation/batch/waited.js";
import { generalServiceWaitMeanS, markovQueueMetrics } from "../../stats/queueing.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobTable } from "../../workload/job-table.js";

/** A first-come-first-served queue of one-GPU jobs with Poisson arrivals whose closed forms are known. */
export interface QueueCase {
  readonly id: string;
  readonly name: string;
  /** Of the closed form of the mean wait. */
  readonly source: string;
  readonly arrivalsPerS: number;
  readonly servers: number;
  readonly waitMeanS: number;
  readonly responseMeanS: number;
  /** P(wait > t) at one t beyond 0, where a closed form of it is known. */
  readonly tail?: { readonly waitS: number; readonly probability: number };
  /** Jobs in the system at the start, drawn from the steady state; absent starts empty. */
  readonly jobsAtStart?: (stream: RandomStream) => number;
  readonly durationS: (stream: RandomStream) => number;
}

/** M/M/c: Erlang C for the mean and the tail of the wait. Runs start in the steady state. */
export function markovCase(arrivalsPerS: number, servicesPerS: number, servers: number): QueueCase {
  const closed = markovQueueMetrics({ arrivalsPerS, servicesPerS, servers });
  // Of the jobs that wait at all, one in five waits longer: a probability that is neither 0 nor 1.
  const waitS = log(5) / (servers * servicesPerS - arrivalsPerS);
  return {
    id: `mmc/${arrivalsPerS}-${servicesPerS}-${servers}`,
    name: `M/M/${servers}, ${arrivalsPerS} arrivals and ${servicesPerS} services per second`,
    source: "Erlang C",
    arrivalsPerS,
    servers,
    waitMeanS: closed.waitMeanS,
    responseMeanS: closed.responseMeanS,
    tail: { waitS, probability: closed.waitExceeds(waitS) },
    jobsAtStart: stationaryJobs(arrivalsPerS / servicesPerS, servers),
    durationS: (stream) => stream.exponential(1 / servicesPerS),
  };
}

/** M/G/1 with a service of mean 1 s: Pollaczek-Khinchine for the mean wait. Runs start empty. */
export function generalCase(
  service: string,
  arrivalsPerS: number,
  serviceVariation: number,
  durationS: QueueCase["durationS"],
): QueueCase {
  const waitMeanS = generalServiceWaitMeanS({ arrivalsPerS, serviceMeanS: 1, serviceVariation });
  return {
    id: `mg1/${service}`,
    name: `M/G/1, ${arrivalsPerS} arrivals per second, ${service} service of mean 1 s`,
    source: "Pollaczek-Khinchine formula",
    arrivalsPerS,
    servers: 1,
    waitMeanS,
    responseMeanS: waitMeanS + 1,
    durationS,
  };
}

/** How many jobs one run watches, and how many before them it does not. */
export interface QueueRun {
  readonly seed: number;
  readonly jobs: number;
  readonly warmUpJobs: number;
}

/** Waits and responses of the watched jobs of one run, in order of arrival. Seconds. */
export interface QueueTimes {
  readonly waitS: Float64Array;
  readonly responseS: Float64Array;
}

/** Simulates one run of the queue as a pool of one GPU per server. */
export function simulateQueue(queue: QueueCase, run: QueueRun): QueueTimes {
  const streams = createRandomStreams(run.seed);
  const atStart = queue.jobsAtStart?.(streams.stream(`validate/${queue.id}/start`)) ?? 0;
  const drawn = drawJobs(queue, atStart, run);
  const batch = simulateBatch({
    cluster: poolOf(queue.servers),
    jobs: drawn,
    queue: { name: "fifo-strict" },
    placement: { kind: "pool" },
    seed: run.seed,
    limits: { eventsMax: 10 * drawn.count },
  });
  // Jobs are left out by arrival: by end, long jobs would be favoured.
  const first = atStart + run.warmUpJobs;
  return {
    waitS: waitedS(batch).subarray(first),
    responseS: batch.endS.map((endS, job) => endS - drawn.submitS[job]!).subarray(first),
  };
}

/**
 * Jobs in an M/M/c system in its steady state, by inversion of p(n+1) = p(n) load / min(n+1, c).
 * Exponential services have no memory, so those under way are drawn like new ones.
 */
function stationaryJobs(load: number, servers: number): (stream: RandomStream) => number {
  const weights = [1];
  let sum = 1;
  for (let n = 1; ; n++) {
    const weight = (weights[n - 1]! * load) / Math.min(n, servers);
    // Past the servers the weights fall geometrically: what is left out weighs nothing.
    if (n > servers && weight < 1e-17 * sum) break;
    weights.push(weight);
    sum += weight;
  }
  return (stream) => {
    let left = stream.uniform() * sum;
    let n = 0;
    while (n < weights.length - 1 && left >= weights[n]!) left -= weights[n++]!;
    return n;
  };
}

function drawJobs(
  queue: QueueCase,
  atStart: number,
  { seed, jobs, warmUpJobs }: QueueRun,
): JobTable {
  const streams = createRandomStreams(seed);
  const arrivals = streams.stream(`validate/${queue.id}/arrivals`);
  const durations = streams.stream(`validate/${queue.id}/durations`);
  const builder = createJobTableBuilder();
  let submitS = 0;
  for (let job = 0; job < atStart + warmUpJobs + jobs; job++) {
    if (job >= atStart) submitS += arrivals.exponential(1 / queue.arrivalsPerS);
    builder.add({ id: String(job), submitS, durationS: queue.durationS(durations), gpuCount: 1 });
  }
  return builder.build().jobs;
}

function poolOf(gpuCount: number): ClusterSpec {
  return {
    nodes: [{ name: "pool", cpuMilli: 0, memoryBytes: 0, podsMax: 0, gpuCount, gpuModel: "gpu" }],
  };
}
