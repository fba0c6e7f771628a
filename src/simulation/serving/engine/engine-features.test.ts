import { describe, expect, test } from "vitest";

import type { StepTimeModel } from "../../../performance/llm/step-time.js";
import { createService } from "../create-service.js";
import type { ServiceRequest } from "../request-ledger.js";
import type { Service } from "../service.js";
import type { ReplicaSpec } from "../serving-spec.js";

/** One second per step, and a tenth more for each token of a prompt. */
const byHand: StepTimeModel = {
  name: "by hand",
  source: "test",
  stepS: ({ prefills }) => 1 + prefills.reduce((sum, { tokens }) => sum + tokens, 0) / 10,
  beforeS: 0,
  afterS: 0,
  perTokenS: 0,
};

const base: ReplicaSpec = {
  stepTime: byHand,
  cacheBlocks: 40,
  batchTokensMax: 200,
  requestsMax: 8,
};

function serve(replicas: readonly ReplicaSpec[], requests: readonly ServiceRequest[]): Service {
  const service = createService({ router: "least-outstanding" }, { checkInvariants: true });
  for (const replica of replicas) service.addReplica(replica, 0);
  for (const request of requests) service.arrive(request);
  service.runUntil(Infinity);
  return service;
}

const firstsOf = ({ ledger }: Service): number[] => [
  ...ledger.firstTokenS.subarray(0, ledger.count),
];
const lastsOf = ({ ledger }: Service): number[] => [...ledger.lastTokenS.subarray(0, ledger.count)];

describe("prefix cache", () => {
  const spec = { ...base, hasPrefixCache: true };

  test("what a group of prompts begins with is computed once, in whole blocks", () => {
    const prompt = { promptTokens: 50, outputTokens: 1, prefixGroup: 3, prefixTokens: 40 };
    const service = serve(
      [spec],
      [
        { arrivalS: 0, ...prompt },
        { arrivalS: 10, ...prompt },
      ],
    );
    // 50 tokens first; then 32 of 40 are found, which leaves 18.
    expect(firstsOf(service)).toEqual([6, 10 + 1 + 1.8]);
    expect(service.gauges(Infinity).counters).toMatchObject({
      prefixQueriedTokens: 100,
      prefixFoundTokens: 32,
    });
  });

  test("two of one group in the same step: the second finds what the first computes in it", () => {
    const prompt = { arrivalS: 0, promptTokens: 48, outputTokens: 1 };
    const group = { prefixGroup: 1, prefixTokens: 48 };
    const service = serve(
      [spec],
      [
        { ...prompt, ...group },
        { ...prompt, ...group },
      ],
    );
    // The whole prompt is in common; the last token is computed again, with its block.
    expect(service.gauges(Infinity).counters.prefixFoundTokens).toBe(32);
    expect(firstsOf(service)[0]).toBeCloseTo(1 + (48 + 16) / 10, 12);
  });

  test("a turn finds prompt and answer of the turn before", () => {
    const service = serve(
      [spec],
      [
        { arrivalS: 0, promptTokens: 20, outputTokens: 13, conversation: 5 },
        { arrivalS: 50, promptTokens: 60, outputTokens: 1, conversation: 5 },
      ],
    );
    // 20 + 12 tokens were computed, two blocks; the last one emitted was not.
    expect(firstsOf(service)[1]).toBeCloseTo(51 + (60 - 32) / 10, 12);
  });

  test("content goes when its blocks are needed, the one let go first", () => {
    const turn = (arrivalS: number, conversation: number): ServiceRequest => ({
      ...{ arrivalS, promptTokens: 64, outputTokens: 1, conversation },
    });
    // Ten blocks: the third conversation takes two of the four of the first, and the second turn of the second,
    // whose last block is computed again, one more.
    const service = serve(
      [{ ...spec, cacheBlocks: 10 }],
      [turn(0, 1), turn(20, 2), turn(40, 3), turn(60, 2), turn(80, 1)],
    );
    const firsts = firstsOf(service).map((firstS, request) => firstS - 20 * request);
    expect(firsts.map((value) => Math.round(10 * (value - 1)))).toEqual([64, 64, 64, 16, 48]);
  });
});

describe("adapters", () => {
  test("who needs a further slot waits, others go before; loading delays the whole step", () => {
    const adapters = { slots: 1, loadS: 5, copyS: 0.5 };
    const ask = (adapter: number): ServiceRequest => ({
      ...{ arrivalS: 0, promptTokens: 10, outputTokens: 2, adapter },
    });
    const service = serve([{ ...base, adapters, requestsMax: 2 }], [ask(1), ask(2), ask(1)]);
    // Both with the first adapter at once, 1 + 20/10 and 5 s to load it; one more token; then the other.
    expect(firstsOf(service)).toEqual([8, 9 + 5 + 2, 8]);
    expect(service.gauges(Infinity).counters.adapterLoads).toBe(2);
  });

  test("an adapter in the host's memory only has to be copied", () => {
    const adapters = { slots: 1, hostSlots: 2, loadS: 5, copyS: 0.5 };
    const ask = (arrivalS: number, adapter: number): ServiceRequest => ({
      ...{ arrivalS, promptTokens: 10, outputTokens: 1, adapter },
    });
    const service = serve([{ ...base, adapters }], [ask(0, 1), ask(20, 2), ask(40, 1), ask(60, 1)]);
    expect(firstsOf(service)).toEqual([7, 27, 42.5, 62]);
  });
});

