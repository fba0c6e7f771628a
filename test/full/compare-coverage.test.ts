// 95 % intervals of 1,000 independent comparisons against the closed forms of M/M/4 and M/M/5.
import { expect, test } from "vitest";

import { COVERED, measureCompareCoverage } from "../studies/compare-coverage.js";
import { writeResults } from "./write-results.js";

test("95 % intervals hold the closed form in 93 to 97 % of 1,000 studies", () => {
  const results = COVERED.flatMap(({ jobs, studies }) => measureCompareCoverage(studies, jobs));
  writeResults("compare-coverage", results);
  for (const { jobs, coverage } of results) {
    const { coverageMin } = COVERED.find((one) => one.jobs === jobs)!;
    expect(coverage).toBeGreaterThanOrEqual(coverageMin);
    expect(coverage).toBeLessThanOrEqual(0.97);
  }
});
