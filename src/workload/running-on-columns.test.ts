import { describe, expect, test } from "vitest";

import { readTraceText } from "./read-trace.js";
import { scaleLoad } from "./scale-load.js";
import { parseRunningOn, runningOnOf, runningOnText } from "./running-on-columns.js";
import { writeHeadroomCsv } from "./write-headroom-csv.js";

const TRACE = `id,submit_s,duration_s,workers,gpus,ran_s,running_on
a,0,100,3,8,50,n1*2|n2
b,0,40,1,4,,n3
c,10,60,2,8,,
`;

describe("jobs that run when the trace begins", () => {
  test("are read with a node per worker, and written so that reading gives them again", () => {
    const { jobs } = readTraceText("t.csv", TRACE);
    expect([0, 1, 2].map((row) => runningOnOf(jobs, row))).toEqual([
      ["n1", "n1", "n2"],
      ["n3"],
      [],
    ]);
    expect([...jobs.ranS!]).toEqual([50, Number.NaN, Number.NaN]);
    const again = readTraceText("t.csv", [...writeHeadroomCsv(jobs)].join("")).jobs;
    expect(again).toEqual(jobs);
  });

  test("stay as they are when the load is scaled", () => {
    const { jobs } = readTraceText("t.csv", TRACE);
    const draws = { uniform: () => 0.9 };
    expect(scaleLoad(jobs, 0.5, draws).ids).toEqual(["a", "b"]);
    const more = scaleLoad(jobs, 3, { uniform: () => 0 });
    expect(more.ids.filter((id) => /^[ab]/.test(id))).toEqual(["a", "b"]);
    expect(runningOnOf(more, more.ids.indexOf("a"))).toEqual(["n1", "n1", "n2"]);
  });

  test.each([
    ["fewer nodes than workers", "a,0,1,3,8,,n1|n2", "not-a-node-list"],
    ["more nodes than workers", "a,0,1,1,8,,n1|n2", "not-a-node-list"],
    ["a count of 0", "a,0,1,1,8,,n1*0", "not-a-node-list"],
    ["an empty name", "a,0,1,2,8,,n1|", "not-a-node-list"],
    ["a job that is submitted later", "a,5,1,1,8,,n1", "running-later"],
  ])("%s is refused", (_what, row, rule) => {
    const text = `id,submit_s,duration_s,workers,gpus,ran_s,running_on\n${row}\n`;
    expect(() => readTraceText("t.csv", text)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ rule, line: 2 })] }),
    );
  });

  test("a list in text is read back", () => {
    expect(parseRunningOn(runningOnText(["a", "b", "a"]), 3)).toEqual(["a", "a", "b"]);
    expect(parseRunningOn("gpu001*99999999", 64)).toBeUndefined();
  });
});
