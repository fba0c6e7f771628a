import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { RequestTable } from "../../workload/requests/request-table.js";
import { retrieve, type RetrievalSpec } from "./retrieval-stages.js";

function requestsAt(...arrivalS: readonly number[]): RequestTable {
  const count = arrivalS.length;
  return {
    count,
    arrivalS: Float64Array.from(arrivalS),
    promptTokens: new Int32Array(count).fill(10),
    outputTokens: new Int32Array(count).fill(5),
  };
}

function spec(
  ...stages: readonly (readonly [servers: number, secondsEach: number])[]
): RetrievalSpec {
  return {
    stages: stages.map(([servers, secondsEach], index) => ({
      name: `stage ${index}`,
      ...{ servers, secondsEach },
    })),
    promptTokensMore: 100,
    dropsConversations: false,
  };
}

describe("retrieval before generation", () => {
  test("by hand: one embedding of 2 s at a time, two searches of 3 s", () => {
    const { requests, cameS, stages } = retrieve(requestsAt(0, 0, 1), spec([1, 2], [2, 3]));
    // Embedded at 2, 4, 6; searched from 2, 4 and, with one of two free at 5, from 6.
    expect([...requests.arrivalS]).toEqual([5, 7, 9]);
    expect([...cameS]).toEqual([0, 0, 1]);
    expect([...stages[0]!.waitS]).toEqual([0, 2, 3]);
    expect([...stages[1]!.waitS]).toEqual([0, 0, 0]);
    expect(stages[0]!.busyShare).toBe(1);
    expect(stages[1]!.busyShare).toBe(9 / (7 * 2));
    expect([...requests.promptTokens]).toEqual([110, 110, 110]);
  });

  test("turns of a conversation share no cache where what was found stands between them", () => {
    const table = { ...requestsAt(0, 1), conversation: Int32Array.of(0, 0) };
    expect(retrieve(table, spec([1, 1])).requests.conversation).toEqual(table.conversation);
    const dropped = retrieve(table, { ...spec([1, 1]), dropsConversations: true });
    expect(dropped.requests.conversation).toBeUndefined();
  });

  test("any requests: order kept, nobody early, work conserved", () => {
    const stage = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
    );
    const gaps = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(gaps, fc.array(stage, { minLength: 1, maxLength: 3 }), (between, stages) => {
        let nowS = 0;
        const table = requestsAt(...between.map((gap) => (nowS += gap)));
        const { requests, cameS, stages: uses } = retrieve(table, spec(...stages));
        const least = stages.reduce((sum, [, seconds]) => sum + seconds, 0);
        uses.forEach(({ workS }, index) =>
          expect(workS).toBeCloseTo(stages[index]![1] * between.length, 6),
        );
        for (let row = 0; row < requests.count; row++) {
          const waited = uses.reduce((sum, { waitS }) => sum + waitS[row]!, 0);
          expect(requests.arrivalS[row]! - cameS[row]!).toBeCloseTo(least + waited, 6);
          if (row > 0)
            expect(requests.arrivalS[row]!).toBeGreaterThanOrEqual(requests.arrivalS[row - 1]!);
        }
      }),
    );
  });
});
