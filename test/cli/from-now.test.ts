// A run that starts from now: what runs keeps its nodes, and records that cannot be so are named.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder, type CommandResult } from "./headroom.js";

const SQUEUE = `4101|ana|vision|main|RUNNING|2026-01-05T08:00:00|2026-01-05T08:02:10|12:00:00|3:00:00|2|gpu:8|gpu[001-002]
4102|bo|nlp|main|RUNNING|2026-01-05T08:05:00|2026-01-05T08:06:00|2:00:00|1:00:00|1|gpu:1|gpu003
4103|bo|nlp|main|PENDING|2026-01-05T09:00:00|N/A|4:00:00|0:00|1|gpu:8|
4104|ana|vision|main|PENDING|2026-01-05T08:30:00|N/A|1:00:00|0:00|1|gpu:2|
`;
const SCENARIO = `schema: headroom/scenario/v1
name: from-now
cluster:
  nodes:
    - { name: gpu, count: 3, names: ["gpu[001-003]"], gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }
workload: { trace: now.csv }
policy: { queue: fifo-skip, placement: pack }
`;

function runOn(scenario: string, ...args: readonly string[]): CommandResult & { folder: string } {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "squeue.txt"), SQUEUE);
  writeFileSync(join(folder, "plan.yaml"), scenario);
  const imported = headroom(["import", "squeue.txt", "--as", "squeue", "--out", "now.csv"], {
    cwd: folder,
  });
  expect(imported.exitCode).toBe(0);
  return { folder, ...headroom(["run", "plan.yaml", "--out", "out", ...args], { cwd: folder }) };
}

describe("a run that starts from now", () => {
  test("what runs keeps its nodes, and the backlog gets what is left", () => {
    const { exitCode, folder } = runOn(SCENARIO);
    expect(exitCode).toBe(0);
    const rows = readFileSync(join(folder, "out", "jobs.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.split(","));
    expect(rows.map((row) => [row[0], row[8], row[10]])).toEqual([
      ["4101", "0", "32400"],
      ["4102", "0", "3600"],
      // gpu003 is free when 4102 and 4104 have ended.
      ["4104", "0", "3600"],
      ["4103", "3600", "18000"],
    ]);
    expect(readFileSync(join(folder, "out", "jobs.csv"), "utf8")).toContain('"gpu003:1,2"');
    const { jobs } = JSON.parse(readFileSync(join(folder, "out", "result.json"), "utf8")) as {
      jobs: { waitS: { mean: number } };
    };
    expect(jobs.waitS.mean).toBe(1800);
  });

  test("a node that the cluster does not have is named with the nearest, and with what to do", () => {
    const { exitCode, stderr } = runOn(SCENARIO.replace("gpu[001-003]", "gpu[001-002]"));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^now\.csv: job 4102 runs on node "gpu003", which the cluster does not have\. Did you mean "gpu00\d"\? \[unknown-node\]/,
    );
    expect(stderr).toContain("workload.runningJobs: stay-where-known");
  });

  test("jobs on unknown nodes may be left out, or all of them placed anew", () => {
    const cluster = SCENARIO.replace("count: 3", "count: 2").replace("001-003", "001-002");
    const known = runOn(cluster, "--set", "workload.runningJobs=stay-where-known");
    expect(known.exitCode).toBe(0);
    expect(known.stdout).toContain(
      "1 running job is left out: the cluster does not have the nodes of 4102",
    );
    const placed = runOn(cluster, "--set", "workload.runningJobs=placed");
    expect(placed.exitCode).toBe(0);
    expect(placed.stderr).not.toContain("left out");
  });

  test("a node that holds less than what runs on it is named with its jobs", () => {
    const { exitCode, stderr } = runOn(SCENARIO.replace("gpus: 8", "gpus: 4"));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "now.csv: node gpu001 has 4 GPUs; the jobs that run there hold 8: 4101 with 8 GPUs. [over-full-node]",
    );
  });
});
