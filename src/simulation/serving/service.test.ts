import { describe, expect, test } from "vitest";

import type { StepTimeModel } from "../../performance/llm/step-time.js";
import { createService } from "./create-service.js";
import type { ReplicaSpec } from "./serving-spec.js";

/** One second per step, and a tenth more for each token of a prompt: easy to follow by hand. */
const byHand: StepTimeModel = {
  name: "by hand",
  source: "test",
  stepS: ({ prefills }) => 1 + prefills.reduce((sum, { tokens }) => sum + tokens, 0) / 10,
  beforeS: 0,
  afterS: 0,
  perTokenS: 0,
};

const replica: ReplicaSpec = {
  stepTime: byHand,
  cacheBlocks: 100,
  batchTokensMax: 100,
  requestsMax: 4,
};

describe("replicas that come and go", () => {
  test("requests wait at the gateway until there is a replica, and their first token counts from arrival", () => {
    const service = createService({ router: "round-robin" });
    service.arrive({ arrivalS: 1, promptTokens: 10, outputTokens: 2 });
    service.arrive({ arrivalS: 2, promptTokens: 10, outputTokens: 2 });
    expect(service.gauges(50)).toMatchObject({ held: 2, ready: 0, waiting: 0, cacheShare: 0 });
    service.addReplica(replica, 100);
    expect(service.gauges(101)).toMatchObject({ held: 0, ready: 1, running: 2 });
    service.runUntil(Infinity);
    // One step of 1 + 20/10 seconds for both prompts.
    expect([...service.ledger.firstTokenS.subarray(0, 2)]).toEqual([103, 103]);
    expect(service.gauges(Infinity).counters).toMatchObject({
      finished: 2,
      outputTokens: 4,
      ttftSumS: 102 + 101,
    });
  });

  test("a drained replica ends what it has and takes nothing new", () => {
    const service = createService({ router: "least-outstanding" });
    const first = service.addReplica(replica, 0);
    service.addReplica(replica, 0);
    service.arrive({ arrivalS: 0, promptTokens: 10, outputTokens: 20 });
    service.drainReplica(first, 1);
    const next = service.arrive({ arrivalS: 1, promptTokens: 10, outputTokens: 1 });
    expect(service.ledger.replicaOf[next]).toBe(1);
    expect(() => {
      service.removeReplica(first, 2);
    }).toThrow("only an empty drained replica");
    const [drained] = service.gauges(100).replicas;
    expect(drained).toMatchObject({ isDraining: true, outstanding: 0, idleSinceS: 21 });
    service.removeReplica(first, 100);
    expect(service.gauges(100).replicas.map((one) => one.replica)).toEqual([1]);
    expect(service.gauges(100).counters.finished).toBe(2);
  });

  test("requests of a lost replica begin from scratch elsewhere, the one its step under way would end too", () => {
    const service = createService({ router: "round-robin" });
    const first = service.addReplica(replica, 0);
    const ending = service.arrive({ arrivalS: 0, promptTokens: 10, outputTokens: 1 });
    const waiting = service.arrive({ arrivalS: 0.5, promptTokens: 20, outputTokens: 2 });
    // The first step takes two seconds; it would have ended the first request.
    expect(service.loseReplica(first, 1)).toBe(2);
    expect(service.gauges(5)).toMatchObject({ held: 2, counters: { finished: 0 } });
    service.addReplica(replica, 10);
    service.runUntil(Infinity);
    const { firstTokenS, lastTokenS, replicaOf } = service.ledger;
    expect([firstTokenS[ending], lastTokenS[ending], replicaOf[ending]]).toEqual([14, 14, 1]);
    expect([firstTokenS[waiting], lastTokenS[waiting]]).toEqual([14, 15]);
  });

  test("a request without a prompt or an answer is nobody's input but a bug", () => {
    const service = createService({ router: "round-robin" });
    const request = { arrivalS: 0, promptTokens: 0, outputTokens: 5 };
    expect(() => service.arrive(request)).toThrow("needs a token of prompt");
    expect(() => service.arrive({ ...request, promptTokens: 1, outputTokens: Number.NaN })).toThrow(
      "needs a token of prompt",
    );
  });

  test("time does not go backwards", () => {
    const service = createService({ router: "round-robin" });
    service.runUntil(5);
    expect(() => service.addReplica(replica, 4)).toThrow("time goes backwards");
  });
});
