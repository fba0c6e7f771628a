import { describe, expect, test } from "vitest";

import { createCurveRecorder, CURVE_POINTS, type ReplayRow } from "./discrete-curves.js";

function curvesOf(gpuCount: number, rows: readonly ReplayRow[]) {
  const recorder = createCurveRecorder(gpuCount, rows.length);
  for (const row of rows) recorder.record(row);
  return recorder.curves();
}

describe("curves over arrived demand", () => {
  // Four GPUs: 40 thousandths are one per cent of the cluster.
  const rows: readonly ReplayRow[] = [
    { arrivedMilli: 400, usedMilli: 400, fragmentMilli: 120 },
    { arrivedMilli: 410, usedMilli: 410, fragmentMilli: 359 },
    { arrivedMilli: 480, usedMilli: 410, fragmentMilli: 359 },
    { arrivedMilli: 4000, usedMilli: 4000, fragmentMilli: 0 },
  ];
  const curves = curvesOf(4, rows);

  test("has 131 points, null where no pod arrived near", () => {
    for (const curve of [curves.allocationPct, curves.fragAmountPct, curves.fragRatioPct]) {
      expect(curve).toHaveLength(CURVE_POINTS);
      expect(curve.flatMap((value, point) => (value === null ? [] : [point]))).toEqual([
        9, 10, 11, 12, 13, 99, 100, 101,
      ]);
    }
  });

  test("averages the rows of one per cent", () => {
    // 400 and 410 both round to 10 %: (10 + 10.25) / 2 = 10.125, to even.
    expect(curves.allocationPct[10]).toBe(10.12);
    // (120 + 359) / 2 thousandths of 4000.
    expect(curves.fragAmountPct[10]).toBe(5.99);
    // 120 / 3600 = 3.33 %, 359 / 3590 = 10 %.
    expect(curves.fragRatioPct[10]).toBe((3.33 + 10) / 2);
  });

  test("takes the rows of the neighbours where a per cent has none", () => {
    // 11 %: rows of 10 % and 12 %: (10 + 10.25 + 10.25) / 3.
    expect(curves.allocationPct[11]).toBe(10.17);
    expect(curves.allocationPct[12]).toBe(10.25);
    expect(curves.allocationPct[13]).toBe(10.25);
    expect(curves.allocationPct[9]).toBe(curves.allocationPct[10]);
  });

  test("a full cluster has no fragment", () => {
    expect(curves.allocationPct[100]).toBe(100);
    expect(curves.fragAmountPct[100]).toBe(0);
    expect(curves.fragRatioPct[100]).toBe(0);
  });

  test("rounds demand to even", () => {
    // 10.5 % and 11.5 % of one GPU: 10 and 12.
    const halves = curvesOf(1, [
      { arrivedMilli: 105, usedMilli: 100, fragmentMilli: 0 },
      { arrivedMilli: 115, usedMilli: 110, fragmentMilli: 0 },
    ]).allocationPct;
    expect([halves[10], halves[12]]).toEqual([10, 11]);
    expect(halves[11]).toBe(10.5);
  });
});
