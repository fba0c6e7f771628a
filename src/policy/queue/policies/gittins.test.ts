import { expect, test } from "vitest";
import { gittinsIndex } from "./gittins.js";

test.each([
  // One size: certain to finish after what is left.
  [[10], 0, 1 / 10],
  [[10], 4, 1 / 6],
  // Two sizes: the best stake is on the short one, 1/2 finish for (1 + 1) / 2 service each.
  [[1, 9], 0, 1 / 2],
  [[1, 9], 1, 1 / 8],
  // Nearly equal sizes: going to the end is better than stopping at the first.
  [[9, 10], 0, 2 / 19],
  [[5, 5, 20], 0, 2 / 15],
  [[3], 3, 0],
  [[], 0, 0],
])("sizes %j, attained %d: %d", (sizes, attained, want) => {
  expect(gittinsIndex(Float64Array.from(sizes), attained)).toBeCloseTo(want, 12);
});
