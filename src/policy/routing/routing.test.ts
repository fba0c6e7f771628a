import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { createEndpointPicker } from "./endpoint-picker.js";
import { createPrefixMemory } from "./prefix-memory.js";
import type { Endpoint, RoutedRequest } from "./router.js";
import { createLoadAware, createScorer } from "./scorers.js";
import { createRandomRouter, createRoundRobin, createSessionAffinity } from "./simple-routers.js";

const stream = createRandomStreams(1).stream("router");

function endpoint(replica: number, more: Partial<Endpoint> = {}): Endpoint {
  return {
    replica,
    waiting: 0,
    running: 0,
    outstanding: 0,
    cacheShare: 0,
    cacheBlocks: 100,
    requestsMax: 10,
    adaptersInUse: 0,
    adaptersWaiting: 0,
    adaptersMax: 2,
    adapterUse: () => "none",
    ...more,
  };
}

const request: RoutedRequest = {
  promptTokens: 100,
  adapter: -1,
  prefixGroup: -1,
  prefixTokens: 0,
  conversation: -1,
};

/** Values of llm-d's own tests, `scorer/{queuedepth,kvcacheutilization,loraaffinity,loadaware}/*_test.go`. */
describe("scores of the endpoint picker", () => {
  test("queue", () => {
    const endpoints = [10, 5, 0].map((waiting, replica) => endpoint(replica, { waiting }));
    expect(createScorer("queue").score(request, endpoints)).toEqual([0, 0.5, 1]);
    const equal = [3, 3].map((waiting, replica) => endpoint(replica, { waiting }));
    expect(createScorer("queue").score(request, equal)).toEqual([1, 1]);
  });

  test("kv-cache", () => {
    const endpoints = [0.8, 0.5, 0].map((cacheShare, replica) => endpoint(replica, { cacheShare }));
    const scores = createScorer("kv-cache").score(request, endpoints);
    [0.2, 0.5, 1].forEach((score, place) => {
      expect(scores[place]).toBeCloseTo(score, 12);
    });
  });

  test("lora-affinity", () => {
    const endpoints = [
      endpoint(0, { adapterUse: () => "active", adaptersInUse: 2 }),
      endpoint(1, { adaptersInUse: 1 }),
      endpoint(2, { adaptersInUse: 1, adaptersMax: 3 }),
      endpoint(3, { adapterUse: () => "waiting", adaptersInUse: 2, adaptersWaiting: 1 }),
      endpoint(4, { adaptersInUse: 2 }),
    ];
    const scores = createScorer("lora-affinity").score({ ...request, adapter: 1 }, endpoints);
    expect(scores).toEqual([1, 0.8, 0.8, 0.6, 0]);
  });

  test("load-aware, with a threshold of 10", () => {
    const endpoints = [2, 0, 15].map((waiting, replica) => endpoint(replica, { waiting }));
    expect(createLoadAware(10).score(request, endpoints)).toEqual([0.4, 0.5, 0]);
  });

  test("active-request and running-requests", () => {
    const endpoints = [4, 0, 2].map((count, replica) =>
      endpoint(replica, { outstanding: count, running: count }),
    );
    expect(createScorer("active-request").score(request, endpoints)).toEqual([0, 1, 0.5]);
    expect(createScorer("running-requests").score(request, endpoints)).toEqual([0, 1, 0.5]);
  });
});

describe("the endpoint picker", () => {
  test("by default queue and cache count 2 each and the prefix 3", () => {
    const picker = createEndpointPicker(stream);
    const asked = { ...request, prefixGroup: 1, prefixTokens: 96 };
    const idle = [endpoint(0), endpoint(1)];
    const first = picker.choose(asked, idle);
    // The beginning was sent there: 3 · 6/6 outweighs a third of the cache, 2/3.
    const loaded = idle.map((one) =>
      one.replica === first ? endpoint(one.replica, { cacheShare: 1 / 3 }) : one,
    );
    expect(picker.choose(asked, loaded)).toBe(first);
    // Without anything in common the emptier one wins.
    expect(picker.choose(request, loaded)).toBe(1 - first);
  });

  test("equal sums are drawn, each as likely", () => {
    const picker = createEndpointPicker(stream, { scorers: [{ scorer: "queue" }] });
    const counts = [0, 0, 0];
    const endpoints = counts.map((_, replica) => endpoint(replica));
    for (let draw = 0; draw < 3000; draw++) counts[picker.choose(request, endpoints)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

test("what is remembered of prompts goes block by block, the least recently used first", () => {
  const memory = createPrefixMemory(10);
  const turn = (conversation: number, promptTokens: number): RoutedRequest => ({
    ...request,
    conversation,
    promptTokens,
  });
  memory.remember(turn(1, 96), 0);
  expect(memory.matchedShare(turn(1, 160), 0)).toBeCloseTo(6 / 10, 12);
  expect(memory.matchedShare(turn(1, 160), 1)).toBe(0);
  memory.remember(turn(2, 96), 0);
  // Ten blocks in all: two of the first conversation are gone.
  expect(memory.matchedShare(turn(1, 160), 0)).toBeCloseTo(4 / 10, 12);
  expect(memory.matchedShare(turn(2, 160), 0)).toBeCloseTo(6 / 10, 12);
});

test("a conversation stays where it was while that replica is there", () => {
  const router = createSessionAffinity();
  const asked = { ...request, conversation: 7 };
  const endpoints = [endpoint(3, { outstanding: 5 }), endpoint(4), endpoint(9)];
  expect(router.choose(asked, endpoints)).toBe(1);
  const busy = [endpoint(3), endpoint(4, { outstanding: 8 }), endpoint(9, { outstanding: 2 })];
  expect(router.choose(asked, busy)).toBe(1);
  expect(router.choose({ ...request, conversation: 8 }, busy)).toBe(0);
  expect(router.choose(asked, [busy[0]!, busy[2]!])).toBe(0);
});

test("in turn and at random", () => {
  const endpoints = [endpoint(0), endpoint(1), endpoint(2)];
  const inTurn = createRoundRobin();
  expect([0, 1, 2, 3].map(() => inTurn.choose(request, endpoints))).toEqual([0, 1, 2, 0]);
  const random = createRandomRouter(stream);
  const chosen = new Set(Array.from({ length: 60 }, () => random.choose(request, endpoints)));
  expect(chosen.size).toBe(3);
});
