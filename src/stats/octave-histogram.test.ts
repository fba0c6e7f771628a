import fc from "fast-check";
import { expect, test } from "vitest";

import { createOctaveHistogram } from "./octave-histogram.js";
import { quantile } from "./quantile.js";

test("property: quantiles are those of the values within 0.2 %, whatever their size", () => {
  const value = fc.double({ min: 1e-7, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
      const histogram = createOctaveHistogram();
      for (const one of values) histogram.add(one, 1);
      expect(histogram.count).toBe(values.length);
      expect(histogram.max).toBe(Math.max(...values));
      for (const q of [0, 0.5, 0.95, 1]) {
        const exact = quantile(values, q)!;
        expect(Math.abs(histogram.quantile(q)! / exact - 1)).toBeLessThanOrEqual(0.002);
      }
    }),
  );
});

test("property: a run of evenly growing values is what its values one by one are", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-4, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.01, noNaN: true }),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 9 }),
      (first, growth, from, count, times) => {
        const together = createOctaveHistogram();
        together.addEvenly({ first, growth, from, count }, times);
        const single = createOctaveHistogram();
        for (let k = from; k < from + count; k++) single.add(first + growth * k, times);
        const read = (histogram: typeof single): (number | null)[] => [
          histogram.count,
          histogram.max,
          ...Array.from({ length: 21 }, (_, step) => histogram.quantile(step / 20)),
        ];
        expect(read(together)).toEqual(read(single));
      },
    ),
    { numRuns: 50 },
  );
});

test("nothing has no quantile", () => {
  expect(createOctaveHistogram().quantile(0.5)).toBeNull();
  expect(createOctaveHistogram().max).toBeNull();
});
