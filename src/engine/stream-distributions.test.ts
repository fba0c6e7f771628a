import { describe, expect, test } from "vitest";
import { exp, log } from "../base/elementary.js";
import { createRandomStreams, type RandomStream } from "./streams.js";

const DRAWS = 100_000;

function draw(count: number, one: () => number): Float64Array {
  return Float64Array.from({ length: count }, one);
}

/** Largest distance between the empirical and the stated distribution (Kolmogorov and Smirnov). */
function ksDistance(values: Float64Array, cdf: (value: number) => number): number {
  const sorted = values.slice().sort();
  return sorted.reduce((worst, value, i) => {
    const want = cdf(value);
    return Math.max(worst, want - i / sorted.length, (i + 1) / sorted.length - want);
  }, 0);
}

/** KS distance exceeded by chance once in a million samples of this size: sqrt(ln(2e6) / 2n). */
const KS_BAR = Math.sqrt(Math.log(2e6) / (2 * DRAWS));

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Above this a chi-square of k degrees of freedom lies with odds of about 1e-6 (Wilson and Hilferty). */
function chiSquareBar(freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 4.75 * Math.sqrt(spread)) ** 3;
}

describe("distributions, at a fixed seed", () => {
  const streams = createRandomStreams(20_261_121);
  /** Regularised lower incomplete gamma of shape 2.5 by its series: an independent way to the gamma CDF. */
  const gammaCdf = (x: number): number => {
    const shape = 2.5;
    let term = 1 / shape;
    let sum = term;
    for (let k = 1; k < 400; k++) sum += term *= x / (shape + k);
    return sum * exp(shape * log(x) - x) * (1 / 1.329340388179137); // Gamma(2.5)
  };
  /** Normal CDF by the series of erf, good for |z| < 6. */
  const normalCdf = (z: number): number => {
    let term = z;
    let sum = z;
    for (let k = 1; k < 200; k++) sum += term *= (z * z) / (2 * k + 1);
    return 0.5 + sum * exp(-0.5 * z * z) * 0.3989422804014327;
  };

  test.each<[string, (stream: RandomStream) => number, (value: number) => number]>([
    ["uniform", (stream) => stream.uniform(), (x) => x],
    ["uint32", (stream) => stream.uint32(), (x) => x / 2 ** 32],
    ["integerBelow(2^53-1)", (stream) => stream.integerBelow(2 ** 53 - 1), (x) => x / 2 ** 53],
    ["exponential", (stream) => stream.exponential(4), (x) => 1 - exp(-x / 4)],
    ["normal", (stream) => stream.normal(), normalCdf],
    [
      "logNormal",
      (stream) => stream.logNormal({ mu: 1, sigma: 0.5 }),
      (x) => normalCdf((log(x) - 1) / 0.5),
    ],
    [
      "weibull",
      (stream) => stream.weibull({ shape: 2, scale: 3 }),
      (x) => 1 - exp(-((x / 3) ** 2)),
    ],
    [
      "gamma, shape 2.5",
      (stream) => stream.gamma({ shape: 2.5, scale: 2 }),
      (x) => gammaCdf(x / 2),
    ],
    ["gamma, shape 1", (stream) => stream.gamma({ shape: 1, scale: 2 }), (x) => 1 - exp(-x / 2)],
    // A gamma of shape 1/2 is half the square of a normal.
    [
      "gamma, shape 0.5",
      (stream) => stream.gamma({ shape: 0.5, scale: 1 }),
      (x) => 2 * normalCdf(Math.sqrt(2 * x)) - 1,
    ],
  ])("%s", (name, one, cdf) => {
    const stream = streams.stream(name);
    const values = draw(DRAWS, () => one(stream));
    expect(ksDistance(values, cdf)).toBeLessThan(KS_BAR);
  });

  test("the KS bar sees a distribution that is off by 4 %", () => {
    const stream = streams.stream("wrong");
    const values = draw(DRAWS, () => stream.exponential(4 * 1.04));
    expect(ksDistance(values, (x) => 1 - exp(-x / 4))).toBeGreaterThan(KS_BAR);
  });

  test.each([2, 3, 7, 10, 1000, 3 * 2 ** 30])("integerBelow(%s) favours nobody", (limit) => {
    const stream = streams.stream(`below ${limit}`);
    const cells = Math.min(limit, 100);
    const counts = new Array<number>(cells).fill(0);
    let outside = 0;
    for (let i = 0; i < DRAWS; i++) {
      const value = stream.integerBelow(limit);
      if (!(value >= 0 && value < limit && Number.isInteger(value))) outside++;
      counts[Math.floor((value * cells) / limit)]!++;
    }
    expect(outside).toBe(0);
    expect(chiSquare(counts, DRAWS / cells)).toBeLessThan(chiSquareBar(cells - 1));
  });

  test("all 24 orders of four values are equally likely, and nothing is lost", () => {
    const stream = streams.stream("shuffle");
    const counts = new Map<string, number>();
    for (let i = 0; i < DRAWS; i++) {
      const values = Int32Array.of(0, 1, 2, 3);
      stream.shuffle(values);
      counts.set(values.join(), (counts.get(values.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], DRAWS / 24)).toBeLessThan(chiSquareBar(23));
  });

  test("pairs and low bits of uint32 are uniform", () => {
    const stream = streams.stream("pairs");
    const pairs = new Array<number>(256).fill(0);
    const lowBits = new Array<number>(16).fill(0);
    for (let i = 0; i < DRAWS; i++) {
      const [left, right] = [stream.uint32(), stream.uint32()];
      pairs[(left >>> 28) * 16 + (right >>> 28)]!++;
      lowBits[left & 15]!++;
    }
    expect(chiSquare(pairs, DRAWS / 256)).toBeLessThan(chiSquareBar(255));
    expect(chiSquare(lowBits, DRAWS / 16)).toBeLessThan(chiSquareBar(15));
  });
});
