import { expect, test } from "vitest";

import { createRandomStreams, type RandomStream } from "../../engine/streams.js";
import { quantile } from "../../stats/quantile.js";
import type { ValueDistribution } from "./traffic-description.js";
import { createValueSampler } from "./value-sampler.js";

const stream = (seed = 1): RandomStream => createRandomStreams(seed).stream("traffic");
const fixed = (value: number): ValueDistribution => ({ kind: "fixed", value });
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const drawn = (of: ValueDistribution, count = 20_000): number[] => {
  const sample = createValueSampler(of);
  const values = stream();
  return Array.from({ length: count }, () => sample(values));
};

test.each<[string, ValueDistribution, number, number]>([
  ["uniform", { kind: "uniform", min: 10, max: 30 }, 20, 20 / Math.sqrt(12)],
  [
    "lognormal",
    { kind: "lognormal", median: 100, sigma: 0.5, min: 1, max: 1e9 },
    100 * Math.exp(0.125),
    100 * Math.exp(0.125) * Math.sqrt(Math.exp(0.25) - 1),
  ],
  ["exponential", { kind: "exponential", mean: 50, min: 0, max: 1e9 }, 50, 50],
  ["normal", { kind: "normal", mean: 50, standardDeviation: 5, min: 0, max: 100 }, 50, 5],
  ["empirical", { kind: "empirical", values: [1, 2, 3, 6] }, 3, Math.sqrt(3.5)],
  [
    "mixture",
    {
      kind: "mixture",
      parts: [
        { weight: 3, of: fixed(10) },
        { weight: 1, of: fixed(50) },
      ],
    },
    20,
    Math.sqrt(300),
  ],
])("%s has its mean and standard deviation", (_, of, expectedMean, expectedDeviation) => {
  const values = drawn(of);
  const average = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - average) ** 2)));
  expect(Math.abs(average - expectedMean)).toBeLessThan((4 * expectedDeviation) / 141);
  expect(Math.abs(deviation / expectedDeviation - 1)).toBeLessThan(0.05);
});

test("a normal distribution is cut by drawing again, others by their bounds", () => {
  const normal = drawn({ kind: "normal", mean: 1, standardDeviation: 5, min: 0, max: 2 });
  expect(normal.every((value) => value > 0 && value < 2)).toBe(true);
  const cut = drawn({ kind: "exponential", mean: 10, min: 5, max: 20 });
  // P(x < 5) = 1 − e^−½, P(x > 20) = e^−2.
  expect(cut.filter((value) => value === 5).length / 20_000).toBeCloseTo(0.393, 1);
  expect(cut.filter((value) => value === 20).length / 20_000).toBeCloseTo(0.135, 1);
});

test("quantiles come out as they went in", () => {
  const values = drawn({
    kind: "quantiles",
    points: [
      [0, 10],
      [0.5, 100],
      [0.9, 1000],
      [1, 5000],
    ],
  });
  expect(Math.abs(quantile(values, 0.5)! / 100 - 1)).toBeLessThan(0.05);
  expect(Math.abs(quantile(values, 0.9)! / 1000 - 1)).toBeLessThan(0.1);
  expect(Math.abs(quantile(values, 0.25)! / Math.sqrt(1000) - 1)).toBeLessThan(0.05);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...values)).toBeLessThanOrEqual(5000);
});
