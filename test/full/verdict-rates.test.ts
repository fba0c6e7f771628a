// Verdicts of `bench compare` on simulated samples whose truth is known, under all kinds of noise at once.
import { expect, test } from "vitest";

import { FULL_NOISE, measureVerdictRates, type NoiseModel } from "../studies/verdict-rates.js";
import { writeResults } from "./write-results.js";

const SUITE = { cases: 50, samplesPerProcess: 20, seed: 6 };
const NONE: NoiseModel = {
  betweenProcesses: 0,
  withinProcess: 0.02,
  correlation: 0,
  outlierShare: 0,
  outlierMean: 0,
  drift: 0,
};
const NOISES: Readonly<Record<string, NoiseModel>> = {
  "independent samples": NONE,
  "processes differ": { ...NONE, betweenProcesses: 0.02 },
  "correlated samples": { ...NONE, correlation: 0.9 },
  outliers: { ...NONE, outlierShare: 0.2, outlierMean: 0.3 },
  drift: { ...NONE, drift: 0.06 },
};

test("a suite of 50 unchanged cases alarms in at most 2 %, a 5 % slowdown is found in at least 95 %", () => {
  const unchanged = measureVerdictRates({
    ...SUITE,
    name: "full noise, no change, 10 pairs",
    noise: FULL_NOISE,
    trials: 10_000,
    slowerCases: 0,
    slowdown: 0,
    pairs: 10,
  });
  const slower = [8, 10, 12].map((pairs) =>
    measureVerdictRates({
      ...SUITE,
      name: `full noise, 3 of 50 cases 5 % slower, ${pairs} pairs`,
      noise: FULL_NOISE,
      trials: 1000,
      slowerCases: 3,
      slowdown: 0.05,
      pairs,
    }),
  );
  const single = Object.entries(NOISES).map(([name, noise]) =>
    measureVerdictRates({
      ...SUITE,
      name: `${name}, 3 of 50 cases 5 % slower, 10 pairs`,
      noise,
      trials: 1000,
      slowerCases: 3,
      slowdown: 0.05,
      pairs: 10,
    }),
  );
  writeResults("verdict-rates", [unchanged, ...slower, ...single]);
  expect(unchanged.suitesWithFalseRegression).toBeLessThanOrEqual(0.02);
  expect(unchanged.suitesWithFalseChange).toBeLessThanOrEqual(0.02);
  expect(slower[1]!.detected).toBeGreaterThanOrEqual(0.95);
  // Three standard errors of 1000 suites above the 2 % that Holm's procedure promises for any noise.
  for (const { suitesWithFalseRegression } of [...slower, ...single]) {
    expect(suitesWithFalseRegression).toBeLessThanOrEqual(0.033);
  }
});
