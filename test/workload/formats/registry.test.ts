import { expect, test } from "vitest";

import { readTrace } from "../../../src/workload/read-trace.js";
import { filesOf, problemsOf } from "../read-for-test.js";

test("a second file for a format of one file is refused", async () => {
  const one = "submit_s,duration_s,gpus\n0,1,1\n";
  await expect(readTrace(filesOf(one, one))).rejects.toThrow(/is one file, this is a second one/);
});

test("an unknown format name is refused with the nearest one", () => {
  expect(problemsOf("x\n", { format: "philycsv" })[0]).toMatchObject({ suggestion: "philly-csv" });
});
