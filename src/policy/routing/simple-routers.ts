import type { Router } from "./router.js";

/** Sends requests to the replicas in turn; a replica that goes or comes does not make the turn start again. */
export function createRoundRobin(): Router {
  let next = 0;
  return {
    name: "round-robin",
    readsState: false,
    choose(_, endpoints) {
      const chosen = next % endpoints.length;
      next = (chosen + 1) % endpoints.length;
      return chosen;
    },
  };
}

/** Sends a request where the fewest are unanswered; ties go to the first. */
export function createLeastOutstanding(): Router {
  return {
    name: "least-outstanding",
    readsState: true,
    choose(_, endpoints) {
      let best = 0;
      for (let place = 1; place < endpoints.length; place++)
        if (endpoints[place]!.outstanding < endpoints[best]!.outstanding) best = place;
      return best;
    },
  };
}
