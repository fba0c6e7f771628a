import { describe, expect, test } from "vitest";

import { judgeSuite } from "./judge-suite.js";
import { processesNeeded, processesToDecide } from "./processes-needed.js";
import { DEFAULT_VERDICT_SETTINGS } from "./verdict-settings.js";

const BASE = [10.12, 10.05, 10.31, 9.98, 10.2, 10.11, 10.07, 10.4, 10.15, 10.18];
const judgeOne = (newS: readonly number[], settings = DEFAULT_VERDICT_SETTINGS) =>
  judgeSuite([{ id: "one", baseS: BASE, newS }], settings)[0]!;

describe("verdicts", () => {
  test.each([
    ["5 % more", 1.05, "regression"],
    ["5 % less", 0.95, "improvement"],
    ["1.5 % more: there, and below the minimum effect", 1.015, "no change shown"],
    ["the same", 1, "no change shown"],
  ])("%s", (_name, factor, verdict) => {
    expect(judgeOne(BASE.map((value) => value * factor)).verdict).toBe(verdict);
  });

  test("a wide interval is too noisy and says how many more", () => {
    const result = judgeOne([8, 12, 9, 11, 10, 13, 7.5, 10.5, 9.5, 11.5]);
    expect(result.verdict).toBe("too noisy");
    expect(result.moreProcesses).toBeGreaterThan(100);
    expect(result.reason).toContain("still allows a shift of 5 %");
  });

  test("too few processes for the suite cannot decide, whatever they say", () => {
    const cases = Array.from({ length: 50 }, (_, index) => ({
      id: `case ${index}`,
      baseS: [1, 1.01, 0.99, 1, 1.005, 0.995],
      newS: [2, 2.01, 1.99, 2, 2.005, 1.995],
    }));
    const verdicts = judgeSuite(cases, DEFAULT_VERDICT_SETTINGS);
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(["cannot decide"]));
    expect(verdicts[0]!.moreProcesses).toBe(1);
    expect(processesToDecide(50, 0.05)).toBe(7);
  });

  test("Holm: what one case shows alone, it may not show among fifty", () => {
    const newS = BASE.map((value, index) => value * (index < 8 ? 1.03 : 1));
    expect(judgeOne(newS).verdict).toBe("regression");
    const among = judgeSuite(
      Array.from({ length: 50 }, (_, index) => ({
        id: `case ${index}`,
        baseS: BASE,
        newS: index === 0 ? newS : BASE,
      })),
      DEFAULT_VERDICT_SETTINGS,
    );
    expect(among[0]!.pAdjusted).toBeGreaterThan(0.04);
    expect(among[0]!.verdict).not.toBe("regression");
  });

  test("refuses times that are none", () => {
    expect(() => judgeOne([0, 1])).toThrow(RangeError);
    expect(() => judgeOne([Number.NaN])).toThrow(RangeError);
    expect(() => judgeOne([])).toThrow(RangeError);
  });
});

test("processes needed follow the closed form", () => {
  // t-test form for (5 %, 2 %) at .001 is 12; Mann–Whitney needs π/3 as many before small-sample effects.
  const count = processesNeeded({ noiseShare: 0.02, effectShare: 0.05, alpha: 0.001 });
  expect(count).toBeGreaterThanOrEqual(8);
  expect(count).toBeLessThanOrEqual(14);
  expect(processesNeeded({ noiseShare: 0, effectShare: 0.05, alpha: 0.05 })).toBe(4);
});
