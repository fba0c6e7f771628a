import { expect, test } from "vitest";

import type { InputError } from "../../../src/diagnostics/problem.js";
import { readTrace } from "../../../src/workload/read-trace.js";
import { filesOf, problemsOf } from "../read-for-test.js";

test("a second file for a format of one file is refused", async () => {
  const one = "submit_s,duration_s,gpus\n0,1,1\n";
  await expect(readTrace(filesOf(one, one))).rejects.toThrow(/is one file, this is a second one/);
});

test("an unknown format name is refused with the nearest one", () => {
  expect(problemsOf("x\n", { format: "philycsv" })[0]).toMatchObject({ suggestion: "philly-csv" });
});

test.each([
  [";", "semicolons"],
  ["\t", "tabs"],
])("a list whose fields are separated by %j is told from no list", async (separator, name) => {
  const text = ["id", "submit_s", "duration_s", "gpus"].join(separator);
  const reading = readTrace(filesOf(`${text}\n${["a", 0, 10, 1].join(separator)}\n`));
  const error: unknown = await reading.catch((problem: unknown) => problem);
  expect((error as InputError).problems[0]!.help).toBe(
    `with commas in place of its ${name} it would be Headroom CSV; save it again as CSV with commas, and a point in numbers`,
  );
});
