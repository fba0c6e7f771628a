// 400 comparisons of a scenario with itself on independent random numbers, stopping as soon as all is decided.
import { expect, test } from "vitest";

import { selfComparisons, SELF_COMPARED } from "../studies/self-comparisons.js";
import { writeResults } from "./write-results.js";

test("at most 5 % of self-comparisons claim a difference", async () => {
  const results = [
    await selfComparisons(SELF_COMPARED.studies, SELF_COMPARED.replicationsMax, 1),
    await selfComparisons(SELF_COMPARED.studies, SELF_COMPARED.replicationsMax, 3),
  ];
  writeResults("self-comparisons", results);
  for (const { claimedShare } of results)
    expect(claimedShare).toBeLessThanOrEqual(SELF_COMPARED.claimedMax);
});
