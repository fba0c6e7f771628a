import fc from "fast-check";
import { expect, test } from "vitest";
import { createGrowableFloat64, createGrowableInt32 } from "./growable.js";

test("behaves like a plain array under random operations", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(
        fc.tuple(fc.constantFrom("push", "push", "push", "set", "clear"), fc.double(), fc.nat()),
      ),
      (capacity, operations) => {
        const column = createGrowableFloat64(capacity);
        let model: number[] = [];
        for (const [operation, value, index] of operations) {
          if (operation === "push") expect(column.push(value)).toBe(model.push(value) - 1);
          if (operation === "set" && model.length > 0) {
            column.set(index % model.length, value);
            model[index % model.length] = value;
          }
          if (operation === "clear") {
            column.clear();
            model = [];
          }
          expect(column.length).toBe(model.length);
        }
        expect(Array.from(column.view())).toEqual(model);
        expect(Array.from(column.toArray())).toEqual(model);
        model.forEach((value, index) => {
          expect(column.get(index)).toBe(value);
        });
      },
    ),
  );
});

test("integers wrap as in a typed array; a copy does not follow later writes", () => {
  const column = createGrowableInt32();
  column.push(2 ** 32 + 5);
  const copy = column.toArray();
  column.set(0, 6);
  expect(copy[0]).toBe(5);
  expect(column.get(0)).toBe(6);
});

test.each([-1, 1, 0.5, NaN])("refuses index %s outside the column", (index) => {
  const column = createGrowableInt32();
  column.push(1);
  expect(() => column.get(index)).toThrow(
    RangeError(`growable: index must be in 0..0, got ${index}`),
  );
  expect(() => {
    column.set(index, 1);
  }).toThrow(RangeError);
});

test.each([0, -1, 1.5, NaN])("refuses capacity %s", (capacity) => {
  expect(() => createGrowableFloat64(capacity)).toThrow(
    RangeError(`growable: capacity must be a positive integer, got ${capacity}`),
  );
});
