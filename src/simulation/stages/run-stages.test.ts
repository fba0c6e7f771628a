import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { runStages, type Stage } from "./run-stages.js";

const fixed = (servers: number, seconds: number): Stage => ({
  name: "stage",
  servers,
  seconds: () => seconds,
});

/** The same, by asking at every instant who may begin. */
function bruteForce(
  arrivalS: readonly number[],
  servers: number,
  seconds: readonly number[],
): number[] {
  const free = Array.from({ length: servers }, () => 0);
  return arrivalS.map((arrival, request) => {
    const first = free.indexOf(Math.min(...free));
    const end = Math.max(arrival, free[first]!) + seconds[request]!;
    free[first] = end;
    return end;
  });
}

describe("stages", () => {
  it("one server: the next waits for the one before", () => {
    const { leftS, stages } = runStages(Float64Array.of(0, 1, 10), [fixed(1, 4)]);
    expect([...leftS]).toEqual([4, 8, 14]);
    expect([...stages[0]!.waitS]).toEqual([0, 3, 0]);
    expect(stages[0]!.busyShare).toBeCloseTo(12 / 14, 12);
  });

  it("no stage, no request: nothing changes", () => {
    expect([...runStages(Float64Array.of(1, 2), []).leftS]).toEqual([1, 2]);
    expect(runStages(new Float64Array(0), [fixed(2, 1)]).stages[0]!.busyShare).toBe(0);
  });

  it("requests overtake each other where they take different times, and the next stage serves who comes first", () => {
    const first: Stage = { name: "a", servers: 2, seconds: (request) => (request === 0 ? 10 : 1) };
    const { order, leftS } = runStages(Float64Array.of(0, 0.5), [first, fixed(1, 2)]);
    expect([...order]).toEqual([1, 0]);
    expect([...leftS]).toEqual([12, 3.5]);
  });

  it("M/D/1 at one half: the mean wait is that of Pollaczek and Khinchine", () => {
    // A fixed sequence of exponential gaps by the inverse of a linear congruence.
    let state = 12345;
    const next = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state + 0.5) / 4294967296;
    };
    let now = 0;
    const arrivalS = Float64Array.from({ length: 200_000 }, () => (now += -2 * Math.log(next())));
    const { stages } = runStages(arrivalS, [fixed(1, 1)]);
    const mean = stages[0]!.waitS.reduce((sum, wait) => sum + wait, 0) / arrivalS.length;
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
  });

  it("equals brute force on random requests, and work is conserved", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 9 })), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 5 }),
        (rows, servers) => {
          const sorted = rows.map(([at]) => at).sort((left, right) => left - right);
          const seconds = rows.map(([, length]) => length);
          const run = runStages(Float64Array.from(sorted), [
            { name: "stage", servers, seconds: (request) => seconds[request]! },
          ]);
          expect([...run.leftS]).toEqual(bruteForce(sorted, servers, seconds));
          expect(run.stages[0]!.workS).toBe(seconds.reduce((sum, length) => sum + length, 0));
        },
      ),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])("%s servers are refused", (servers) => {
    expect(() => runStages(Float64Array.of(0), [fixed(servers, 1)])).toThrow(RangeError);
  });

  it.each([-1, Number.NaN, Infinity])("a request of %s seconds is refused", (seconds) => {
    expect(() => runStages(Float64Array.of(0), [fixed(1, seconds)])).toThrow(/request 0 takes/u);
  });
});
