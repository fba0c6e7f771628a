import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { pairwiseSum, roundExact2, roundHalfEven, roundScaled2 } from "./published-rounding.js";

// Right-hand sides were printed by Python 3 (round) and numpy (round, sum).
describe("roundHalfEven", () => {
  test.each([
    [0, 0],
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [0.49999999999999994, 0],
    [2.5000000000000004, 3],
    [99.9, 100],
    [130, 130],
  ])("%s is %s", (value, want) => {
    expect(roundHalfEven(value)).toBe(want);
  });
});

describe("roundExact2", () => {
  test.each([
    [0.125, 0.12],
    [0.375, 0.38],
    [0.625, 0.62],
    [2.675, 2.67],
    [1.005, 1],
    [95.285, 95.28],
    [0.005, 0.01],
    [100, 100],
    [863_422.605, 863_422.6],
    [12.345, 12.35],
  ])("%s is %s", (value, want) => {
    expect(roundExact2(value)).toBe(want);
  });
});

describe("roundScaled2", () => {
  test.each([
    [0.125, 0.12],
    [0.375, 0.38],
    // 2.675 * 100 is 267.5 exactly, although 2.675 itself lies below.
    [2.675, 2.68],
    [1.005, 1],
    [95.285, 95.28],
  ])("%s is %s", (value, want) => {
    expect(roundScaled2(value)).toBe(want);
  });
});

describe("pairwiseSum", () => {
  test("differs from a running sum where numpy does", () => {
    const tenths = new Float64Array(10).fill(0.1);
    expect(pairwiseSum(tenths, 0, 10)).toBe(1);
    expect(tenths.reduce((sum, value) => sum + value, 0)).toBe(0.9999999999999999);
  });

  test("sums any stretch of any length", () => {
    const stretches = fc.tuple(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 700 }),
      fc.nat({ max: 40 }),
    );
    fc.assert(
      fc.property(stretches, ([numbers, from]) => {
        const start = Math.min(from, numbers.length);
        const want = numbers.slice(start).reduce((sum, value) => sum + value, 0);
        expect(pairwiseSum(Float64Array.from(numbers), start, numbers.length - start)).toBe(want);
      }),
    );
  });
});
