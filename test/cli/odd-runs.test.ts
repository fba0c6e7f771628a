// Runs with nothing in them, or nearly nothing: a report and a true exit code, never a stack trace.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const SCENARIO = `schema: headroom/scenario/v1
name: odd
cluster: { nodes: [{ name: h100, count: 1, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }] }
workload:
  jobs:
    - { id: a, submit: 1h, duration: 1h, gpus: 8 }
    - { id: b, submit: 1h, duration: 1h, gpus: 8 }
policy: { queue: fifo-skip, placement: pack }
goals: [{ metric: jobs.waitS.max, atMost: 2h }]
`;

const CASES: readonly (readonly [string, readonly string[], number])[] = [
  ["one event", ["run.eventsMax=1"], 1],
  ["an end before the first job", ["run.until=1s"], 1],
  ["a load so low that no job is left", ["workload.load=1e-9"], 1],
  ["no GPUs", ["cluster.nodes[0].gpus=0"], 1],
  [
    "jobs of no duration at one instant",
    ["workload.jobs[0].duration=0", "workload.jobs[1]=null"],
    0,
  ],
  ["a variant in which nothing happens", ["variants=[{name: cut, set: {run.eventsMax: 1}}]"], 0],
  ["no goals", ["goals=null"], 0],
  [
    "variants with other goals and none",
    [
      "variants=[{name: a, set: {goals: []}}, {name: b, set: {goals: [{id: own, metric: jobs.makespanS, atMost: 1h}]}}]",
    ],
    0,
  ],
  [
    "many variants",
    [
      `variants=[${Array.from({ length: 12 }, (_, index) => `{name: number ${index}, set: {workload.load: ${index + 1}}}`).join(",")}]`,
    ],
    0,
  ],
];

test("a workload without jobs is called that", () => {
  const folder = temporaryFolder();
  const path = join(folder, "odd.yaml");
  writeFileSync(path, SCENARIO);
  const { stdout } = headroom(["run", path, "--json", "--set", "workload.load=1e-9"]);
  expect(JSON.parse(stdout).warnings).toContain(
    "The workload has no jobs at load 1e-9; every figure is that of an idle cluster.",
  );
});

test.each(CASES)("%s", (_name, sets, exitCode) => {
  const folder = temporaryFolder();
  const path = join(folder, "odd.yaml");
  writeFileSync(path, SCENARIO);
  const args = sets.flatMap((set) => ["--set", set]);
  const out = join(folder, "out");
  const run = headroom(["run", path, "--out", out, ...args]);
  expect(run.stderr).toBe("");
  expect(run.exitCode).toBe(exitCode);
  for (const file of ["report.html", "report.md", "result.json", "jobs.csv", "utilization.csv"]) {
    const text = readFileSync(join(out, file), "utf8").replace(/<script>.*<\/script>/s, "");
    expect(/\b(NaN|Infinity|undefined)\b/.exec(text)?.[0]).toBe(undefined);
  }
});
