import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { countAtMost, waitCurve } from "./wait-shares.js";
import { SIZE_CLASS_LABELS, waitsBySize } from "./waits-by-size.js";

const waits = fc
  .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })
  .map((values) => Float64Array.from(values).sort());

describe("curve of waits", () => {
  test("counts jobs that never started as not started", () => {
    const curve = waitCurve(Float64Array.of(0, 0, 30), { jobs: 6, longestS: 60, linearS: 60 });
    expect(curve.waitS[0]).toBe(0);
    expect(curve.share[0]).toBeCloseTo(2 / 6, 12);
    expect(curve.share.at(-1)).toBeCloseTo(0.5, 12);
  });

  test("rises from the share that started at once to all that started, at every point exact", () => {
    fc.assert(
      fc.property(waits, (sorted) => {
        const longestS = Math.max(60, sorted.at(-1)!);
        const { waitS, share } = waitCurve(sorted, { jobs: sorted.length, longestS, linearS: 60 });
        expect(waitS.length).toBeLessThan(400);
        expect(share.at(-1)).toBe(1);
        waitS.forEach((atS, point) => {
          expect(share[point]).toBe(sorted.filter((wait) => wait <= atS).length / sorted.length);
          if (point > 0) expect(atS).toBeGreaterThanOrEqual(waitS[point - 1]!);
        });
      }),
    );
  });

  test("counts by bisection as by looking at each", () => {
    fc.assert(
      fc.property(waits, fc.double({ min: -1, max: 1e6, noNaN: true }), (sorted, limit) => {
        expect(countAtMost(sorted, limit)).toBe(sorted.filter((wait) => wait <= limit).length);
      }),
    );
  });
});

describe("waits by size", () => {
  test("classes cover every GPU count once, in words", () => {
    expect(SIZE_CLASS_LABELS.slice(0, 6)).toEqual([
      "CPU only",
      "part of a GPU",
      "1 GPU",
      "2 GPUs",
      "3–4 GPUs",
      "5–8 GPUs",
    ]);
    expect(SIZE_CLASS_LABELS.at(-1)).toBe("over 1024 GPUs");
  });

  test("groups jobs and takes the quantiles of each group", () => {
    const classes = waitsBySize(
      Float64Array.of(10, 30, 20, 5, 7, 100),
      Float64Array.of(1, 1, 1, 0, 0.5, 4000),
    );
    expect(classes).toEqual([
      { label: "CPU only", jobs: 1, waitP50S: 5, waitP95S: 5, waitMaxS: 5 },
      { label: "part of a GPU", jobs: 1, waitP50S: 7, waitP95S: 7, waitMaxS: 7 },
      { label: "1 GPU", jobs: 3, waitP50S: 20, waitP95S: 29, waitMaxS: 30 },
      { label: "over 1024 GPUs", jobs: 1, waitP50S: 100, waitP95S: 100, waitMaxS: 100 },
    ]);
  });

  test("refuses a GPU count that is no number", () => {
    expect(() => waitsBySize(Float64Array.of(1), Float64Array.of(Number.NaN))).toThrow(RangeError);
  });
});
