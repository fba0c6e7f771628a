// The committed result of test/full/killed-sweep.test.ts; test/cli/sweep.test.ts kills a sweep twice in every run.
import { expect, test } from "vitest";

import { committedResults } from "./committed-results.js";
import type { KilledSweep } from "./killed-sweep.js";

test("three sweeps, each killed ten times at random moments, ended with the bytes of undisturbed ones", () => {
  const { results } = committedResults<readonly KilledSweep[]>("killed-sweep");
  expect(results.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  for (const { killedAt, different, files, runs } of results) {
    expect(killedAt).toHaveLength(10);
    // Kills came all along, not only before anything was there or after everything was.
    expect(killedAt.filter((there) => there > 0 && there < runs).length).toBeGreaterThan(6);
    expect(files).toBeGreaterThan(4);
    expect(different).toEqual([]);
  }
});
