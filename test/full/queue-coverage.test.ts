// 95 % intervals of 200 independent studies against closed forms of M/M/c and M/G/1.
import { expect, test } from "vitest";

import { measureQueueCoverage } from "../studies/queue-coverage.js";
import { writeResults } from "./write-results.js";

/** Three standard errors of 200 studies below and above 95 %. */
const [COVERAGE_MIN, COVERAGE_MAX] = [0.904, 0.996];

test("95 % intervals hold the closed form in about 95 % of studies", () => {
  const results = measureQueueCoverage(200);
  writeResults("queue-coverage", results);
  for (const { coverage } of results) {
    expect(coverage).toBeGreaterThanOrEqual(COVERAGE_MIN);
    expect(coverage).toBeLessThanOrEqual(COVERAGE_MAX);
  }
});
