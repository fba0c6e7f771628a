import { expect, test } from "vitest";

import {
  feasibleEnds,
  pairedDifferences,
  valuesOf,
  type ComputedResult,
} from "./replication-intervals.js";

/** Results whose every metric is that number. */
const results = (values: readonly (number | null)[]): ComputedResult[] =>
  values.map((value) => {
    const distribution = { mean: value, p50: value, p95: value, p99: value, max: value };
    return {
      jobs: {
        waitS: distribution,
        jctS: distribution,
        slowdown: distribution,
        boundedSlowdown: distribution,
        makespanS: value,
        completed: value,
        waiting: value,
        neverPlaceable: value,
        queueLengthMax: value,
        queueLengthMean: value,
      },
      gpu: { allocatedShare: value, allocatedShareMax: value },
    } as unknown as ComputedResult;
  });

test("paired differences: the known answer of common random numbers", () => {
  const x = [12.1, 15.3, 9.8, 14.0, 11.2, 13.7];
  const y = [11.4, 14.9, 9.1, 13.1, 10.9, 12.8];
  const paired = pairedDifferences(results(y), results(x), 0.95)["jobs.waitS.mean"]!;
  expect(paired.mean).toBeCloseTo(0.65, 12);
  expect(paired.high - paired.mean).toBeCloseTo(0.263406, 6);
  expect(paired.mean - paired.low).toBeCloseTo(0.263406, 6);
  expect(paired.correlation!).toBeGreaterThan(0.99);
});

test("a metric without a value in one replication has no difference, and a constant one no correlation", () => {
  expect(valuesOf(results([1, null, 3]), "jobs.waitS.mean")).toBeUndefined();
  expect(pairedDifferences(results([1, null]), results([1, 2]), 0.95)).toEqual({});
  const constant = pairedDifferences(results([1, 1]), results([1, 2]), 0.95);
  expect(constant["jobs.waitS.mean"]!.correlation).toBeNull();
});

test("ends are cut to what the metric can be", () => {
  expect(feasibleEnds("jobs.waitS.p95", 2, 3)).toEqual({ low: 0, high: 5 });
  expect(feasibleEnds("gpu.allocatedShare", 0.9, 0.2)).toEqual({ low: 0.7, high: 1 });
});
