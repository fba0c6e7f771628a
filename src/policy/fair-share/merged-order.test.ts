import fc from "fast-check";
import { expect, it } from "vitest";
import { createMergedOrder, sourceOf } from "./merged-order.js";

it("gives any place of the merged items, in whatever order places are asked for", () => {
  const items = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }));
  fc.assert(
    fc.property(items, fc.nat(5), fc.array(fc.nat(20)), (numbers, count, places) => {
      const lists = Array.from({ length: count + 1 }, (_, list) =>
        Int32Array.from(numbers.filter((_number, index) => index % (count + 1) === list)).sort(),
      );
      const sources = lists.flatMap((list) => sourceOf(list.values()) ?? []);
      const order = createMergedOrder(sources, (left, right) => left - right);
      const sorted = Int32Array.from(numbers).sort();
      for (const place of places) expect(order.at(place)).toBe(sorted[place]);
    }),
  );
});
