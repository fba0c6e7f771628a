import { createService, type ServingObservation } from "./create-service.js";
import { REQUEST_OUTCOMES, type RequestLedger, requestOfRow } from "./request-ledger.js";
import type { Service } from "./service.js";
import type { ReplicaSpec, ServingRun, ServingSpec, TokenGapSummary } from "./serving-spec.js";

const ANSWERED = REQUEST_OUTCOMES.indexOf("answered");

/**
 * Simulates a service of equal replicas until every request is answered, refused or gone.
 *
 * A request whose prompt and answer together are larger than the cache of a replica is rejected: it could
 * never end. Same spec, same bytes.
 *
 * @throws SpecificationError when the specification contradicts itself
 */
export function simulateServing(spec: ServingSpec, observe: ServingObservation = {}): ServingRun {
  const { requests, replica, replicas, decoding } = spec;
  const service = createService({ ...spec, requestsExpected: requests.count }, observe);
  for (let one = 0; one < replicas; one++) service.addReplica(replica, 0);
  for (let one = 0; one < (decoding?.replicas ?? 0); one++)
    service.addReplica(decoding!.replica, 0);
  for (let row = 0; row < requests.count; row++) service.arrive(requestOfRow(requests, row));
  service.runUntil(Infinity);
  return runOfService(service, decoding?.replica ?? replica, spec.classes?.length ?? 1);
}

/** What became of the requests of a service whose replicas are all of one kind. */
export function runOfService(service: Service, { stepTime }: ReplicaSpec, classes = 1): ServingRun {
  const { ledger } = service;
  const { beforeS, afterS, perTokenS } = stepTime;
  const { arrivalS, outputTokens, firstTokenS, lastTokenS } = ledger;
  const outcome = ledger.outcome.slice(0, ledger.count);
  const { count } = ledger;
  const ttftS = new Float64Array(count).fill(Number.NaN);
  const e2eS = new Float64Array(count).fill(Number.NaN);
  const tpotS = new Float64Array(count).fill(Number.NaN);
  for (let request = 0; request < count; request++) {
    if (outcome[request] !== ANSWERED) continue;
    const ttft = firstTokenS[request]! - arrivalS[request]! + beforeS;
    const tokens = outputTokens[request]!;
    const e2e = lastTokenS[request]! - arrivalS[request]! + beforeS + afterS + perTokenS * tokens;
    ttftS[request] = ttft;
    e2eS[request] = e2e;
    if (tokens > 1) tpotS[request] = (e2e - ttft) / (tokens - 1);
  }
  const countOf = (name: (typeof REQUEST_OUTCOMES)[number]): number =>
    outcome.reduce((sum, one) => sum + (REQUEST_OUTCOMES[one] === name ? 1 : 0), 0);
  const gapsOf = (classIndex?: number): TokenGapSummary =>
    gapSummary(service, perTokenS, classIndex);
  return {
    ttftS,
    tpotS,
    e2eS,
    outcome,
    replicaOf: ledger.replicaOf.slice(0, ledger.count),
    preemptions: ledger.preemptions.slice(0, ledger.count),
    rejected: countOf("too-large"),
    refused: countOf("refused"),
    gaveUp: countOf("gave-up"),
    itlS: gapsOf(),
    itlOfClassS: classes > 1 ? Array.from({ length: classes }, (_, index) => gapsOf(index)) : [],
    counters: service.gauges(service.nowS).counters,
    ...service.engineTotals(),
  };
}

function gapSummary(service: Service, perTokenS: number, classIndex?: number): TokenGapSummary {
  const histogram = service.gaps.histogram(classIndex);
  return {
    count: histogram.count,
    mean: meanGapS(service.ledger, perTokenS, classIndex),
    p50: histogram.quantile(0.5),
    p95: histogram.quantile(0.95),
    p99: histogram.quantile(0.99),
    max: histogram.max,
  };
}

/** From the times of first and last tokens of answered requests: exact, without the gaps themselves. */
function meanGapS(
  { count, outcome, traits, firstTokenS, lastTokenS, outputTokens }: RequestLedger,
  perTokenS: number,
  classIndex: number | undefined,
): number | null {
  let seconds = 0;
  let gaps = 0;
  for (let request = 0; request < count; request++) {
    if (outcome[request] !== ANSWERED) continue;
    if (classIndex !== undefined && (traits?.classIndex[request] ?? 0) !== classIndex) continue;
    seconds += lastTokenS[request]! - firstTokenS[request]!;
    gaps += outputTokens[request]! - 1;
  }
  return gaps === 0 ? null : seconds / gaps + perTokenS;
}
