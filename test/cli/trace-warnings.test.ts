// What is known about the jobs is said before they are run, and said once.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { headroom, temporaryFolder, type CommandResult } from "./headroom.js";

/** 200 jobs of 8 GPUs for 10 minutes, a minute apart: eighty GPUs' worth of work. */
const TRACE = `id,submit_s,duration_s,gpus\n${Array.from(
  { length: 200 },
  (_, index) => `j${index},${index * 60},600,8`,
).join("\n")}\n`;

function runWith(nodes: number, ...args: readonly string[]): CommandResult {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "jobs.csv"), TRACE);
  writeFileSync(
    join(folder, "s.yaml"),
    `schema: headroom/scenario/v1
name: warned
cluster: { nodes: [{ name: n, count: ${nodes}, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }] }
workload: { trace: jobs.csv }
policy: { queue: fifo-skip, placement: pack }
`,
  );
  const result = headroom(["run", "s.yaml", "--out", "out", ...args], { cwd: folder });
  const document = readFileSync(join(folder, "out", "result.json"), "utf8");
  const report = readFileSync(join(folder, "out", "report.md"), "utf8");
  return { ...result, ...{ document, report } };
}

test("too many jobs are told before the run, and not again by the run that finds it out", () => {
  const { stderr, stdout, document } = runWith(5) as CommandResult & { document: string };
  expect(stderr).toMatch(/^! jobs\.csv: jobs would pile up: the jobs ask for 2 times the GPU time/);
  expect(stderr.replace(/\s+/g, " ")).toContain("headroom trace scale jobs.csv --load 0.4");
  expect(stdout).not.toContain("pile up");
  expect(stdout).not.toContain("Overloaded: ");
  const { warnings } = JSON.parse(document) as { warnings: string[] };
  expect(warnings.filter((warning) => /pile up|Overloaded/.test(warning))).toEqual([
    expect.stringMatching(/^Overloaded: the jobs ask for 200 %/),
  ]);
});

test("a tiny demand is told before the run, and stands in the result and the report", () => {
  const { stderr, stdout, document, report } = runWith(200) as CommandResult & {
    document: string;
    report: string;
  };
  expect(stderr).toMatch(/^! jobs\.csv: the jobs never ask for more than 80 of 1,600 GPUs at once/);
  expect(stdout).not.toContain("never ask for more than");
  expect((JSON.parse(document) as { warnings: string[] }).warnings).toEqual([
    expect.stringContaining("never ask for more than 80 of 1,600 GPUs at once"),
  ]);
  expect(report).toContain("never ask for more than 80 of 1,600 GPUs");
});

test("a cluster that suits the jobs gives no warning", () => {
  expect(runWith(12).stderr).toBe("");
});
