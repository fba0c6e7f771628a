import { expect, test } from "vitest";

import { gridOf } from "./series-grid.js";

test("a grid shows the worst value of each interval, however short it lasts", () => {
  const steps = [
    { atS: 0, value: 8 },
    { atS: 100, value: 6 },
    { atS: 100.5, value: 8 },
    { atS: 170, value: 7 },
  ];
  const low = gridOf(steps, { startS: 1_000, endS: 1_180, worst: "low" });
  expect(low.timeS[0]).toBe(1_000);
  expect(low.timeS[1]).toBe(1_001);
  expect([99, 100, 101, 169, 170, 179].map((point) => low.values[point])).toEqual([
    8, 6, 8, 8, 7, 7,
  ]);
  const high = gridOf(steps, { startS: 0, endS: 180, worst: "high" });
  expect([100, 170].map((point) => high.values[point])).toEqual([8, 7]);
});
