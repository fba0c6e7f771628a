import { expect, test } from "vitest";

import { trainingChecks } from "./training-checks.js";

test("training checks are reported without a bar, and stay as close as documented", () => {
  const checks = trainingChecks();
  const errorOf = (part: string): number => {
    const found = checks.filter(({ id }) => id.includes(part));
    expect(found.length).toBeGreaterThan(0);
    return Math.max(...found.map(({ error }) => error!));
  };
  expect(checks.every(({ pass, bar }) => pass === null && bar === null)).toBe(true);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  // docs/models.md, "Training": what is said there must stay true.
  expect(errorOf("Llama-3-405B")).toBeLessThan(6);
  expect(errorOf("GPT-3-175B-384")).toBeLessThan(10);
  expect(errorOf("GPT-3-175B-1536")).toBeLessThan(10);
  expect(errorOf("Llama-2")).toBeLessThan(16);
  expect(errorOf("fitted-median")).toBeLessThan(15);
});
