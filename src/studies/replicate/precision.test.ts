import { describe, expect, test } from "vitest";

import type { ComputedResult } from "./replication-intervals.js";
import { judgePrecision, nextLook } from "./precision.js";

/** Results that differ in their mean wait and share only. */
const results = (waits: number[], share = 0.5): ComputedResult[] =>
  waits.map(
    (mean) =>
      ({ jobs: { waitS: { mean } }, gpu: { allocatedShare: share } }) as unknown as ComputedResult,
  );
const judge = (
  waits: number[],
  precision: number,
  paths = ["jobs.waitS.mean"],
): ReturnType<typeof judgePrecision> =>
  judgePrecision([results(waits)], { paths, precision, confidence: 0.95 });

// Mean 10,000, variance 10⁵/9: half-width t(9) √(10⁵/9/10) = 2.262157 × 33.3333 = 75.4052.
const TEN = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 9900 : 10_100));

describe("judgePrecision", () => {
  test("half-width over mean, against γ / (1 + γ)", () => {
    expect(judge(TEN, 0.05)).toMatchObject({
      asked: 0.05,
      reached: true,
      metric: "jobs.waitS.mean",
    });
    expect(judge(TEN, 0.05).halfWidthShare).toBeCloseTo(0.00754052, 8);
    // The border: γ / (1 + γ) = 0.00754052 at γ = 0.00759781.
    expect(judge(TEN, 0.007597).reached).toBe(false);
    expect(judge(TEN, 0.007599).reached).toBe(true);
  });

  test("near 0 a second of half-width is precise enough, whatever the mean", () => {
    expect(
      judge(
        TEN.map((wait) => (wait - 10_000) / 200),
        0.05,
      ),
    ).toMatchObject({
      reached: true,
      halfWidthShare: null,
    });
    expect(
      judge(
        TEN.map((wait) => (wait - 10_000) / 20),
        0.05,
      ).reached,
    ).toBe(false);
  });

  test("the least precise metric decides; one without values is never precise", () => {
    const both = judge(TEN, 0.001, ["gpu.allocatedShare", "jobs.waitS.mean"]);
    expect(both).toMatchObject({ reached: false, metric: "jobs.waitS.mean" });
    const missing = results(TEN);
    (missing[3] as { jobs: { waitS: { mean: number | null } } }).jobs.waitS.mean = null;
    const judged = judgePrecision([missing], {
      paths: ["jobs.waitS.mean"],
      precision: 0.5,
      confidence: 0.95,
    });
    expect(judged).toMatchObject({ reached: false, halfWidthShare: null });
  });
});

test("looks begin at 10 and are a tenth apart", () => {
  expect([1, 9, 10, 20, 95, 500].map(nextLook)).toEqual([10, 10, 11, 22, 105, 550]);
});
