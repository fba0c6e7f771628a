import fc from "fast-check";
import { expect, test } from "vitest";
import { createUtilizationRecorder } from "./utilization-recorder.js";

const samplesOf = fc.array(
  fc.record({ gapS: fc.integer({ min: 0, max: 50 }), value: fc.integer({ min: 0, max: 1000 }) }),
  { minLength: 1, maxLength: 300 },
);

test("more rows than there is room for at first are all kept", () => {
  const recorder = createUtilizationRecorder({ quantities: 2, rowsMax: 1000 });
  for (let row = 0; row < 900; row++) recorder.sample(row, Float64Array.of(row, 2 * row));
  recorder.finish(900);
  const { timeS, columns } = recorder.columns();
  expect(timeS).toHaveLength(900);
  expect([...columns[1]!]).toEqual(Array.from({ length: 900 }, (_, row) => 2 * row));
  expect(recorder.totals().integrals[0]).toBe((899 * 900) / 2);
});

test("rows keep the function exactly while there are few", () => {
  const recorder = createUtilizationRecorder({ quantities: 2, rowsMax: 10 });
  recorder.sample(5, Float64Array.of(1, 10));
  recorder.sample(7, Float64Array.of(3, 20));
  recorder.sample(7, Float64Array.of(2, 20));
  recorder.finish(11);
  const { timeS, columns } = recorder.columns();
  expect(Array.from(timeS)).toEqual([5, 7]);
  expect(columns.map((column) => Array.from(column))).toEqual([
    [1, 2],
    [10, 20],
  ]);
  expect(recorder.totals()).toEqual({
    spanS: 6,
    integrals: Float64Array.of(10, 100),
    maxima: Float64Array.of(3, 20),
  });
});

test("time must not fall, and there must be room for a few rows", () => {
  const recorder = createUtilizationRecorder({ quantities: 1, rowsMax: 4 });
  recorder.sample(5, Float64Array.of(1));
  expect(() => recorder.sample(4, Float64Array.of(1))).toThrow("time fell from 5 to 4");
  expect(() => createUtilizationRecorder({ quantities: 1, rowsMax: 3 })).toThrow(
    "rowsMax must be at least 4, got 3",
  );
});

test("however coarse the rows, totals are exact and the rows' areas add up to them", () => {
  fc.assert(
    fc.property(
      samplesOf,
      fc.integer({ min: 4, max: 20 }),
      fc.integer({ min: 0, max: 30 }),
      (samples, rowsMax, tailS) => {
        const recorder = createUtilizationRecorder({ quantities: 1, rowsMax });
        let timeS = 3;
        let area = 0;
        let value = 0;
        let largest = 0;
        for (const sample of samples) {
          area += value * sample.gapS;
          timeS += sample.gapS;
          value = sample.value;
          largest = Math.max(largest, value);
          recorder.sample(timeS, Float64Array.of(value));
        }
        const endS = timeS + tailS;
        area += value * tailS;
        recorder.finish(endS);
        const totals = recorder.totals();
        expect(totals.integrals[0]).toBe(area);
        expect(totals.maxima[0]).toBe(largest);
        expect(totals.spanS).toBe(endS - 3 - samples[0]!.gapS);
        const { timeS: rows, columns } = recorder.columns();
        expect(rows.length).toBeLessThanOrEqual(rowsMax);
        let rowsArea = 0;
        rows.forEach((rowS, row) => {
          const untilS = row + 1 < rows.length ? rows[row + 1]! : endS;
          if (row > 0) expect(rowS).toBeGreaterThan(rows[row - 1]!);
          rowsArea += columns[0]![row]! * (untilS - rowS);
        });
        expect(Math.abs(rowsArea - area)).toBeLessThanOrEqual(1e-9 * area);
      },
    ),
    { numRuns: 500 },
  );
});
