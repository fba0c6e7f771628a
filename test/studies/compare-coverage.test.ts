// A short, seeded version of test/full/compare-coverage.test.ts, and a look at its committed results.
import { expect, test } from "vitest";

import { COVERED, measureCompareCoverage, type CompareCoverage } from "./compare-coverage.js";
import { committedResults } from "./committed-results.js";

test("eight studies: nearly all intervals hold the closed form, and common numbers make them narrower", () => {
  const [mean, common, independent] = measureCompareCoverage(8, 600);
  for (const one of [mean!, common!, independent!]) expect(one.covered).toBeGreaterThanOrEqual(6);
  expect(common!.meanHalfWidth).toBeLessThan(independent!.meanHalfWidth / 1.3);
});

test("the committed long run is of these studies: 93 to 97 % of 1,000, and less where runs are short and skewed", () => {
  const { results } = committedResults<readonly CompareCoverage[]>("compare-coverage");
  for (const { jobs, studies, coverageMin } of COVERED) {
    const own = results.filter((one) => one.jobs === jobs);
    expect(own).toHaveLength(3);
    for (const { covered, coverage, studies: run, expected, meanEstimate } of own) {
      expect([run, coverage]).toEqual([studies, covered / run]);
      expect(coverage).toBeGreaterThanOrEqual(coverageMin);
      expect(coverage).toBeLessThanOrEqual(0.97);
      // Nothing is left of how runs begin: estimates are right on average.
      expect(Math.abs(meanEstimate / expected - 1)).toBeLessThan(0.01);
    }
  }
  // The reason: short runs are more skewed.
  const skewnessOf = (jobs: number): number =>
    Math.abs(results.find((one) => one.jobs === jobs)!.skewness);
  expect(skewnessOf(600)).toBeGreaterThan(2 * skewnessOf(4000));
});
