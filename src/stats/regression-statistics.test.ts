// Known answers computed in double precision by other programs (SciPy), to 1e-6 or better.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { hodgesLehmannRatio, logsOf } from "./hodges-lehmann.js";
import { benjaminiHochbergAdjusted, holmAdjusted } from "./holm.js";
import { mannWhitney, mannWhitneyIntervalRank, smallestMannWhitneyP } from "./mann-whitney.js";
import { normalTail, standardNormalQuantile } from "./normal.js";
import { welch, welchRatio } from "./welch.js";

const X = [10.12, 10.05, 10.31, 9.98, 10.2, 10.11, 10.07, 10.4, 10.15];
const Y = [10.61, 10.52, 10.88, 10.55, 10.7, 10.49, 10.95, 10.58, 10.66];

describe("Mann–Whitney", () => {
  test("exact p and interval of nine against nine", () => {
    const result = mannWhitney(X, Y);
    expect(result).toMatchObject({ statistic: 81, isExact: true, hasTies: false });
    expect(result.p).toBeCloseTo(0.0000411353, 10);
    const end = mannWhitneyIntervalRank({ n: 9, m: 9, confidence: 0.95 })!;
    expect(end.rank).toBe(18);
    expect(end.confidence).toBeCloseTo(0.960016, 6);
  });

  test.each([
    [5, 0.007937],
    [6, 0.002165],
    [7, 0.000583],
    [8, 0.000155],
    [9, 0.0000411],
  ])("the smallest p of %i and as many", (n, p) => {
    expect(smallestMannWhitneyP(n, n)).toBeCloseTo(p, 6);
  });

  test("ties take the permutation distribution of mid-ranks", () => {
    const result = mannWhitney([1, 2, 2], [2, 3, 4]);
    expect(result.hasTies).toBe(true);
    expect(result.p).toBeCloseTo(exhaustiveP([1, 2, 2], [2, 3, 4]), 12);
    expect(mannWhitney([5, 5, 5], [5, 5]).p).toBe(1);
  });

  test("the permutation distribution is the one of all choices, with and without ties", () => {
    const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, values, (left, right) => {
        expect(mannWhitney(left, right).p).toBeCloseTo(exhaustiveP(left, right), 10);
      }),
      { numRuns: 60 },
    );
  });

  test("large samples take the normal approximation and say so", () => {
    const left = Array.from({ length: 80 }, (_, i) => i);
    const right = left.map((value) => value + 10.5);
    const result = mannWhitney(left, right);
    expect(result.isExact).toBe(false);
    // SciPy: mannwhitneyu(method="asymptotic") of the same samples.
    expect(result.p).toBeCloseTo(0.007424054, 8);
  });

  test("refuses what is not a number", () => {
    expect(() => mannWhitney([1, Number.NaN], [2])).toThrow(RangeError);
    expect(() => mannWhitney([], [2])).toThrow(RangeError);
  });
});

test("Hodges–Lehmann ratio with its exact interval", () => {
  const { ratio, interval } = hodgesLehmannRatio(X, Y, { confidence: 0.95 });
  expect(ratio).toBeCloseTo(1.04902, 6);
  expect(interval![0]).toBeCloseTo(1.036453, 6);
  expect(interval![1]).toBeCloseTo(1.063126, 6);
  expect(hodgesLehmannRatio([1, 2], [2, 3], { confidence: 0.95 }).interval).toBeUndefined();
  expect(() => hodgesLehmannRatio([0], [1], { confidence: 0.95 })).toThrow(RangeError);
});

test("Welch on logarithms", () => {
  const estimate = welch(logsOf(X), logsOf(Y), { confidence: 0.95 })!;
  expect(estimate.t).toBeCloseTo(7.39939, 5);
  expect(estimate.degreesOfFreedom).toBeCloseTo(15.682316, 5);
  expect(estimate.p).toBeCloseTo(1.697818e-6, 11);
  const { ratio, interval } = welchRatio(logsOf(X), logsOf(Y), { confidence: 0.95 })!;
  expect(ratio).toBeCloseTo(1.049761, 6);
  expect(interval[0]).toBeCloseTo(1.035233, 6);
  expect(interval[1]).toBeCloseTo(1.064492, 6);
  expect(welch([1], [1, 2], { confidence: 0.95 })).toBeUndefined();
  expect(welch([1, 1], [1, 1], { confidence: 0.95 })).toBeUndefined();
});

test("Holm and Benjamini–Hochberg", () => {
  const p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
  const holm = [0.01, 0.072, 0.312, 0.312, 0.312, 0.312, 0.312, 0.615, 0.615, 0.615];
  holmAdjusted(p).forEach((value, index) => expect(value).toBeCloseTo(holm[index]!, 9));
  const bh = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.105714, 0.216, 0.216, 0.216];
  benjaminiHochbergAdjusted(p).forEach((value, index) => expect(value).toBeCloseTo(bh[index]!, 6));
});

test("normal tails and quantiles", () => {
  expect(normalTail(1.959963985)).toBeCloseTo(0.025, 7);
  expect(normalTail(-1)).toBeCloseTo(0.8413447, 6);
  expect(standardNormalQuantile(0.9995)).toBeCloseTo(3.290527, 4);
});

/** Two-sided p by going through every choice. */
function exhaustiveP(left: readonly number[], right: readonly number[]): number {
  const all = [...left, ...right];
  const rank = (value: number): number =>
    all.filter((other) => other < value).length +
    (all.filter((other) => other === value).length + 1) / 2;
  const ranks = all.map(rank);
  const mean = (ranks.reduce((sum, value) => sum + value, 0) * right.length) / all.length;
  const seen = right.reduce((sum, value) => sum + rank(value), 0);
  let [far, count] = [0, 0];
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = ranks.filter((_unused, index) => ((mask >> index) & 1) === 1);
    if (chosen.length !== right.length) continue;
    count += 1;
    const sum = chosen.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - mean) >= Math.abs(seen - mean) - 1e-9) far += 1;
  }
  return far / count;
}
