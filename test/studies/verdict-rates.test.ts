// A smaller version of test/full/verdict-rates.test.ts: verdicts on streams whose truth is known.
import { expect, test } from "vitest";

import { FULL_NOISE, measureVerdictRates } from "./verdict-rates.js";

const COMMON = { cases: 50, samplesPerProcess: 20, noise: FULL_NOISE, seed: 6 };

test("an unchanged suite rarely alarms, and a 5 % slowdown is nearly always found", () => {
  const still = measureVerdictRates({
    ...COMMON,
    name: "no change",
    trials: 40,
    slowerCases: 0,
    slowdown: 0,
    pairs: 10,
  });
  expect(still.suitesWithFalseChange).toBeLessThanOrEqual(0.05);
  expect(still.verdictsOfUnchanged["no change shown"]).toBeGreaterThan(0.9);
  const slower = measureVerdictRates({
    ...COMMON,
    name: "slower",
    trials: 40,
    slowerCases: 3,
    slowdown: 0.05,
    pairs: 10,
  });
  expect(slower.detected).toBeGreaterThanOrEqual(0.93);
});

test("with five pairs a suite of fifty cases cannot be decided, whatever the data says", () => {
  const few = measureVerdictRates({
    ...COMMON,
    name: "few",
    trials: 2,
    slowerCases: 5,
    slowdown: 0.5,
    pairs: 5,
  });
  expect(few.detected).toBe(0);
  expect(few.verdictsOfUnchanged).toEqual({ "cannot decide": 1 });
});
