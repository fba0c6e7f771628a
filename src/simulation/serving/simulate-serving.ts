import { createService, type ServingObservation } from "./create-service.js";
import { REQUEST_OUTCOMES, type RequestLedger, requestOfRow } from "./request-ledger.js";
import type { ServingRun, ServingSpec } from "./serving-spec.js";

const TOO_LARGE = REQUEST_OUTCOMES.indexOf("too-large");

/**
 * Simulates a service of equal replicas until every request is answered.
 *
 * A request whose prompt and answer together are larger than the cache of a replica is rejected: it could
 * never end. Same spec, same bytes.
 */
export function simulateServing(spec: ServingSpec, observe: ServingObservation = {}): ServingRun {
  const { requests, router } = spec;
  const service = createService({ router, requestsExpected: requests.count }, observe);
  for (let replica = 0; replica < spec.replicas; replica++) service.addReplica(spec.replica, 0);
  for (let row = 0; row < requests.count; row++) service.arrive(requestOfRow(requests, row));
  service.runUntil(Infinity);
  return resultOf(spec, service.ledger, service.engineTotals());
}

function resultOf(
  { replica }: ServingSpec,
  ledger: RequestLedger,
  totals: { readonly steps: number; readonly decisions: number; readonly endS: number },
): ServingRun {
  const { count } = ledger;
  const { beforeS, afterS, perTokenS } = replica.stepTime;
  const { arrivalS, outputTokens, firstTokenS, lastTokenS } = ledger;
  const ttftS = firstTokenS
    .subarray(0, count)
    .map((first, request) => first - arrivalS[request]! + beforeS);
  const e2eS = lastTokenS
    .subarray(0, count)
    .map(
      (last, request) =>
        last - arrivalS[request]! + beforeS + afterS + perTokenS * outputTokens[request]!,
    );
  const tpotS = e2eS.map((e2e, request) =>
    outputTokens[request]! > 1
      ? (e2e - ttftS[request]!) / (outputTokens[request]! - 1)
      : Number.NaN,
  );
  return {
    ttftS,
    tpotS,
    e2eS,
    replicaOf: ledger.replicaOf.slice(0, count),
    preemptions: ledger.preemptions.slice(0, count),
    rejected: ledger.outcome
      .subarray(0, count)
      .reduce((sum, outcome) => sum + (outcome === TOO_LARGE ? 1 : 0), 0),
    ...totals,
  };
}
