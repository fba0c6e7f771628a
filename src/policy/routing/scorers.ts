import type { Endpoint, RoutedRequest } from "./router.js";
import { createPrefixMemory } from "./prefix-memory.js";

/** Rates replicas for a request; higher is better. */
export interface EndpointScorer {
  readonly name: string;
  /** One score in [0, 1] per endpoint, in the same order. */
  score(request: RoutedRequest, endpoints: readonly Endpoint[]): readonly number[];
  /** The request goes there. */
  sent?(request: RoutedRequest, endpoint: Endpoint): void;
}

/** Scorers of the endpoint picker by name. */
export const SCORER_NAMES = [
  "queue",
  "running-requests",
  "kv-cache",
  "prefix",
  "lora-affinity",
  "load-aware",
  "active-request",
  "session-affinity",
] as const;
/** A scorer of the endpoint picker. */
export type ScorerName = (typeof SCORER_NAMES)[number];

/**
 * A scorer as llm-d's inference scheduler has it (`framework/plugins/scheduling/scorer/`).
 *
 * - `queue`, `running-requests`: (most − own) / (most − least); 1 for all when all are equal.
 * - `kv-cache`: 1 − share of the cache in use.
 * - `prefix`: blocks of the prompt's beginning that were sent there before over its blocks, from a memory of the
 *   picker's own (31 250 blocks per replica, least recently used first), not from the replica's cache.
 * - `lora-affinity`: 1 where the adapter is used, 0.8 where one more fits, 0.6 where it only waits, else 0.
 * - `load-aware`: 0.5 · (1 − waiting/128), never below 0.
 * - `active-request`: (most − own) / most of the requests under way; 1 where there is none.
 * - `session-affinity`: 1 for the replica that had the conversation's last turn.
 */
export function createScorer(name: ScorerName): EndpointScorer {
  return SCORERS[name]();
}

const SCORERS: Readonly<Record<ScorerName, () => EndpointScorer>> = {
  queue: () => spread("queue", ({ waiting }) => waiting),
  "running-requests": () => spread("running-requests", ({ running }) => running),
  "kv-cache": () => ({
    name: "kv-cache",
    score: (_, endpoints) => endpoints.map(({ cacheShare }) => 1 - cacheShare),
  }),
  prefix: createPrefixScorer,
  "lora-affinity": () => ({
    name: "lora-affinity",
    score: ({ adapter }, endpoints) =>
      endpoints.map((endpoint) => (adapter < 0 ? 1 : adapterScore(adapter, endpoint))),
  }),
  "load-aware": () => createLoadAware(),
  "active-request": () => ({
    name: "active-request",
    score(_, endpoints) {
      const most = Math.max(...endpoints.map(({ outstanding }) => outstanding));
      return endpoints.map(({ outstanding }) =>
        outstanding === 0 ? 1 : (most - outstanding) / most,
      );
    },
  }),
  "session-affinity": createSessionScorer,
};

/** The `load-aware` scorer with another number of waiting requests at which nothing is left. */
export function createLoadAware(threshold = 128): EndpointScorer {
  return {
    name: "load-aware",
    score: (_, endpoints) =>
      endpoints.map(({ waiting }) => 0.5 * (1 - Math.min(waiting, threshold) / threshold)),
  };
}

function spread(name: string, of: (endpoint: Endpoint) => number): EndpointScorer {
  return {
    name,
    score(_, endpoints) {
      const values = endpoints.map(of);
      const most = Math.max(...values);
      const least = Math.min(...values);
      return values.map((value) => (most === least ? 1 : (most - value) / (most - least)));
    },
  };
}

function adapterScore(adapter: number, endpoint: Endpoint): number {
  const use = endpoint.adapterUse(adapter);
  if (use === "active") return 1;
  if (endpoint.adaptersInUse + endpoint.adaptersWaiting < endpoint.adaptersMax) return 0.8;
  return use === "waiting" ? 0.6 : 0;
}

function createPrefixScorer(): EndpointScorer {
  const memory = createPrefixMemory();
  return {
    name: "prefix",
    score: (request, endpoints) =>
      endpoints.map(({ replica }) => memory.matchedShare(request, replica)),
    sent(request, { replica }) {
      memory.remember(request, replica);
    },
  };
}

function createSessionScorer(): EndpointScorer {
  const replicaOf = new Map<number, number>();
  return {
    name: "session-affinity",
    score: ({ conversation }, endpoints) =>
      endpoints.map(({ replica }) =>
        conversation >= 0 && replicaOf.get(conversation) === replica ? 1 : 0,
      ),
    sent({ conversation }, { replica }) {
      if (conversation >= 0) replicaOf.set(conversation, replica);
    },
  };
}
