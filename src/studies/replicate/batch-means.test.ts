import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { runJobs, type TestJob } from "../../simulation/batch/batch-fixture.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import { summarizeBatch } from "../../simulation/batch/summary.js";
import { BATCHED_METRICS, batchMeansIntervals, lag1 } from "./batch-means.js";

test("lag-1 correlation by hand", () => {
  expect(lag1(Float64Array.of(1, 1, 3, 3))).toBe(0.25);
  expect(lag1(Float64Array.of(1, 2, 3))).toBe(0);
  expect(lag1(Float64Array.of(1, -1, 1, -1))).toBe(-0.75);
  expect(lag1(Float64Array.of(4, 4, 4))).toBe(0);
});

/** Jobs on a pool of 4 GPUs, arriving at random; light load keeps batches independent. */
function randomRun(count: number, gapS: number): BatchRun {
  const stream = createRandomStreams(3).stream("test");
  let submitS = 0;
  const rows = Array.from({ length: count }, (): TestJob => {
    submitS += stream.exponential(gapS);
    return { submitS, durationS: stream.exponential(100), gpuCount: 1 };
  });
  return runJobs(rows, { observe: {} });
}

describe("batchMeansIntervals", () => {
  const run = randomRun(12_000, 60);
  const intervals = batchMeansIntervals(run, 0.95);
  const { jobs, gpu } = summarizeBatch(run);

  test("every interval is around the figure of the whole run", () => {
    expect(intervals["jobs.waitS.mean"]!.mean).toBeCloseTo(jobs.waitS.mean!, 9);
    expect(intervals["jobs.jctS.p95"]!.mean).toBe(jobs.jctS.p95);
    expect(intervals["jobs.boundedSlowdown.mean"]!.mean).toBeCloseTo(jobs.boundedSlowdown.mean!, 9);
    expect(intervals["gpu.allocatedShare"]!.mean).toBeCloseTo(gpu.allocatedShare, 9);
    for (const [path, { mean, low, high, batches, lag1Correlation }] of Object.entries(intervals)) {
      expect(BATCHED_METRICS.has(path)).toBe(true);
      expect(low).toBeLessThanOrEqual(mean);
      expect(high).toBeGreaterThanOrEqual(mean);
      expect([20, 25, 30]).toContain(batches);
      expect(lag1Correlation).toBeLessThan(0.2);
    }
  });

  test("the half-width is t √(variance of batch means / batches), recomputed from the waits", () => {
    const { batches, mean, high } = intervals["jobs.jctS.mean"]!;
    const jctS = Array.from(run.endS, (endS, row) => endS - run.jobs.submitS[row]!);
    const size = Math.floor(jctS.length / batches!);
    const means = Array.from({ length: batches! }, (_, batch) => {
      const part = jctS.slice(batch * size, (batch + 1) * size);
      return part.reduce((sum, value) => sum + value, 0) / size;
    });
    const average = means.reduce((sum, value) => sum + value, 0) / means.length;
    const variance =
      means.reduce((sum, value) => sum + (value - average) ** 2, 0) / (means.length - 1);
    // t.975 by degrees of freedom, from tables.
    const t = { 19: 2.093024, 24: 2.063899, 29: 2.04523 }[batches! - 1]!;
    expect(high - mean).toBeCloseTo(t * Math.sqrt(variance / batches!), 4);
  });

  test("p99 of 12,000 jobs has 25 or 20 batches at most of 368 jobs, p95 of 1,000 none", () => {
    expect(intervals["jobs.jctS.p99"]!.batches).toBeLessThanOrEqual(30);
    const short = batchMeansIntervals(randomRun(1000, 60), 0.95);
    expect(short).toHaveProperty(["jobs.jctS.mean"]);
    expect(short).not.toHaveProperty(["jobs.jctS.p95"]);
  });

  test("batches that are alike give no interval: waits of a queue that only grows", () => {
    const growing = batchMeansIntervals(randomRun(3000, 15), 0.95);
    expect(growing).not.toHaveProperty(["jobs.waitS.mean"]);
    expect(growing).not.toHaveProperty(["jobs.waitS.p95"]);
  });
});
