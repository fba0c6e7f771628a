// A short, seeded version of test/full/compare-coverage.test.ts.
import { expect, test } from "vitest";

import { measureCompareCoverage } from "./compare-coverage.js";

test("twelve studies: nearly all intervals hold the closed form, and common numbers make them narrower", () => {
  const [mean, common, independent] = measureCompareCoverage(12, 1000);
  for (const one of [mean!, common!, independent!]) expect(one.covered).toBeGreaterThanOrEqual(9);
  expect(common!.meanHalfWidth).toBeLessThan(independent!.meanHalfWidth / 1.3);
});
