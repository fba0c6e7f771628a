// Which number moves the decision, and where it changes: the quickstart, as a person asks it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

test("the quickstart: seven nodes are too few, in the document, the report and the sentence", () => {
  const out = join(temporaryFolder(), "out");
  const args = [
    "sensitivity",
    "scenarios/quickstart.yaml",
    "--vary",
    "cluster.nodes[h100].count=7..9",
    "--only",
    ...["--threads", "1"],
  ];
  const { stdout: json, exitCode, stderr } = headroom([...args, "--out", out, "--json"]);
  expect([stderr, exitCode]).toEqual(["", 0]);
  expect(readFileSync(join(out, "sensitivity.json"), "utf8")).toBe(json);
  const document = JSON.parse(json);
  expect(document.decision).toContain("cluster.nodes[h100].count is 7 or less");
  expect(document).toMatchObject({
    schema: "headroom/sensitivity/v1",
    goalsMet: true,
    metric: "jobs.waitS.p95",
  });
  const [factor] = document.factors;
  expect(factor).toMatchObject({ value: 8, flip: { value: 7, side: "below", goalsMet: false } });
  expect(factor.low.difference).toBeGreaterThan(0);
  expect(factor.high.difference).toBeLessThan(0);
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain('id="chart-tornado"');
});

test.each([
  [["--vary", "workload.load=2..1"], "less than the second"],
  [["--vary", "workload.laod=1..2"], 'Did you mean "load"?'],
  [["--only"], "nothing to vary"],
  [["--metric", "jobs.wait"], "no metric"],
  [["--vary", "cluster.nodes[h100].count=0..8", "--only"], "the cluster has no nodes"],
])("%s is refused", (args, message) => {
  const { stderr, exitCode } = headroom([
    "sensitivity",
    "scenarios/quickstart.yaml",
    ...args,
    ...["--json", "--threads", "1"],
  ]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
