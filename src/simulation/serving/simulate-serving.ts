import { Replica, type RequestRecords } from "./replica.js";
import { TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import type { RouterName, ServingRun, ServingSpec } from "./serving-spec.js";

/** For tests. */
export interface ServingObservation {
  /** Take every step by itself: slow, and the same result. */
  readonly isStepwise?: boolean;
  /** Check the books of every replica after every arrival. */
  readonly checkInvariants?: boolean;
}

/**
 * Simulates a service of equal replicas until every request is answered.
 *
 * A request whose prompt and answer together are larger than the cache of a replica is rejected: it could
 * never end. Same spec, same bytes.
 */
export function simulateServing(spec: ServingSpec, observe: ServingObservation = {}): ServingRun {
  const { requests, replica } = spec;
  const { count } = requests;
  const records: RequestRecords = {
    firstTokenS: new Float64Array(count).fill(Number.NaN),
    lastTokenS: new Float64Array(count).fill(Number.NaN),
    preemptions: new Int32Array(count),
  };
  const state = {
    done: new Int32Array(count),
    emitted: new Int32Array(count),
    owned: new Int32Array(count),
  };
  const replicas = Array.from(
    { length: spec.replicas },
    () => new Replica(replica, requests, records, state, observe.isStepwise === true),
  );
  const replicaOf = new Int32Array(count).fill(-1);
  const route = createRouter(spec.router, replicas);
  let rejected = 0;
  for (let request = 0; request < count; request++) {
    const tokens = requests.promptTokens[request]! + requests.outputTokens[request]! - 1;
    if (Math.ceil(tokens / TOKENS_PER_BLOCK) > replica.cacheBlocks) {
      rejected++;
      continue;
    }
    const arrivalS = requests.arrivalS[request]!;
    const chosen = route(arrivalS);
    replicas[chosen]!.runUntil(arrivalS);
    replicas[chosen]!.add(request, arrivalS);
    replicaOf[request] = chosen;
    if (observe.checkInvariants === true) for (const one of replicas) one.checkInvariants();
  }
  for (const one of replicas) one.runUntil(Infinity);
  for (const one of replicas) one.checkInvariants();
  return resultOf(spec, replicas, records, replicaOf, rejected);
}

/** Chooses the replica of the request that arrives at a time. */
function createRouter(name: RouterName, replicas: readonly Replica[]): (timeS: number) => number {
  let next = 0;
  if (name === "round-robin") {
    return () => {
      const chosen = next;
      next = (next + 1) % replicas.length;
      return chosen;
    };
  }
  return (timeS) => {
    let best = 0;
    replicas.forEach((replica, index) => {
      replica.runUntil(timeS);
      // Ties go to the first.
      if (replica.outstanding < replicas[best]!.outstanding) best = index;
    });
    return best;
  };
}

function resultOf(
  { requests, replica }: ServingSpec,
  replicas: readonly Replica[],
  { firstTokenS, lastTokenS, preemptions }: RequestRecords,
  replicaOf: Int32Array,
  rejected: number,
): ServingRun {
  const { beforeS, afterS, perTokenS } = replica.stepTime;
  const { arrivalS, outputTokens } = requests;
  const ttftS = firstTokenS.map((first, request) => first - arrivalS[request]! + beforeS);
  const e2eS = lastTokenS.map(
    (last, request) =>
      last - arrivalS[request]! + beforeS + afterS + perTokenS * outputTokens[request]!,
  );
  const tpotS = e2eS.map((e2e, request) =>
    outputTokens[request]! > 1
      ? (e2e - ttftS[request]!) / (outputTokens[request]! - 1)
      : Number.NaN,
  );
  const sum = (of: (replica: Replica) => number): number =>
    replicas.reduce((total, one) => total + of(one), 0);
  return {
    ttftS,
    tpotS,
    e2eS,
    replicaOf,
    preemptions,
    rejected,
    steps: sum((one) => one.steps),
    decisions: sum((one) => one.decisions),
    endS: Math.max(0, ...replicas.map((one) => one.nowS)),
  };
}
