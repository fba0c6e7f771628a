// The expected maximum decides how much slower a large gang is, so it is held against simulation and
// against cases that can be done by hand.
import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import {
  checkStepJitter,
  drawStepJitter,
  expectedMaximumShare,
  meanShare,
  type JitteredWorkers,
  type StepJitter,
} from "./step-jitter.js";

const EXPONENTIAL: StepJitter = { kind: "exponential", meanShare: 0.01 };
const PAUSES: StepJitter = { kind: "pauses", chance: 0.002, lengthShare: 0.5 };
const MEASURED: StepJitter = { kind: "quantiles", shares: [0, 0.001, 0.002, 0.004, 0.01, 0.2] };

/** Mean and standard error of the maximum over the workers of a gang in many steps. */
function simulate(
  gang: readonly JitteredWorkers[],
  steps: number,
): { mean: number; error: number } {
  const stream = createRandomStreams(7).stream("jitter");
  let sum = 0;
  let squares = 0;
  for (let step = 0; step < steps; step++) {
    let longest = 0;
    for (const { jitter, workers } of gang) {
      for (let worker = 0; worker < workers; worker++)
        longest = Math.max(longest, drawStepJitter(jitter, stream));
    }
    sum += longest;
    squares += longest * longest;
  }
  const mean = sum / steps;
  return { mean, error: Math.sqrt((squares / steps - mean * mean) / steps) };
}

describe("expectedMaximumShare", () => {
  test.each<[string, StepJitter, number]>([
    ["no jitter", { kind: "none" }, 0],
    ["exponential", EXPONENTIAL, 0.01],
    ["pauses", PAUSES, 0.001],
    ["quantiles: the mean of a broken line", MEASURED, 0.117 / 5],
  ])("of one worker is the mean: %s", (_, jitter, mean) => {
    expect(meanShare(jitter)).toBeCloseTo(mean, 12);
  });

  test("two exponential workers wait 1.5 means, a thousand 7.485", () => {
    expect(expectedMaximumShare([{ jitter: EXPONENTIAL, workers: 2 }])).toBeCloseTo(0.015, 14);
    // H(1000) = 7.485470860550345
    expect(expectedMaximumShare([{ jitter: EXPONENTIAL, workers: 1000 }])).toBeCloseTo(
      0.0748547086055034,
      14,
    );
  });

  test("the expansion joins the sum without a step", () => {
    const at = (workers: number): number =>
      expectedMaximumShare([{ jitter: { kind: "exponential", meanShare: 1 }, workers }]);
    expect(at(65) - at(64)).toBeCloseTo(1 / 65, 12);
  });

  test.each<[string, readonly JitteredWorkers[]]>([
    ["exponential × 8", [{ jitter: EXPONENTIAL, workers: 8 }]],
    ["pauses × 64", [{ jitter: PAUSES, workers: 64 }]],
    ["measured × 16", [{ jitter: MEASURED, workers: 16 }]],
    [
      "exponential × 8 beside pauses × 8",
      [
        { jitter: EXPONENTIAL, workers: 8 },
        { jitter: PAUSES, workers: 8 },
      ],
    ],
    [
      "all three",
      [
        { jitter: EXPONENTIAL, workers: 3 },
        { jitter: PAUSES, workers: 4 },
        { jitter: MEASURED, workers: 5 },
      ],
    ],
  ])("agrees with simulation: %s", (_, gang) => {
    const { mean, error } = simulate(gang, 40_000);
    expect(Math.abs(expectedMaximumShare(gang) - mean)).toBeLessThan(4 * error);
  });

  test("several kinds agree with one kind written twice", () => {
    const once = expectedMaximumShare([{ jitter: EXPONENTIAL, workers: 16 }]);
    const twice = expectedMaximumShare([
      { jitter: EXPONENTIAL, workers: 10 },
      { jitter: EXPONENTIAL, workers: 6 },
    ]);
    expect(twice / once).toBeCloseTo(1, 6);
    const pauses = expectedMaximumShare([
      { jitter: PAUSES, workers: 10 },
      { jitter: { ...PAUSES }, workers: 6 },
    ]);
    expect(pauses).toBeCloseTo(expectedMaximumShare([{ jitter: PAUSES, workers: 16 }]), 9);
  });

  test("grows with the gang and never beyond the longest pause", () => {
    let before = 0;
    for (const workers of [1, 2, 8, 64, 512, 100_000]) {
      const now = expectedMaximumShare([{ jitter: PAUSES, workers }]);
      expect(now).toBeGreaterThan(before);
      expect(now).toBeLessThanOrEqual(0.5);
      before = now;
    }
  });

  test("nobody and nothing wait for nobody", () => {
    expect(expectedMaximumShare([])).toBe(0);
    expect(expectedMaximumShare([{ jitter: EXPONENTIAL, workers: 0 }])).toBe(0);
    expect(expectedMaximumShare([{ jitter: { kind: "none" }, workers: 4096 }])).toBe(0);
  });
});

describe("checkStepJitter", () => {
  test.each<[StepJitter, RegExp]>([
    [{ kind: "exponential", meanShare: -0.1 }, /meanShare must be a number >= 0, got -0.1/],
    [{ kind: "pauses", chance: 1.5, lengthShare: 1 }, /chance must be in 0..1, got 1.5/],
    [{ kind: "quantiles", shares: [0.1] }, /at least two/],
    [{ kind: "quantiles", shares: [0.2, 0.1] }, /must not fall, shares\[1\] is 0.1/],
  ])("refuses %j", (jitter, message) => {
    expect(() => checkStepJitter(jitter)).toThrow(message);
  });
});
