// Scenarios, fleets, plans, sweeps, manifests and suites that are damaged; test/full/damaged-inputs.test.ts tries far more.
import { expect, test } from "vitest";

import { DAMAGED_FILES, readDamaged, readInput, unsound } from "./damaged-inputs.js";

test("every committed file is read, to numbers that can be reckoned with", () => {
  expect(new Set(DAMAGED_FILES.map(({ kind }) => kind)).size).toBe(5);
  for (const input of DAMAGED_FILES)
    expect(unsound(readInput(input, input.text)), input.file).toEqual([]);
});

test("whatever is damaged in them, they are read or refused in words", () => {
  const { read, refused } = readDamaged({ numRuns: 150 });
  // Neither is rare, or the damages would be too gentle or too rough to show anything.
  expect(read).toBeGreaterThan(25);
  expect(refused).toBeGreaterThan(15);
});
