// 400 comparisons of a scenario with itself on independent random numbers, stopping as soon as something shows.
import { expect, test } from "vitest";

import { selfComparisons } from "../studies/self-comparisons.js";
import { writeResults } from "./write-results.js";

const STUDIES = 400;
/** 5 % and three standard errors of 400 studies. */
const CLAIMED_MAX = 0.083;

test("at most 5 % of self-comparisons claim a difference", async () => {
  const result = await selfComparisons(STUDIES, 40);
  writeResults("self-comparisons", result);
  expect(result.claimedShare).toBeLessThanOrEqual(CLAIMED_MAX);
});
