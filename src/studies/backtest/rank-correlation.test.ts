import { expect, test } from "vitest";

import { rankCorrelation } from "./rank-correlation.js";

const correlate = (left: number[], right: number[]): number | null =>
  rankCorrelation(Float64Array.from(left), Float64Array.from(right));

test("equal orders give 1, opposite orders -1, whatever the distances", () => {
  expect(correlate([1, 2, 3, 1000], [5, 6, 700, 701])).toBe(1);
  expect(correlate([1, 2, 3], [9, 8, 7])).toBe(-1);
});

test("ties share their mean rank", () => {
  // Ranks 1, 2, 5, 3, 4 beside 1, 2, 5, 3.5, 3.5: sum of products 9.5, squares 10 and 9.5 around the mean 3.
  expect(correlate([0, 90, 130, 120, 125], [0, 90, 130, 120, 120])).toBeCloseTo(
    9.5 / Math.sqrt(95),
    14,
  );
});

test("no correlation without spread or with fewer than two pairs", () => {
  expect(correlate([1, 1, 1], [1, 2, 3])).toBeNull();
  expect(correlate([1, 2, 3], [4, 4, 4])).toBeNull();
  expect(correlate([1], [2])).toBeNull();
  expect(correlate([], [])).toBeNull();
});

test("lengths must agree", () => {
  expect(() => correlate([1, 2], [1])).toThrow(RangeError);
});
