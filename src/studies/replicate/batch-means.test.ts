import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { runJobs, type TestJob } from "../../simulation/batch/batch-fixture.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import { summarizeBatch } from "../../simulation/batch/summary.js";
import { quantile } from "../../stats/quantile.js";
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
  const run = randomRun(30_000, 60);
  const intervals = batchMeansIntervals(run, 0.95);
  const { jobs, gpu } = summarizeBatch(run);
  const jctS = Array.from(run.endS, (endS, row) => endS - run.jobs.submitS[row]!);

  /** Half-width by the formula, from values in order of arrival. */
  function halfWidth(values: readonly number[], batches: number): number {
    const size = Math.floor(values.length / batches);
    const means = Array.from({ length: batches }, (_, batch) => {
      const part = values.slice(batch * size, (batch + 1) * size);
      return part.reduce((sum, value) => sum + value, 0) / size;
    });
    const mean = means.reduce((sum, value) => sum + value, 0) / batches;
    const squares = means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const neighbours = means
      .slice(1)
      .reduce((sum, value, index) => sum + (value - mean) * (means[index]! - mean), 0);
    const r = Math.max(0, neighbours / squares);
    // t.975 by degrees of freedom, from tables.
    const t = { 19: 2.093024, 24: 2.063899, 29: 2.04523 }[batches - 1]!;
    return t * Math.sqrt(((squares / (batches - 1)) * (1 + r)) / (1 - r) / batches);
  }

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

  test("of a mean: t √(variance of batch means, raised by their correlation, over batches)", () => {
    const { batches, mean, high } = intervals["jobs.jctS.mean"]!;
    expect(high - mean).toBeCloseTo(halfWidth(jctS, batches!), 4);
  });

  test("of a percentile: the percentiles as far away as the batches' shares below it spread", () => {
    const { batches, mean, low, high } = intervals["jobs.jctS.p95"]!;
    const spread = halfWidth(
      jctS.map((value) => (value <= mean ? 1 : 0)),
      batches!,
    );
    expect(low).toBeCloseTo(quantile(jctS, 0.95 - spread)!, 4);
    expect(high).toBeCloseTo(quantile(jctS, 0.95 + spread)!, 4);
  });

  test("batches need 400 jobs, and 1,500 for p99", () => {
    const short = batchMeansIntervals(randomRun(8500, 60), 0.95);
    expect(short["jobs.jctS.mean"]!.batches).toBe(20);
    expect(short).toHaveProperty(["jobs.jctS.p95"]);
    expect(short).not.toHaveProperty(["jobs.jctS.p99"]);
    expect(intervals["jobs.jctS.p99"]!.batches).toBe(20);
    const shorter = batchMeansIntervals(randomRun(7900, 60), 0.95);
    expect(Object.keys(shorter).filter((path) => path.startsWith("jobs."))).toEqual([]);
  });

  test("batches that are alike give no interval: waits of a queue that only grows", () => {
    const growing = batchMeansIntervals(randomRun(9000, 15), 0.95);
    expect(growing).not.toHaveProperty(["jobs.waitS.mean"]);
    expect(growing).not.toHaveProperty(["jobs.waitS.p95"]);
  });
});
