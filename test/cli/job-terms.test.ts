// What a scenario says of its jobs beyond size and time, through `headroom run` as a person uses it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const SCENARIO = `schema: headroom/scenario/v1
name: terms
cluster:
  nodes:
    - { name: a100, count: 1, gpu: A100-SXM4-80GB, gpus: 4, cpu: 64, memory: 512GiB }
    - { name: h100, count: 1, gpu: H100, gpus: 4, cpu: 64, memory: 512GiB }
workload:
  jobs:
    - { id: prepare, submit: 0s, duration: 10m, gpus: 1, tenant: a }
    - { id: sweep, submit: 0s, duration: 1h, gpus: 1, array: 0-5%2, tenant: a, after: [prepare] }
    - { id: big, submit: 2h, duration: 2h, gpus: 1, workers: 8, workersMin: 2, tenant: b }
    - { id: old, submit: 0s, duration: 1h, gpus: 1, gpuModels: [A100], tenant: b, deadline: 30m }
  gpuSpeeds: [{ gpu: H100, speed: 2 }]
  elastic: { scaling: linear }
policy: { queue: fifo-skip, placement: pack, limits: [{ tenant: "*", gpus: 4 }, { tenant: b, gpus: 8 }] }
`;

function run(text: string): { exitCode: number | null; stderr: string; folder: string } {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "s.yaml"), text);
  const { exitCode, stderr } = headroom(["run", "s.yaml", "--out", "out"], { cwd: folder });
  return { exitCode, stderr, folder };
}

/** Rows of jobs.csv by id, as maps from column to text. */
function jobsOf(folder: string): Map<string, Record<string, string>> {
  const [header = "", ...lines] = readFileSync(join(folder, "out", "jobs.csv"), "utf8")
    .trim()
    .split(/\r?\n/);
  const names = header.split(",");
  // No value before the columns looked at holds a comma.
  return new Map(
    lines.map((line) => {
      const cells = line.split(",");
      return [
        cells[0]!,
        Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""])),
      ];
    }),
  );
}

test("speeds, arrays, limits, dependencies, deadlines and elastic gangs of inline jobs", () => {
  const { exitCode, stderr, folder } = run(SCENARIO);
  expect([exitCode, stderr]).toEqual([0, ""]);
  const jobs = jobsOf(folder);
  const times = (id: string): number[] => [
    Number(jobs.get(id)!["starting_time"]),
    Number(jobs.get(id)!["finish_time"]),
  ];
  // Ten minutes at twice the speed; then two tasks of half an hour at a time.
  expect(times("prepare")).toEqual([0, 300]);
  expect(times("sweep[1]")).toEqual([300, 2100]);
  expect(times("sweep[2]")).toEqual([2100, 3900]);
  expect(times("sweep[5]")).toEqual([3900, 5700]);
  expect(readFileSync(join(folder, "out", "jobs.csv"), "utf8")).toContain(
    '"limit of job array ""sweep"": 2 running jobs"',
  );
  expect(times("old")).toEqual([0, 3600]);
  // All eight GPUs of both models: as fast as the slower of them.
  expect(times("big")).toEqual([7200, 14_400]);
  const result = JSON.parse(readFileSync(join(folder, "out", "result.json"), "utf8")) as {
    jobs: { deadlinesMissed: number };
    assumptions: { id: string; value: string; provenance: string }[];
  };
  expect(result.jobs.deadlinesMissed).toBe(1);
  const valueOf = (id: string): string | undefined =>
    result.assumptions.find((assumption) => assumption.id === id)?.value;
  expect(valueOf("gpu-speeds")).toBe("H100 2; others 1");
  expect(valueOf("elastic-rescale-cost")).toBe("30 s");
});

test("everything wrong with them is reported at once, with its place", () => {
  const broken = [
    ["gpu: H100, speed: 2", "gpu: H10, speed: 2"],
    ["array: 0-5%2", "array: 5-0"],
    ["after: [prepare]", "after: [prepar]"],
    ["workersMin: 2", "workersMin: 9"],
    ["scaling: linear", "scaling: power"],
    ["{ tenant: b, gpus: 8 }", "{ tenant: b, user: c }"],
  ].reduce((text, [from, to]) => text.replace(from!, to!), SCENARIO);
  const { exitCode, stderr } = run(broken);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^s\.yaml:1\d:\d+: workload\.gpuSpeeds/m);
  for (const message of [
    'workload.gpuSpeeds[0].gpu: unknown GPU model "H10"',
    "workload.jobs[1].array must be task numbers such as 0-99",
    'there is no job "prepar". Did you mean "prepare"?',
    "workersMin must be at most the 8 workers it asks for, got 9",
    "the scaling power needs exponent",
    "must have one of tenant and user, got both",
    "policy.limits[1] limits nothing",
  ])
    expect(stderr).toContain(message);
});

test.each([
  ["placement: pack", "placement: pool", "gpuSpeeds: a pool has no places"],
  ["queue: fifo-skip", "queue: fair-share", "fair-share: limits of tenants and users do not go"],
])("%s → %s cannot be run, and the message says why", (from, to, message) => {
  const { exitCode, stderr } = run(SCENARIO.replace(from, to));
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