describe("prompts and decoding apart", () => {
  const prefill: ReplicaSpec = { ...base, role: "prefill" };
  const transfer = { bytesPerToken: 100, bytesPerS: 1000, latencyS: 0.25 };
  const decode: ReplicaSpec = { ...base, role: "decode", transfer };

  test("the first token comes after prompt, transfer and one step; blocks stay until they are fetched", () => {
    const service = createService({ router: "round-robin" }, { checkInvariants: true });
    service.addReplica(prefill, 0);
    service.addReplica(decode, 0);
    service.arrive({ arrivalS: 0, promptTokens: 20, outputTokens: 3 });
    service.runUntil(4);
    // The prompt takes 3 s, its cache 20 · 100 / 1000 + 0.25.
    expect(service.gauges(4).replicas.map(({ cacheShare }) => cacheShare)).toEqual([0.05, 0.05]);
    service.runUntil(Infinity);
    expect(firstsOf(service)).toEqual([3 + 2.25 + 1]);
    expect(lastsOf(service)).toEqual([8.25]);
    expect(service.gauges(Infinity).replicas.every(({ cacheShare }) => cacheShare === 0)).toBe(
      true,
    );
  });

  test("a request waits at the gateway until both kinds are there", () => {
    const service = createService({ router: "round-robin" });
    service.addReplica(prefill, 0);
    service.arrive({ arrivalS: 0, promptTokens: 20, outputTokens: 1 });
    expect(service.gauges(10).held).toBe(1);
    service.addReplica(decode, 10);
    service.runUntil(Infinity);
    expect(firstsOf(service)).toEqual([16.25]);
  });

  test("the loss of the one that computed a prompt before it was fetched begins it again", () => {
    const service = createService({ router: "least-outstanding" }, { checkInvariants: true });
    const first = service.addReplica(prefill, 0);
    service.addReplica(decode, 0);
    service.arrive({ arrivalS: 0, promptTokens: 20, outputTokens: 2 });
    expect(service.loseReplica(first, 4)).toBe(1);
    service.addReplica(prefill, 10);
    service.runUntil(Infinity);
    expect(firstsOf(service)).toEqual([10 + 3 + 2.25 + 1]);
    expect(service.ledger.restarts[0]).toBe(1);
  });
});

describe("several engines", () => {
  test("data-parallel engines share requests; in lockstep the longer step counts for both", () => {
    const asks = [
      { arrivalS: 0, promptTokens: 10, outputTokens: 3 },
      { arrivalS: 0, promptTokens: 50, outputTokens: 3 },
    ];
    const apart = serve([{ ...base, dataParallel: { engines: 2, isLockstep: false } }], asks);
    expect([...firstsOf(apart), ...lastsOf(apart)]).toEqual([2, 6, 4, 8]);
    const together = serve([{ ...base, dataParallel: { engines: 2, isLockstep: true } }], asks);
    expect([...firstsOf(together), ...lastsOf(together)]).toEqual([6, 6, 8, 8]);
  });

  test("a pipeline computes as many batches at a time as it has stages", () => {
    const pipeline = { stages: 2, bytesPerToken: 0, bytesPerS: 1, latencyS: 0 };
    const asks = [
      { arrivalS: 0, promptTokens: 10, outputTokens: 1 },
      { arrivalS: 0, promptTokens: 10, outputTokens: 1 },
    ];
    // The budget holds one prompt: two batches of 2 s, in stages of 1 s; the second enters when the first moves on.
    const service = serve([{ ...base, batchTokensMax: 10, pipeline }], asks);
    expect(firstsOf(service)).toEqual([2, 3]);
  });
});

test("prompts first: a prompt stops all decoding while it is computed, whole", () => {
  const asks = [
    { arrivalS: 0, promptTokens: 10, outputTokens: 5 },
    { arrivalS: 2.5, promptTokens: 60, outputTokens: 2 },
  ];
  const first = serve([{ ...base, prefill: "first" }], asks);
  // Steps: prompt to 2, token at 3, the other prompt alone to 10, then both.
  expect([...firstsOf(first), ...lastsOf(first)]).toEqual([2, 10, 13, 11]);
  const chunked = serve([{ ...base, batchTokensMax: 21 }], asks);
  // Steps: 2, 3, then 20 of its tokens beside each token of the first: 6, 9, 12.
  expect([...firstsOf(chunked), ...lastsOf(chunked)]).toEqual([2, 12, 12, 13]);
});
