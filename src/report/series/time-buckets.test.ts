import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { bucketColumn, bucketRange, timeBuckets, timeWhile } from "./time-buckets.js";

/** A step function with rows at rising times, and the end of its last row. */
const stepFunction = fc
  .array(
    fc.record({ gapS: fc.integer({ min: 0, max: 5000 }), value: fc.integer({ min: 0, max: 99 }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((rows) => {
    let atS = 0;
    const timeS = rows.map(({ gapS }, index) => (atS += index === 0 ? 0 : gapS));
    return { timeS, values: rows.map(({ value }) => value), endS: atS + rows[0]!.gapS };
  });

function area(timeS: readonly number[], values: readonly number[], endS: number): number {
  return timeS.reduce((sum, atS, row) => sum + values[row]! * ((timeS[row + 1] ?? endS) - atS), 0);
}

describe("time buckets", () => {
  test("steps are lengths people can name and never more than asked for", () => {
    for (const spanS of [0, 0.5, 7, 100, 3600, 86_400, 29.4 * 86_400, 3 * 365 * 86_400, 1e9]) {
      const buckets = timeBuckets({ startS: 0, endS: spanS, bucketsMax: 360 });
      expect(buckets.count).toBeLessThanOrEqual(360);
      expect(buckets.count * buckets.stepS).toBeGreaterThanOrEqual(spanS);
    }
    expect(timeBuckets({ startS: 0, endS: 29.4 * 86_400, bucketsMax: 360 }).stepS).toBe(7200);
    expect(timeBuckets({ startS: 0, endS: 36, bucketsMax: 360 }).stepS).toBeCloseTo(0.1, 12);
  });

  test("an unordered or endless range is refused", () => {
    expect(() => timeBuckets({ startS: 1, endS: 0, bucketsMax: 10 })).toThrow(RangeError);
    expect(() => timeBuckets({ startS: 0, endS: Infinity, bucketsMax: 10 })).toThrow(RangeError);
  });

  test("the mean goes by time, and a peak of no length still counts as reached", () => {
    const buckets = { startS: 0, endS: 20, stepS: 10, count: 2 };
    const folded = bucketColumn([0, 5, 5, 12], [2, 99, 4, 8], buckets);
    expect([...folded.mean]).toEqual([3, (4 * 2 + 8 * 8) / 10]);
    expect([...folded.max]).toEqual([99, 8]);
    expect([...folded.min]).toEqual([2, 4]);
  });

  test("buckets before the first row have no value", () => {
    const folded = bucketColumn([15], [7], { startS: 0, endS: 20, stepS: 10, count: 2 });
    expect(folded.mean[0]).toBeNaN();
    expect(folded.mean[1]).toBe(7);
  });

  test("keeps the area, and the extremes of every step function", () => {
    fc.assert(
      fc.property(
        stepFunction,
        fc.integer({ min: 1, max: 40 }),
        ({ timeS, values, endS }, bucketsMax) => {
          const buckets = timeBuckets({ startS: 0, endS, bucketsMax });
          const { mean, min, max } = bucketColumn(timeS, values, buckets);
          let folded = 0;
          for (let bucket = 0; bucket < buckets.count; bucket++) {
            const [fromS, toS] = bucketRange(buckets, bucket);
            folded += mean[bucket]! * (toS - fromS);
            expect(min[bucket]!).toBeLessThanOrEqual(mean[bucket]!);
            expect(mean[bucket]!).toBeLessThanOrEqual(max[bucket]!);
          }
          expect(folded).toBeCloseTo(area(timeS, values, endS), 3);
          expect(Math.max(...max)).toBe(Math.max(...values));
          expect(Math.min(...min)).toBe(Math.min(...values));
        },
      ),
    );
  });

  test("time during which a condition holds", () => {
    const queued = [0, 2, 0, 1];
    expect(timeWhile([0, 10, 30, 40], 100, (row) => queued[row]! > 0)).toBe(80);
  });
});
