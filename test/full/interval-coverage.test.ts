// Intervals of 200 independent studies against closed forms of M/M/c queues: how often they hold the truth.
import { expect, test } from "vitest";

import { coverageExperiments, measureCoverage } from "../studies/interval-coverage.js";
import { writeResults } from "./write-results.js";

const STUDIES = 200;

test("intervals hold the true value about as often as they say", () => {
  const results = coverageExperiments(STUDIES).map((experiment) => ({
    name: experiment.name,
    queue: experiment.queue,
    statistics: experiment.statistics,
    coverageMin: experiment.coverageMin,
    studies: STUDIES,
    metrics: measureCoverage(experiment),
  }));
  writeResults("interval-coverage", results);
  for (const { metrics, coverageMin } of results) {
    for (const { coverage, withheld } of metrics) {
      expect(coverage).toBeGreaterThanOrEqual(coverageMin);
      expect(withheld).toBeLessThan(STUDIES / 4);
    }
  }
});
