import { expect, test } from "vitest";

import type { Assumption } from "../../scenario/resolved.js";
import { gatherAssumptions } from "./gather-assumptions.js";

const row = (id: string, value: string): Assumption => ({
  id,
  what: `What ${id} is`,
  value,
  provenance: "assumed",
  source: "test",
});

test("variants add what the base does not rest on, each number once with the names of its variants", () => {
  const base = [row("pods", "110"), row("ratio", "1")];
  const gathered = gatherAssumptions(base, [
    { name: "a", assumptions: [row("pods", "110"), row("ratio", "0.97")] },
    { name: "b", assumptions: [row("pods", "110"), row("ratio", "0.97"), row("boot", "5 min")] },
    { name: "c", assumptions: [row("pods", "250"), row("ratio", "0.94")] },
  ]);
  expect(gathered.map(({ id, what, value }) => [id, what, value])).toEqual([
    ["pods", "What pods is", "110"],
    ["ratio", "What ratio is", "1"],
    ["ratio#2", "What ratio is; in a · b", "0.97"],
    ["boot#2", "What boot is; in b", "5 min"],
    ["pods#2", "What pods is; in c", "250"],
    ["ratio#3", "What ratio is; in c", "0.94"],
  ]);
});

test("without variants of its own kind the ledger is that of the base", () => {
  const base = [row("pods", "110")];
  expect(gatherAssumptions(base, [{ name: "a", assumptions: base }])).toEqual(base);
});
