import { exp, log } from "../base/elementary.js";

/** Arrivals and services of a queue with Poisson arrivals, exponential services and equal servers. */
export interface MarkovQueue {
  /** Arrivals per second, > 0. */
  readonly arrivalsPerS: number;
  /** Services per second of one busy server, > 0. */
  readonly servicesPerS: number;
  /** Servers, ≥ 1. */
  readonly servers: number;
}

/** Steady state of an M/M/c queue. */
export interface MarkovQueueMetrics {
  /** Probability that an arrival has to wait (Erlang C). */
  readonly waitProbability: number;
  readonly waitMeanS: number;
  /** Wait plus service. */
  readonly responseMeanS: number;
  readonly queueLengthMean: number;
  /** P(wait > t). */
  waitExceeds(waitS: number): number;
  /** Quantile p of the wait, 0 when an arrival is served at once with at least that probability. */
  waitQuantileS(p: number): number;
}

/**
 * Blocking probability of an M/M/c/c loss system (Erlang B), by the recursion that does not overflow.
 *
 * @param load offered load in erlangs, arrival rate over service rate; ≥ 0
 */
export function erlangB(servers: number, load: number): number {
  let blocking = 1;
  for (let server = 1; server <= servers; server++)
    blocking = (load * blocking) / (server + load * blocking);
  return blocking;
}

/**
 * Probability of waiting in an M/M/c queue (Erlang C).
 *
 * @throws RangeError when the load is not below the number of servers: the queue has no steady state
 */
export function erlangC(servers: number, load: number): number {
  if (!(load < servers))
    throw new RangeError(`Erlang C: load must be below servers = ${servers}, got ${load}`);
  const blocking = erlangB(servers, load);
  return blocking / (1 - (load / servers) * (1 - blocking));
}

/** Closed forms of the M/M/c queue. @throws RangeError without a steady state */
export function markovQueueMetrics(queue: MarkovQueue): MarkovQueueMetrics {
  const { arrivalsPerS, servicesPerS, servers } = queue;
  const waitProbability = erlangC(servers, arrivalsPerS / servicesPerS);
  const drainPerS = servers * servicesPerS - arrivalsPerS;
  const waitMeanS = waitProbability / drainPerS;
  return {
    waitProbability,
    waitMeanS,
    responseMeanS: waitMeanS + 1 / servicesPerS,
    queueLengthMean: arrivalsPerS * waitMeanS,
    waitExceeds: (waitS) => waitProbability * exp(-drainPerS * waitS),
    waitQuantileS: (p) => Math.max(0, log(waitProbability / (1 - p)) / drainPerS),
  };
}

/**
 * Mean wait of a first-come-first-served M/G/1 queue (Pollaczek-Khinchine): λ E[S]² (1 + c²) / (2 (1 - ρ)).
 *
 * @param queue.serviceVariation squared coefficient of variation of the service time, ≥ 0
 * @throws RangeError when the utilisation is not below 1
 */
export function generalServiceWaitMeanS(queue: {
  readonly arrivalsPerS: number;
  readonly serviceMeanS: number;
  readonly serviceVariation: number;
}): number {
  const { arrivalsPerS, serviceMeanS, serviceVariation } = queue;
  const utilization = arrivalsPerS * serviceMeanS;
  if (!(utilization < 1))
    throw new RangeError(`M/G/1: utilisation must be below 1, got ${utilization}`);
  return (
    (arrivalsPerS * serviceMeanS * serviceMeanS * (1 + serviceVariation)) / (2 * (1 - utilization))
  );
}

/**
 * Mean time in an M/G/1 queue with processor sharing, whatever the service distribution: x / (1 - ρ).
 *
 * @throws RangeError when the utilisation is not below 1
 */
export function processorSharingResponseMeanS(queue: {
  readonly arrivalsPerS: number;
  readonly serviceMeanS: number;
  /** Size of the job asked about; its mean gives the overall mean. */
  readonly sizeS: number;
}): number {
  const utilization = queue.arrivalsPerS * queue.serviceMeanS;
  if (!(utilization < 1))
    throw new RangeError(`M/G/1-PS: utilisation must be below 1, got ${utilization}`);
  return queue.sizeS / (1 - utilization);
}

/** Mean waits of two priority classes in a non-preemptive M/M/1 queue, higher class first. */
export function twoPriorityWaitMeansS(queue: {
  readonly highArrivalsPerS: number;
  readonly lowArrivalsPerS: number;
  readonly servicesPerS: number;
}): readonly [number, number] {
  const high = queue.highArrivalsPerS / queue.servicesPerS;
  const both = high + queue.lowArrivalsPerS / queue.servicesPerS;
  if (!(both < 1)) throw new RangeError(`priority queue: utilisation must be below 1, got ${both}`);
  // Mean residual work of the job in service, for exponential services.
  const residualS = both / queue.servicesPerS;
  return [residualS / (1 - high), residualS / ((1 - high) * (1 - both))];
}

/**
 * Approximate mean wait of a GI/G/c queue (Allen-Cunneen): the M/M/c wait times (c_a² + c_s²) / 2.
 *
 * An approximation and not a bound: it is 18 % too high for D/M/1 at utilisation 0.8.
 */
export function generalQueueWaitMeanS(
  queue: MarkovQueue & { readonly arrivalVariation: number; readonly serviceVariation: number },
): number {
  return (
    (markovQueueMetrics(queue).waitMeanS * (queue.arrivalVariation + queue.serviceVariation)) / 2
  );
}
