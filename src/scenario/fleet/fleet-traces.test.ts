import { expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { readTraceText } from "../../workload/read-trace.js";
import { createRandomStreams } from "../../engine/streams.js";
import { simulateClusters } from "../../simulation/fleet/clusters/simulate-clusters.js";
import { parseFleet } from "./parse-fleet.js";
import { resolveFleet } from "./resolve-fleet.js";

const FLEET = `schema: headroom/fleet/v1
name: traced
run: { duration: 1d, step: 1h }
fleet:
  regions: [{ name: europe }]
  clusters: [{ name: east, region: europe, nodes: [{ gpu: H100, count: 2, pricePerHour: 80 }] }]
workload:
  jobs:
    - { name: team, trace: jobs.csv, first: 10s, restart: 5m }
`;

const TRACE = `id,submit_s,duration_s,workers,gpus,gpu_milli,gpu_models,tenant,priority
a,100,50,1,8,1000,,vision,0
b,110,70,2,4,1000,H100,language,0
c,120,30,1,8,1000,,vision,3
d,130,10,1,0,0,,vision,0
e,140,20,1,1,500,,vision,0
`;

function resolved(text = FLEET) {
  const { jobs } = readTraceText("jobs.csv", TRACE, { cpuJobs: "keep" });
  const traces = new Map([["team", { jobs, format: "headroom-csv", written: "jobs.csv" }]]);
  return resolveFleet(parseFleet({ file: "fleet.yaml", text }), traces);
}

test("each job of a trace keeps its time, length, gang, GPUs and priority; those of one shape are a group", () => {
  const { spec, assumptions } = resolved();
  const groups = spec.clusters!.jobs;
  expect(groups.map(({ name }) => name)).toEqual([
    "team (1 × 8 GPUs, priority 0)",
    "team (2 × 4 GPUs, H100 SXM5-80GB or H100 PCIe-80GB or H100 NVL-94GB, priority 0)",
    "team (1 × 8 GPUs, priority 3)",
    "team (1 × 1 GPU, priority 0)",
  ]);
  expect(groups[0]).toMatchObject({ kind: "team", restartS: 300, count: 1, durationS: 50 });
  expect(groups.map(({ submissions }) => submissions![0])).toEqual([
    { number: 1, submitS: 110, workS: 50 },
    { number: 2, submitS: 120, workS: 70 },
    { number: 3, submitS: 130, workS: 30 },
    { number: 5, submitS: 150, workS: 20 },
  ]);
  const entry = assumptions.find(({ id }) => id === "workload.jobs[team].trace")!;
  expect(entry.value).toContain("4 jobs of jobs.csv, read as headroom-csv; 1 jobs ask for no GPU");
  expect(entry.value).toContain("1 jobs ask for a part of a GPU");
});

test("they run, and figures are known of the jobs as they are written", () => {
  const { clusters } = resolved().spec;
  const { figures, run, tables } = simulateClusters(
    clusters!,
    { durationS: 86_400, stepS: 3_600 },
    createRandomStreams(1),
  );
  expect(figures.get("jobs[team].finished")).toBe(4);
  // Two nodes: a and b hold one each; c, of higher priority than e, has the first that is free.
  const ends = Object.fromEntries(run.jobs.map(({ name, endS }) => [name, endS]));
  expect(ends).toEqual({ "team-1": 160, "team-2": 190, "team-3": 190, "team-5": 210 });
  // One shape stands for the jobs in the table of prices: the one with most GPU time.
  expect(tables.find(({ name }) => name === "prices")!.columns[0]!.values).toEqual([
    expect.stringContaining("2 × 4 GPUs"),
  ]);
});

test("only the first jobs, with priority and GPU models of the file in place of the trace's", () => {
  const text = FLEET.replace("restart: 5m", "maxJobs: 3, priority: 7, gpu: [H100 SXM]");
  const groups = resolved(text).spec.clusters;
  expect(
    groups!.jobs.map(({ priority, count, gpuModels }) => [priority, count, gpuModels]),
  ).toEqual([
    [7, 2, ["H100 SXM5-80GB"]],
    [7, 1, ["H100 SXM5-80GB"]],
  ]);
});

test.each([
  ["trace: jobs.csv", "priority: 1", /lacks the required field "duration"/],
  ["trace: jobs.csv", "duration: 1h, maxJobs: 3", /maxJobs is for a trace/],
  [
    "first: 10s",
    "count: 3, duration: 1h",
    /has both trace and count.*\n.*has both trace and duration/,
  ],
  ["trace: jobs.csv", "trace: ../jobs.csv", /jobs\.csv/],
  ["first: 10s", "format: philli-csv", /philly-csv/],
])("refused: %s becomes %s", (from, to, want) => {
  let problems = "";
  try {
    parseFleet({ file: "fleet.yaml", text: FLEET.replace(from, to) });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems = error.problems.map((one) => `${one.message} ${one.suggestion ?? ""}`).join("\n");
  }
  expect(problems).toMatch(want);
});
