import { expect, test } from "vitest";

import { replicationSeed } from "./replication-seed.js";

test("a replication has one seed, whoever asks and however many there are", () => {
  const seeds = Array.from({ length: 1000 }, (_, index) => replicationSeed(7, index + 1));
  expect(replicationSeed(7, 500)).toBe(seeds[499]);
  expect(new Set(seeds).size).toBe(1000);
  expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  expect(replicationSeed(8, 1)).not.toBe(seeds[0]);
});
