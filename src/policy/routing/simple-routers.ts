import type { RandomStream } from "../../engine/streams.js";
import type { Endpoint, Router } from "./router.js";

/** Sends requests to the replicas in turn; a replica that goes or comes does not make the turn start again. */
export function createRoundRobin(): Router {
  let next = 0;
  return {
    name: "round-robin",
    readsState: false,
    metricsAgeMaxS: 0,
    choose(_, endpoints) {
      const chosen = next % endpoints.length;
      next = (chosen + 1) % endpoints.length;
      return chosen;
    },
  };
}

/** Sends each request anywhere, all replicas alike. */
export function createRandomRouter(stream: RandomStream): Router {
  return {
    name: "random",
    readsState: false,
    metricsAgeMaxS: 0,
    choose: (_, endpoints) => stream.integerBelow(endpoints.length),
  };
}

/** Sends a request where the fewest are unanswered; ties go to the first. */
export function createLeastOutstanding(): Router {
  return {
    name: "least-outstanding",
    readsState: true,
    metricsAgeMaxS: 0,
    choose: (_, endpoints) => leastOutstanding(endpoints),
  };
}

/**
 * Keeps a conversation on the replica that had its last turn, while that is there; everything else goes where
 * the fewest are unanswered.
 */
export function createSessionAffinity(): Router {
  const replicaOf = new Map<number, number>();
  return {
    name: "session-affinity",
    readsState: true,
    metricsAgeMaxS: 0,
    choose({ conversation }, endpoints) {
      const last = conversation < 0 ? undefined : replicaOf.get(conversation);
      const kept = last === undefined ? -1 : endpoints.findIndex(({ replica }) => replica === last);
      const chosen = kept >= 0 ? kept : leastOutstanding(endpoints);
      if (conversation >= 0) replicaOf.set(conversation, endpoints[chosen]!.replica);
      return chosen;
    },
  };
}

function leastOutstanding(endpoints: readonly Endpoint[]): number {
  let best = 0;
  for (let place = 1; place < endpoints.length; place++)
    if (endpoints[place]!.outstanding < endpoints[best]!.outstanding) best = place;
  return best;
}
