// A short, seeded version of test/full/queue-coverage.test.ts, and a look at its committed results.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { COVERED_QUEUES, measureQueueCoverage, type QueueCoverage } from "./queue-coverage.js";

test("four servers at 0.5: 5 studies, and at least 4 hold each closed form", () => {
  const queue = COVERED_QUEUES.find(({ id }) => id === "mmc/2-1-4")!;
  const measured = measureQueueCoverage(5, [queue]);
  expect(measured.map(({ metric }) => metric)).toEqual(["wait", "response", "tail"]);
  for (const { covered, meanEstimate, meanHalfWidth, expected } of measured) {
    expect(covered).toBeGreaterThanOrEqual(4);
    // Wide intervals would hold anything: they must also be narrow.
    expect(meanHalfWidth).toBeLessThan(expected / 8);
    expect(Math.abs(meanEstimate - expected)).toBeLessThan(expected / 25);
  }
});

test("the committed long run is of these queues, and holds what it says", () => {
  const path = join(import.meta.dirname, "..", "full", "results-queue-coverage.json");
  const { results } = JSON.parse(readFileSync(path, "utf8")) as {
    results: readonly QueueCoverage[];
  };
  expect([...new Set(results.map(({ queue }) => queue))]).toEqual(
    COVERED_QUEUES.map(({ name }) => name),
  );
  for (const { studies, covered, coverage } of results) {
    expect(studies).toBe(200);
    expect(coverage).toBe(covered / studies);
    expect(coverage).toBeGreaterThanOrEqual(0.904);
  }
});
