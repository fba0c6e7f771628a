import { describe, expect, test } from "vitest";

import { createGrowingColumn, createOptionalColumn } from "./growing-column.js";

const ints = (of: number | ArrayBuffer): Int32Array => new Int32Array(of as number);

describe("a growing column", () => {
  // Around the ends of its first block and of those after it.
  test.each([0, 1, 511, 512, 513, 16_895, 16_896, 16_897, 40_000])("keeps %d values", (count) => {
    const column = createGrowingColumn(ints);
    for (let row = 0; row < count; row++) column.push(row * 3);
    expect(column.count).toBe(count);
    for (const row of [0, 511, 512, 16_896].filter((one) => one < count)) {
      expect(column.get(row)).toBe(row * 3);
      column.set(row, -row - 1);
    }
    const backwards = Int32Array.from({ length: count }, (_, row) => count - 1 - row);
    const values = column.finish(count % 2 === 0 ? undefined : backwards);
    expect(values).toHaveLength(count);
    const isSet = (row: number): boolean => [0, 511, 512, 16_896].includes(row);
    values.forEach((value, at) => {
      const row = count % 2 === 0 ? at : count - 1 - at;
      if (value !== (isSet(row) ? -row - 1 : row * 3)) throw new Error(`row ${row}: ${value}`);
    });
  });

  test("an optional one fills what was left out", () => {
    const column = createOptionalColumn(ints, -1);
    column.set(600, 7);
    const values = column.finish(602, undefined)!;
    expect([values[0], values[599], values[600], values[601]]).toEqual([-1, -1, 7, -1]);
  });
});
