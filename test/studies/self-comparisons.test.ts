// A short, seeded version of test/full/self-comparisons.test.ts, and a look at its committed results.
import { expect, test } from "vitest";

import { committedResults } from "./committed-results.js";
import { SELF_COMPARED, selfComparisons, type SelfComparisons } from "./self-comparisons.js";

test("a scenario compared with itself on independent streams hardly ever differs", async () => {
  const { claims, metrics } = await selfComparisons(4, 10);
  expect(metrics).toHaveLength(3);
  // All of 4 at 5 % would happen once in 160,000 times; these seeds are fixed.
  expect(claims).toBeLessThanOrEqual(1);
});

test("the committed long run is of 400 such studies, with one metric and with three, and claims at most 5 %", () => {
  const { results } = committedResults<readonly SelfComparisons[]>("self-comparisons");
  expect(results.map(({ metrics }) => metrics.length)).toEqual([1, 3]);
  for (const { studies, claims, claimedShare, replicationsMax } of results) {
    expect([studies, replicationsMax]).toEqual([
      SELF_COMPARED.studies,
      SELF_COMPARED.replicationsMax,
    ]);
    expect(claimedShare).toBe(claims / studies);
    expect(claimedShare).toBeLessThanOrEqual(SELF_COMPARED.claimedMax);
  }
  // Some studies with one metric stop early: that claims do so does not make more of them.
  expect(Object.keys(results[0]!.stoppedAt).length).toBeGreaterThan(1);
});
