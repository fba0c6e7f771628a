import { expect, test } from "vitest";
import { topologyChecks } from "./topology-checks.js";

test("Kueue's examples come out as documented", () => {
  const checks = topologyChecks();
  expect(checks.map(({ id, actual, expected }) => [id, actual, expected])).toEqual(
    checks.map(({ id, expected }) => [id, expected, expected]),
  );
  expect(checks.every(({ pass }) => pass === true)).toBe(true);
  expect(checks.length).toBeGreaterThanOrEqual(6);
});
