import { expect, test } from "vitest";

import { validateFleet } from "./validate-fleet.js";

test("every rule of fleets gives what its project expects, each case by its own name", async () => {
  const checks = await validateFleet();
  expect(checks.filter(({ pass }) => pass !== true)).toEqual([]);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  const cases = (prefix: string): number =>
    checks.filter(({ id }) => id.startsWith(`fleet/${prefix}/`)).length;
  expect(["hpa", "scaled-job", "endpoint-picker"].map(cases)).toEqual([9, 6, 4]);
});
