import { expect, test } from "vitest";

import type { StepTimeModel } from "../../performance/llm/step-time.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { ServingSpec } from "./serving-spec.js";
import { simulateServing } from "./simulate-serving.js";
import { summarizeServing } from "./summary.js";

/** One second per step, and a tenth more for each token of a prompt. */
const byHand: StepTimeModel = {
  name: "by hand",
  source: "test",
  stepS: ({ prefills }) => 1 + prefills.reduce((sum, { tokens }) => sum + tokens, 0) / 10,
  beforeS: 0,
  afterS: 0,
  perTokenS: 0,
};

function specOf(
  rows: readonly (readonly [
    arrivalS: number,
    prompt: number,
    output: number,
    classIndex: number,
  ])[],
  more: Partial<ServingSpec> = {},
  replica: Partial<ServingSpec["replica"]> = {},
): ServingSpec {
  const requests: RequestTable = {
    count: rows.length,
    arrivalS: Float64Array.from(rows, ([arrivalS]) => arrivalS),
    promptTokens: Int32Array.from(rows, ([, prompt]) => prompt),
    outputTokens: Int32Array.from(rows, ([, , output]) => output),
    classes: { names: ["chat", "batch"], index: Int32Array.from(rows, (row) => row[3]) },
  };
  return {
    requests,
    replica: {
      stepTime: byHand,
      cacheBlocks: 100,
      batchTokensMax: 100,
      requestsMax: 1,
      ...replica,
    },
    replicas: 1,
    router: "round-robin",
    classes: [
      { name: "chat", priority: 1, ttftS: 5, e2eS: 7 },
      { name: "batch", priority: -1 },
    ],
    ...more,
  };
}

/** One seat; each request of 10 tokens and 4 answers takes 2 + 3 seconds. */
const THREE = [
  [0, 10, 4, 1],
  [1, 10, 4, 1],
  [2, 10, 4, 0],
] as const;

test("goodput counts who met all targets of its class; the order of importance changes who does", () => {
  const spec = specOf(THREE);
  const plain = summarizeServing(spec.requests, simulateServing(spec), spec.classes);
  // The chat waits for both others: its first token comes at 12, ten seconds after it came.
  expect(plain.classes!.map(({ met }) => met)).toEqual([0, 2]);
  expect(plain.goodputPerS).toBeCloseTo(2 / 15, 12);
  const ordered = specOf(THREE, {}, { order: "priority" });
  const run = simulateServing(ordered);
  const better = summarizeServing(ordered.requests, run, ordered.classes);
  // It goes before the second: its first token comes at 7, five seconds after it came; its end at 10 misses 7.
  expect([...run.ttftS]).toEqual([2, 11, 5]);
  expect(better.classes!.map(({ met }) => met)).toEqual([0, 2]);
  const generous = [{ ...ordered.classes![0]!, e2eS: 8 }, ordered.classes![1]!];
  const met = summarizeServing(ordered.requests, run, generous);
  expect(met.classes!.map(({ metShare }) => metShare)).toEqual([1, 1]);
  expect(met.goodputPerS).toBeCloseTo(3 / 15, 12);
  expect(met.classes![0]!.ttftS.p50).toBe(5);
});

test("gaps between tokens are told by class", () => {
  const spec = specOf(
    [
      [0, 10, 3, 0],
      [2.5, 50, 2, 1],
    ],
    {},
    { requestsMax: 2 },
  );
  const { itlS, itlOfClassS } = simulateServing(spec);
  // Ends of steps: 2, 3, then 9 with the second prompt beside the last token of the first, and 10.
  expect(itlS).toMatchObject({ count: 3, max: 6 });
  expect(itlOfClassS[0]!.mean).toBeCloseTo((9 - 2) / 2, 12);
  expect(itlOfClassS[0]!.p50! / 3.5).toBeCloseTo(1, 2);
  expect(itlOfClassS[1]).toMatchObject({ count: 1, max: 1 });
});

test("the guard turns away whom the queue has no place for, who may come again", () => {
  const rows = [0, 0.1, 0.2, 0.3].map((timeS) => [timeS, 10, 4, 0] as const);
  const once = simulateServing(specOf(rows, { admission: { waitingMax: 1 } }));
  // One is computed, two wait: the fourth finds more than one waiting.
  expect([...once.outcome]).toEqual([1, 1, 1, 3]);
  expect(once.refused).toBe(1);
  const again = specOf(rows, { admission: { waitingMax: 1, retryAfterS: [1, 6] } });
  const run = simulateServing(again);
  expect([...run.outcome]).toEqual([1, 1, 1, 1]);
  // Refused at 0.3 and 1.3, let in at 7.3, computed from 15 on; counted from when it first came.
  expect(run.ttftS[3]).toBeCloseTo(17 - 0.3, 12);
});

test("who waited too long leaves and takes nobody's time", () => {
  const spec = specOf(THREE, { admission: { waitMaxS: 3.5 } });
  const run = simulateServing(spec);
  expect(run.gaveUp).toBe(1);
  // The second left at 4.5, so the third begins at 5.
  expect(run.ttftS[2]).toBeCloseTo(7 - 2, 12);
  const summary = summarizeServing(spec.requests, run, spec.classes);
  expect(summary.requests).toMatchObject({ answered: 2, gaveUp: 1 });
  expect(summary.classes![1]).toMatchObject({ met: 1, metShare: 0.5 });
});

test("a saturated pool turns away those with a priority below zero, and nobody else", () => {
  const rows = Array.from({ length: 12 }, (_, at) => [at / 10, 10, 4, at % 2] as const);
  const spec = specOf(rows, { admission: { saturation: { waiting: 5, cacheShare: 0.8 } } });
  const { classes } = summarizeServing(spec.requests, simulateServing(spec), spec.classes);
  expect(classes!.map((one) => one.requests.refused)).toEqual([0, 3]);
});

test.each([
  [{ admission: { waitMaxS: 0 } }, {}, "waitMaxS must be above 0"],
  [{ classes: [{ name: "a" }, { name: "a" }] }, {}, 'two classes have the name "a"'],
  [{}, { cacheBlocks: 0 }, "cacheBlocks must be a whole number of at least 1, got 0"],
  [{}, { role: "decode" as const }, "needs transfer"],
  [
    {},
    { adapters: { slots: 2, hostSlots: 1, loadS: 1 } },
    "hostSlots must be a whole number of at least 2",
  ],
])("%j with %j is refused", (more, replica, message) => {
  expect(() => simulateServing(specOf(THREE, more, replica))).toThrow(message);
});
