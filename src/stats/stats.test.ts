import { describe, expect, test } from "vitest";
import {
  batchMeansInterval,
  overlappingBatchMeansInterval,
  replicationInterval,
} from "./confidence-interval.js";
import { jainIndex } from "./fairness.js";
import { distanceTo, twoSampleDistance } from "./kolmogorov-smirnov.js";
import { momentsOf } from "./moments.js";
import { pairwiseSum, quantile, summarizeInPlace } from "./quantile.js";
import {
  erlangB,
  generalQueueWaitMeanS,
  generalServiceWaitMeanS,
  markovQueueMetrics,
  processorSharingResponseMeanS,
  twoPriorityWaitMeansS,
} from "./queueing.js";
import { logGamma, studentTCdf, studentTQuantile } from "./student-t.js";
import { findWarmUp } from "./warm-up.js";

const range = (count: number, value: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => value(index));

describe("quantile by rule R-7", () => {
  test.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[4, 1, 3, 2], 0.25, 1.75],
    [[10], 0.99, 10],
    [[0, 100], 0.95, 95],
    [[3, 1], 0, 1],
    [[3, 1], 1, 3],
  ])("%j at %d is %d", (values, q, want) => {
    expect(quantile(values, q)).toBeCloseTo(want, 12);
  });

  test("nothing has no quantile, and q outside [0, 1] is refused", () => {
    expect(quantile([], 0.5)).toBeUndefined();
    expect(() => quantile([1], 1.5)).toThrow("q must be in [0, 1], got 1.5");
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
  });

  test("a distribution of nothing has no numbers", () => {
    expect(summarizeInPlace(new Float64Array())).toEqual({
      mean: null,
      p50: null,
      p95: null,
      p99: null,
      max: null,
    });
    expect(summarizeInPlace(Float64Array.of(3, 1, 2))).toEqual({
      mean: 2,
      p50: 2,
      p95: 2.9,
      p99: 2.98,
      max: 3,
    });
  });
});

test("a pairwise sum keeps what a running sum loses", () => {
  const values = new Float64Array(1_000_001).fill(0.1);
  values[0] = 1e9;
  expect(Math.abs(pairwiseSum(values) - 1_000_100_000)).toBeLessThan(1e-4);
});

test("Welford keeps a small variance beside a large mean", () => {
  const moments = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
  expect(moments.mean).toBe(1e9 + 10);
  expect(moments.variance).toBe(30);
  expect(momentsOf([5]).variance).toBeNaN();
});

describe("Student's t", () => {
  test.each([
    [1, 12.706205],
    [4, 2.776445],
    [9, 2.262157],
    [19, 2.093024],
    [29, 2.04523],
  ])("t.975 with %d degrees is %d", (degrees, want) => {
    expect(studentTQuantile(0.975, degrees)).toBeCloseTo(want, 6);
  });

  test("the distribution function inverts the quantile, in both tails", () => {
    for (const p of [0.001, 0.2, 0.5, 0.9, 0.9999]) {
      expect(studentTCdf(studentTQuantile(p, 7.5), 7.5)).toBeCloseTo(p, 12);
    }
  });

  test.each([
    [0.5, 0.5723649429247001],
    [5, 3.1780538303479458],
    [0.1, 2.252712651734206],
    [100, 359.1342053695754],
  ])("log gamma of %d is %d", (x, want) => {
    expect(Math.abs(logGamma(x) / want - 1)).toBeLessThan(1e-13);
  });
});

describe("intervals for a mean", () => {
  const series = range(100, (i) => ((37 * i) % 101) / 10);

  test("paired differences of six runs", () => {
    const first = [12.1, 15.3, 9.8, 14.0, 11.2, 13.7];
    const second = [11.4, 14.9, 9.1, 13.1, 10.9, 12.8];
    const paired = replicationInterval(
      first.map((value, index) => value - second[index]!),
      0.95,
    );
    expect(paired.mean).toBeCloseTo(0.65, 12);
    expect(paired.halfWidth).toBeCloseTo(0.263406, 6);
  });

  test("batch means of a fixed series", () => {
    const batches = batchMeansInterval(series, { batches: 10, confidence: 0.95 });
    expect(batches.mean).toBeCloseTo(4.986, 12);
    expect(batches.varianceOfMean).toBeCloseTo(0.010116, 6);
    const overlapping = overlappingBatchMeansInterval(series, { batchSize: 10, confidence: 0.95 });
    expect(overlapping.varianceOfMean).toBeCloseTo(0.015767, 6);
    expect(overlapping.degreesOfFreedom).toBe(13.5);
  });

  test("one run has a mean and no interval", () => {
    expect(replicationInterval([4], 0.95)).toMatchObject({ mean: 4, halfWidth: Number.NaN });
    expect(() => batchMeansInterval([1, 2], { batches: 3, confidence: 0.95 })).toThrow(
      "from 2 to 2, got 3",
    );
  });
});

describe("MSER-5", () => {
  test("a decaying start is cut off", () => {
    let power = 1;
    const series = range(100, (i) => {
      const value = 10 * power + (((7919 * i) % 13) - 6) / 6;
      power *= 0.8;
      return value;
    });
    const warmUp = findWarmUp(series);
    expect(warmUp).toMatchObject({ truncate: 20, detected: true });
    [0.105997, 0.015836, 0.003814, 0.002835].forEach((want, index) => {
      expect(warmUp.statistics[index]).toBeCloseTo(want, 6);
    });
    expect(Math.min(...warmUp.statistics)).toBeCloseTo(0.001967, 6);
  });

  test("two batches of a constant, then a pattern", () => {
    const series = [...range(10, () => 100), ...range(90, (i) => (i % 5) + 1)];
    expect(findWarmUp(series)).toMatchObject({ truncate: 10, detected: true });
  });

  test("a series that never settles is reported as too short", () => {
    expect(findWarmUp(range(100, (i) => i))).toMatchObject({ detected: false });
    expect(findWarmUp([1, 2])).toMatchObject({ truncate: 0, detected: false });
  });
});

