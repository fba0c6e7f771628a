import { describe, expect, test } from "vitest";

import { JOB_STATUSES } from "../../../src/workload/job-table.js";
import { gangOf, problemsOf, read, reasonsOf } from "../read-for-test.js";

describe("Slurm sacct -P", () => {
  const header =
    "JobID|JobIDRaw|User|Account|Partition|State|Submit|Start|End|TimelimitRaw|NNodes|ReqTRES|AllocTRES|NodeList|Restarts";
  const row = (values: Partial<Record<string, string>>): string =>
    header
      .split("|")
      .map((name) => values[name] ?? "")
      .join("|");
  const base = {
    JobID: "4101",
    User: "ana",
    Account: "vision",
    Partition: "gpu",
    State: "COMPLETED",
    Submit: "2026-01-05T08:00:00",
    Start: "2026-01-05T08:02:10",
    End: "2026-01-05T12:02:10",
    TimelimitRaw: "720",
    NNodes: "2",
    ReqTRES: "billing=128,cpu=128,gres/gpu=16,mem=1T,node=2",
    AllocTRES: "billing=128,cpu=128,gres/gpu:h100=16,gres/gpu=16,mem=1T,node=2",
  };
  const table = (...rows: Partial<Record<string, string>>[]): string =>
    `${[header, ...rows.map((values) => row({ ...base, ...values }))].join("\n")}\n`;

  test("GPUs are not counted twice, memory and CPUs are split over the nodes", () => {
    const trace = read(table({}));
    const { jobs } = trace;
    expect(trace.format).toBe("slurm-sacct");
    expect(gangOf(trace, 0)).toBe("2x8");
    expect(jobs.gangGpus![0]).toBe(16);
    expect(jobs.shapes[0]).toMatchObject({
      cpuMilli: 64_000,
      memoryBytes: 549_755_813_888,
      // The type of the allocation was not asked for.
      gpuModels: [],
    });
    expect(jobs.walltimeS[0]).toBe(43_200);
    expect(jobs.durationS[0]).toBe(14_400);
    expect(jobs.recordedStartS![0]).toBe(130);
    expect(jobs.tenantNames[0]).toBe("vision");
    expect(jobs.userNames![1]).toBe("ana");
    expect(jobs.partitionNames).toEqual([""]);
  });

  test("types asked for are demanded, typed counts alone are enough", () => {
    const trace = read(
      table({
        ReqTRES: "cpu=8,gres/gpu:h100=4,gres/gpu:a100=4,node=1",
        AllocTRES: "",
        NNodes: "1",
      }),
    );
    expect(gangOf(trace, 0)).toBe("1x8");
    expect(trace.jobs.shapes[0]!.gpuModels).toEqual(["h100", "a100"]);
  });

  test("states with a user, unlimited time, partitions on request", () => {
    const trace = read(
      table(
        { JobID: "4102_7", State: "CANCELLED by 1007", TimelimitRaw: "UNLIMITED" },
        { JobID: "4103", State: "NODE_FAIL", Submit: "2026-01-05T08:00:01" },
        { JobID: "4104", State: "OUT_OF_MEMORY", Submit: "2026-01-05T08:00:02" },
        { JobID: "4105", State: "PREEMPTED", Submit: "2026-01-05T08:00:03" },
      ),
      { partitions: "use" },
    );
    expect(Array.from(trace.jobs.status!, (index) => JOB_STATUSES[index])).toEqual([
      "cancelled",
      "node-fail",
      "out-of-memory",
      "preempted",
    ]);
    expect(trace.jobs.walltimeS[0]).toBeNaN();
    expect(trace.jobs.partitionNames).toEqual(["", "gpu"]);
  });

  test("what is no job of a GPU replay is left out with the reason", () => {
    const trace = read(
      table(
        {},
        { JobID: "4101.batch" },
        { JobID: "4101.0" },
        { JobID: "4110_[8-20%4]" },
        { JobID: "2", ReqTRES: "cpu=8,node=1", AllocTRES: "cpu=8,node=1" },
        { JobID: "3", Start: "None", End: "2026-01-05T09:00:00" },
        { JobID: "4", Start: "Unknown", End: "Unknown", State: "PENDING", AllocTRES: "" },
        { JobID: "5", End: "Unknown", State: "RUNNING" },
        { JobID: "6", AllocTRES: "cpu=1,gres/gpu:1g.10gb=1,gres/gpu=1" },
        { JobID: "7", ReqTRES: "cpu=1,gres/shard=4", AllocTRES: "cpu=1,gres/shard=4" },
      ),
    );
    expect(trace.jobs.ids).toEqual(["4101"]);
    expect(reasonsOf(trace)).toEqual([
      "is a step of a job; sacct -X leaves them out",
      "is an array whose tasks were pending",
      "asks for no GPU",
      "never started",
      "has no end: its duration is not known",
      "asks for MIG slices, which a job list cannot hold",
      "asks for gres/shard, whose part of a GPU is not in the accounting",
    ]);
    expect(trace.leftOut.map(({ rows }) => rows)).toEqual([2, 1, 1, 2, 1, 1, 1]);
  });

  test("attempts of a requeued job are jobs of their own, the same record twice is a problem", () => {
    const trace = read(
      table(
        { State: "PREEMPTED" },
        { Submit: "2026-01-05T12:03:00", Start: "2026-01-05T12:04:00", End: "2026-01-05T13:00:00" },
      ),
    );
    expect(trace.jobs.ids).toEqual(["4101", "4101#2"]);
    expect(trace.notes.join()).toMatch(/1 records are later attempts/);
    expect(problemsOf(table({}, {}))[0]).toMatchObject({ rule: "duplicate-id", line: 3, col: 1 });
  });

  test("a resource that is not consumed has its count in the request", () => {
    const trace = read(table({ AllocTRES: "cpu=128,gres/gpu=0,node=2" }));
    expect(trace.jobs.gangGpus![0]).toBe(16);
    expect(trace.notes.join()).toMatch(/1 jobs have 0 GPUs in AllocTRES/);
  });

  test("a job arrives when it became eligible", () => {
    const text = [
      "JobID|State|Submit|Eligible|Start|End|ReqTRES",
      "1|COMPLETED|1767600000|1767600600|1767600700|1767600800|gres/gpu=1",
      "2|COMPLETED|1767600000|Unknown|1767600700|1767600800|gres/gpu=1",
      "",
    ].join("\n");
    const trace = read(text);
    expect(trace.jobs.ids).toEqual(["2", "1"]);
    expect(Array.from(trace.jobs.submitS)).toEqual([0, 600]);
    expect(trace.notes.join()).toMatch(/1 jobs became eligible after their submission/);
    expect(trace.notes.join()).not.toMatch(/without a zone/);
  });

  test("sacct -p ends every line with the delimiter, the unit separator works too", () => {
    const trailing = table({}).replaceAll("\n", "|\n");
    expect(read(trailing).jobs.count).toBe(1);
    expect(read(table({}).replaceAll("|", "\x1f")).jobs.count).toBe(1);
  });

  test("quotes are ordinary characters, a delimiter in a name is found", () => {
    const named = (name: string): string =>
      table({}).replace("User|", "JobName|User|").replace("|ana", `|${name}|ana`);
    expect(read(named('"train')).jobs.count).toBe(1);
    const [problem] = problemsOf(named("a|b"));
    expect(problem).toMatchObject({ rule: "field-count", line: 2 });
    expect(problem!.help).toMatch(/JobName/);
  });

  test.each([
    ["no TRES at all", "JobID|State|Submit|Start|End\n1|COMPLETED|1|2|3\n", "no-tres"],
    ["a broken TRES", table({ AllocTRES: "cpu=a" }), "not-tres"],
    ["half a GPU", table({ AllocTRES: "cpu=1,gres/gpu=0.5" }), "not-tres"],
    ["a broken limit", table({ TimelimitRaw: "soon" }), "not-a-time-limit"],
    ["an end before the start", table({ End: "2026-01-05T08:00:00" }), "ends-before-start"],
  ])("%s is refused", (_name, text, rule) => {
    expect(problemsOf(text)[0]).toMatchObject({ rule, line: 2 });
  });

  test("limits in days and hours", () => {
    const text = table({}).replace("TimelimitRaw", "Timelimit").replace("|720|", "|1-02:30:00|");
    expect(read(text).jobs.walltimeS[0]).toBe(95_400);
  });
});
