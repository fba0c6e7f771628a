// 95 % intervals of 1,000 independent comparisons against the closed forms of M/M/4 and M/M/5.
import { expect, test } from "vitest";

import { measureCompareCoverage } from "../studies/compare-coverage.js";
import { writeResults } from "./write-results.js";

test("95 % intervals hold the closed form in 93 to 97 % of 1,000 studies", () => {
  const results = measureCompareCoverage(1000, 2000);
  writeResults("compare-coverage", results);
  for (const { coverage } of results) {
    expect(coverage).toBeGreaterThanOrEqual(0.93);
    expect(coverage).toBeLessThanOrEqual(0.97);
  }
});
