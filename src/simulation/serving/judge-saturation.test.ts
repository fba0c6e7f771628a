import { expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { judgeSaturation, type Saturation } from "./judge-saturation.js";

/** One server with exponential service, first come, first served: utilisation is the load. */
function queueRun(load: number, seconds: number, seed = 1): Saturation {
  const stream = createRandomStreams(seed).stream("queue");
  const arrivalS: number[] = [];
  const firstTokenS: number[] = [];
  let freeS = 0;
  for (let timeS = 0; timeS < seconds; timeS += stream.exponential(0.1)) {
    arrivalS.push(timeS);
    firstTokenS.push(Math.max(freeS, timeS));
    freeS = Math.max(freeS, timeS) + stream.exponential(0.1 * load);
  }
  return judgeSaturation({ arrivalS, firstTokenS });
}

test.each([
  [0.5, "stable"],
  [0.8, "stable"],
  [1.1, "overloaded"],
  [1.5, "overloaded"],
])("a queue with load %d is %s, whatever the seed", (load, verdict) => {
  for (let seed = 1; seed <= 20; seed++) expect(queueRun(load, 1200, seed).verdict).toBe(verdict);
});

test("the backlog of an overloaded queue grows by the share of the demand that is not met", () => {
  // Of 10 requests per second 8 are answered: after t seconds 2t wait, t/4 seconds at 8 per second.
  const arrivalS = Array.from({ length: 6000 }, (_, request) => request / 10);
  const firstTokenS = arrivalS.map((_, request) => request / 8);
  const found = judgeSaturation({ arrivalS, firstTokenS });
  expect(found.verdict).toBe("overloaded");
  expect(found.growth).toBeCloseTo(0.25, 2);
  expect(found.backlogEndS).toBeCloseTo(150, 0);
  expect(found.backlogOfQuartersS.map((value) => Math.round(value))).toEqual([19, 56, 94, 131]);
});

test("a pile that comes and goes is a backlog where it is longer than the tolerated wait", () => {
  // 100 requests at once in the 300th second; all others are answered at once.
  const steady = Array.from({ length: 600 }, (_, second) => second);
  const arrivalS = [...steady.slice(0, 300), ...Array<number>(100).fill(300), ...steady.slice(300)];
  const pile = (at: number): boolean => at >= 300 && at < 400;
  const firstTokenS = arrivalS.map((timeS, at) => (pile(at) ? 300 + (at - 299) : timeS));
  const found = judgeSaturation({ arrivalS, firstTokenS });
  expect(found.verdict).toBe("backlogged");
  expect(found.backlogMaxAtS).toBeGreaterThan(280);
  expect(found.backlogMaxAtS).toBeLessThan(320);
  expect(judgeSaturation({ arrivalS, firstTokenS, waitToleratedS: 200 }).verdict).toBe("stable");
});

test("requests that are turned away because of load wait for ever, others do not count", () => {
  const arrivalS = Array.from({ length: 1000 }, (_, second) => second);
  const refused = arrivalS.map((timeS, at) => (at % 10 === 0 ? Infinity : timeS));
  expect(judgeSaturation({ arrivalS, firstTokenS: refused }).verdict).toBe("overloaded");
  const tooLarge = arrivalS.map((timeS, at) => (at % 10 === 0 ? Number.NaN : timeS));
  expect(judgeSaturation({ arrivalS, firstTokenS: tooLarge }).verdict).toBe("stable");
});

test.each([
  ["no request", []],
  ["one request", [1]],
  ["39 requests", Array.from({ length: 39 }, (_, at) => at)],
  ["all at one time", Array<number>(100).fill(5)],
])("%s tells nothing", (_, arrivalS) => {
  const found = judgeSaturation({ arrivalS, firstTokenS: arrivalS });
  expect(found.verdict).toBeNull();
  expect(
    Object.values(found)
      .flat()
      .every((value) => value === null || Number.isFinite(value)),
  ).toBe(true);
});
