// Between measured points: exact where the table is, straight where nothing is known, bent where like tables bend.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { interpolateTable } from "./interpolate-table.js";
import { leaveOneOut } from "./leave-one-out.js";
import { MEASURED_TABLES, type MeasuredTable } from "./measured-table.js";

const table = (system: string, bytes: number[], seconds: number[]): MeasuredTable => ({
  system,
  op: "all-reduce",
  gpuCount: 8,
  bytes,
  seconds,
});

describe("interpolateTable", () => {
  test("gives every measured point back, exactly", () => {
    for (const each of MEASURED_TABLES) {
      each.bytes.forEach((bytes, at) => {
        expect(interpolateTable(each, bytes, MEASURED_TABLES)).toBe(each.seconds[at]);
      });
    }
  });

  test("stays between its neighbours where no other table has more", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MEASURED_TABLES),
        fc.integer({ min: 512, max: 512 * 2 ** 20 }),
        (each, bytes) => {
          const right = each.bytes.findIndex((size) => size >= bytes);
          const ends = [each.seconds[Math.max(0, right - 1)]!, each.seconds[right]!];
          const seconds = interpolateTable(each, bytes, MEASURED_TABLES);
          expect(seconds).toBeGreaterThanOrEqual(Math.min(...ends));
          expect(seconds).toBeLessThanOrEqual(Math.max(...ends));
        },
      ),
    );
  });

  test("is a straight line in bytes alone, and takes the bend of a table that steps alike", () => {
    const coarse = table("a", [1, 2, 8, 16], [10, 20, 80, 160]);
    expect(interpolateTable(coarse, 4)).toBe(40);
    const bent = table("b", [1, 2, 4, 8, 16], [1, 2, 5, 8, 16]);
    expect(interpolateTable(coarse, 4, [bent])).toBeCloseTo(50, 9);
    // A table that steps unlike has next to nothing to say.
    const unlike = table("c", [1, 2, 4, 8, 16], [1, 9, 9, 9, 9]);
    expect(interpolateTable(coarse, 4, [bent, unlike])).toBeCloseTo(50, 4);
    // Nothing inside the gap, nothing to lend; and no table lends to itself.
    expect(interpolateTable(coarse, 4, [table("d", [1, 2, 8, 16], [1, 1, 9, 9])])).toBe(40);
    expect(interpolateTable(coarse, 4, [{ ...bent, system: "a" }])).toBe(40);
  });

  test.each([0.5, 17, Number.NaN])("refuses %d outside the table", (bytes) => {
    expect(() => interpolateTable(table("a", [1, 16], [1, 2]), bytes)).toThrow(
      "outside the table of a, 1 to 16",
    );
  });
});

test("leave-one-out shows the prediction a table without the point, and all others whole", () => {
  const tables = [table("a", [1, 2, 4], [1, 2, 4]), table("b", [1, 2, 4], [1, 3, 4])];
  const points = leaveOneOut(tables, (shown, bytes, others) => {
    expect(shown.bytes).not.toContain(bytes);
    expect(others).toHaveLength(1);
    expect(others[0]!.bytes).toContain(bytes);
    return 2.5;
  });
  expect(
    points.map(({ table: { system }, bytes, relativeError }) => [system, bytes, relativeError]),
  ).toEqual([
    ["a", 2, 0.25],
    ["b", 2, 2.5 / 3 - 1],
  ]);
});