describe("queueing closed forms", () => {
  test.each([
    [0.8, 1, 1, 0.8, 4, 5, 3.2, 2.350018, 13.862944, 21.910133],
    [0.5, 1, 1, 0.5, 1, 2, 0.5, 0, 4.60517, 7.824046],
    [1.6, 1, 2, 0.711111, 1.777778, 2.777778, 2.844444, 0.880551, 6.637014, 10.660609],
    [8, 1, 10, 0.40918, 0.20459, 1.20459, 1.636721, 0, 1.051066, 1.855785],
    [14, 1, 16, 0.508482, 0.254241, 1.254241, 3.559375, 0.008411, 1.159704, 1.964423],
    [95, 1, 100, 0.506457, 0.101291, 1.101291, 9.62268, 0.002566, 0.463083, 0.784971],
    [2.5, 0.5, 6, 0.587516, 1.175033, 3.175033, 2.937582, 0.322592, 4.927762, 8.146638],
  ])("M/M/c with rates %d, %d and %d servers", (arrivalsPerS, servicesPerS, servers, ...want) => {
    const metrics = markovQueueMetrics({ arrivalsPerS, servicesPerS, servers });
    const got = [
      metrics.waitProbability,
      metrics.waitMeanS,
      metrics.responseMeanS,
      metrics.queueLengthMean,
      metrics.waitQuantileS(0.5),
      metrics.waitQuantileS(0.95),
      metrics.waitQuantileS(0.99),
    ];
    got.forEach((value, index) => {
      expect(value).toBeCloseTo(want[index]!, 5.9);
    });
  });

  test("sizing: 18 servers keep P(W > 0.5) below 5 %, 17 do not", () => {
    const exceeds = (servers: number): number =>
      markovQueueMetrics({ arrivalsPerS: 14, servicesPerS: 1, servers }).waitExceeds(0.5);
    expect(exceeds(17)).toBeCloseTo(0.077708, 6);
    expect(exceeds(18)).toBeCloseTo(0.03136, 6);
  });

  test("an overloaded queue has no steady state", () => {
    expect(() => markovQueueMetrics({ arrivalsPerS: 2, servicesPerS: 1, servers: 2 })).toThrow(
      "load must be below",
    );
  });

  test.each([
    [1, 1, 0.5],
    [5, 3, 0.110054],
    [8, 8, 0.23557],
    [10, 8, 0.121661],
    [100, 95, 0.048804],
    [1000, 1000, 0.024812],
  ])("Erlang B with %d servers and load %d is %d", (servers, load, want) => {
    expect(erlangB(servers, load)).toBeCloseTo(want, 6);
  });

  test.each([
    ["M/D/1 at 0.8", 0.8, 0, 2],
    ["M/D/1 at 0.5", 0.5, 0, 0.5],
    ["lognormal at 0.7", 0.7, 4, 5.833333],
    ["variation 2.25 at 0.9", 0.9, 2.25, 14.625],
    ["uniform(0, 2) at 0.6", 0.6, 1 / 3, 1],
    ["Erlang-2 at 0.8", 0.8, 0.5, 3],
  ])("M/G/1: %s", (_, arrivalsPerS, serviceVariation, want) => {
    expect(
      generalServiceWaitMeanS({ arrivalsPerS, serviceMeanS: 1, serviceVariation }),
    ).toBeCloseTo(want, 6);
  });

  test("processor sharing, two priorities, general queues", () => {
    const shared = { arrivalsPerS: 0.8, serviceMeanS: 1 };
    expect(processorSharingResponseMeanS({ ...shared, sizeS: 1 })).toBeCloseTo(5, 12);
    expect(processorSharingResponseMeanS({ ...shared, sizeS: 2 })).toBeCloseTo(10, 12);
    const [high, low] = twoPriorityWaitMeansS({
      highArrivalsPerS: 0.3,
      lowArrivalsPerS: 0.4,
      servicesPerS: 1,
    });
    expect(high).toBeCloseTo(1, 12);
    expect(low).toBeCloseTo(3.333333, 6);
    expect(0.3 * high + 0.4 * low).toBeCloseTo(1.633333, 6);
    const queue = {
      arrivalsPerS: 8,
      servicesPerS: 1,
      servers: 10,
      arrivalVariation: 1,
      serviceVariation: 4,
    };
    expect(generalQueueWaitMeanS(queue)).toBeCloseTo(0.511475, 6);
  });
});

test("Jain's index: equal shares, one owner, nobody", () => {
  expect(jainIndex([2, 2, 2, 2])).toBe(1);
  expect(jainIndex([5, 0, 0, 0])).toBe(0.25);
  expect(jainIndex([1, 2, 3])).toBeCloseTo(36 / 42, 12);
  expect(jainIndex([0, 0])).toBeUndefined();
});

test("Kolmogorov-Smirnov distances", () => {
  expect(twoSampleDistance([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0);
  expect(twoSampleDistance([1, 2], [3, 4])).toBe(1);
  expect(twoSampleDistance([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5);
  expect(distanceTo([0.1, 0.4, 0.7], (x) => x)).toBeCloseTo(0.3, 12);
});
