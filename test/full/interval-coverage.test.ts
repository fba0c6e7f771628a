// Intervals of 200 independent studies against closed forms of M/M/c queues: how often they hold the truth.
import { expect, test } from "vitest";

import { coverageExperiments, measureCoverage } from "../studies/interval-coverage.js";
import { writeResults } from "./write-results.js";

const STUDIES = 200;
/** Nominal 95 %; three standard errors of 200 studies below that is 90.4 %. */
const COVERAGE_MIN = 0.9;

test("intervals hold the true value about as often as they say", () => {
  const results = coverageExperiments(STUDIES).map((experiment) => ({
    name: experiment.name,
    queue: experiment.queue,
    statistics: experiment.statistics,
    studies: STUDIES,
    metrics: measureCoverage(experiment),
  }));
  writeResults("interval-coverage", results);
  for (const { metrics } of results) {
    for (const { coverage, withheld } of metrics) {
      expect(coverage).toBeGreaterThanOrEqual(COVERAGE_MIN);
      expect(withheld).toBeLessThan(STUDIES / 4);
    }
  }
});
