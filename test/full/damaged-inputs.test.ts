// Thousands of damaged scenarios, fleets, plans, sweeps, manifests and suites; npm test tries some (test/studies).
import { expect, test } from "vitest";

import { readDamaged } from "../studies/damaged-inputs.js";

test.each([1, 2, 3, 4, 5])("read or refused in words, seed %i", (seed) => {
  const { read, refused } = readDamaged({ numRuns: 1500, seed });
  expect(read + refused).toBe(1500);
});
