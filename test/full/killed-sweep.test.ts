// Ten random `kill -9` of one sweep, started again each time: the bytes of an undisturbed one. Needs a build.
import { expect, test } from "vitest";

import { killedSweep } from "../studies/killed-sweep.js";
import { writeResults } from "./write-results.js";

test("a sweep that is killed ten times ends with the bytes of an undisturbed one", async () => {
  const results: Awaited<ReturnType<typeof killedSweep>>[] = [];
  for (const seed of [1, 2, 3])
    results.push(await killedSweep({ kills: 10, replications: 120, seed }));
  writeResults("killed-sweep", results);
  for (const { different, killedAt, files } of results) {
    expect(different).toEqual([]);
    expect(killedAt).toHaveLength(10);
    expect(files).toBeGreaterThan(4);
  }
});
