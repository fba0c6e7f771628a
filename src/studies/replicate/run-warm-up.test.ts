import { describe, expect, test } from "vitest";

import { runJobs } from "../../simulation/batch/batch-fixture.js";
import { arrivalSeries, findRunWarmUp } from "./run-warm-up.js";

const series = (waitS: number[], gapS = 10): { waitS: Float64Array; submitS: Float64Array } => ({
  waitS: Float64Array.from(waitS),
  submitS: Float64Array.from(waitS, (_, index) => index * gapS),
});

/** The known answer of MSER-5: truncate 20. */
const decaying = Array.from(
  { length: 100 },
  (_, index) => 10 * 0.8 ** index + (((7919 * index) % 13) - 6) / 6,
);

describe("findRunWarmUp", () => {
  test("the known answer of the rule, as the time of the first job that counts", () => {
    expect(findRunWarmUp([series(decaying)])).toEqual({ detected: true, endS: 200 });
  });

  test("over replications: on their average, and gone from the slowest of them", () => {
    const noise = decaying.map((value, index) => value + (index % 2 === 0 ? 5 : -5));
    const mirrored = decaying.map((value, index) => value - (index % 2 === 0 ? 5 : -5));
    const found = findRunWarmUp([series(noise, 10), series(mirrored, 12)]);
    expect(found).toEqual({ detected: true, endS: 240 });
  });

  test("a series that still rises at its half has no end of its warm-up", () => {
    const rising = Array.from({ length: 400 }, (_, index) => 3 * index);
    expect(findRunWarmUp([series(rising)])).toEqual({ detected: false, endS: 0 });
  });

  test("a handful of jobs is too short to tell; no waits at all need no warm-up", () => {
    expect(findRunWarmUp([series([5, 4, 3, 2, 1, 0, 0, 0])]).detected).toBe(false);
    expect(findRunWarmUp([series(new Array<number>(200).fill(0))])).toEqual({
      detected: true,
      endS: 0,
    });
  });
});

test("the series is in order of arrival, without jobs that can never run", () => {
  const run = runJobs([
    { submitS: 5, durationS: 10, gpuCount: 4 },
    { submitS: 0, durationS: 10, gpuCount: 4 },
    { submitS: 1, durationS: 10, gpuCount: 8 },
  ]);
  expect(arrivalSeries(run)).toEqual({
    waitS: Float64Array.of(0, 5),
    submitS: Float64Array.of(0, 5),
  });
});
