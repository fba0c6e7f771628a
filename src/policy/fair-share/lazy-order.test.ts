import fc from "fast-check";
import { expect, it } from "vitest";
import { createLazyOrder } from "./lazy-order.js";

it("gives any place of the sorted items, in whatever order places are asked for", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), fc.array(fc.nat(20)), (items, places) => {
      const order = createLazyOrder(items, (left, right) => left - right);
      const sorted = Int32Array.from(items).sort();
      for (const place of places) expect(order.at(place)).toBe(sorted[place]);
    }),
  );
});
