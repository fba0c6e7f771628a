import { expect, test } from "vitest";

import { selfComparisons } from "./self-comparisons.js";

// The whole experiment: test/full/self-comparisons.test.ts.
test("a scenario compared with itself on independent streams hardly ever differs", async () => {
  const { claims, metrics } = await selfComparisons(8, 10);
  expect(metrics).toHaveLength(3);
  // More than 2 of 8 at 5 % would happen once in 170 times.
  expect(claims).toBeLessThanOrEqual(2);
});
