import { describe, expect, test } from "vitest";

import { gangOf, problemsOf, read } from "../read-for-test.js";

describe("Philly CSV", () => {
  const header = "timestamp,duration,num_gpus,gpu_time,cluster\n";

  test("GPUs per job become gangs, the virtual cluster the tenant", () => {
    const trace = read(
      `${header}2017-10-09 07:00:00,60.0,8,480.0,a\n2017-10-09 07:01:00,5,16,80,b\n2017-10-09 07:02:00,5,12,60,b\n2017-10-09 07:03:00,5,13,65,b\n`,
    );
    expect(trace.format).toBe("philly-csv");
    expect([0, 1, 2, 3].map((row) => gangOf(trace, row))).toEqual(["1x8", "2x8", "2x6", "13x1"]);
    expect(Array.from(trace.jobs.gangGpus!)).toEqual([8, 16, 12, 13]);
    expect(trace.jobs.tenantNames).toEqual(["a", "b"]);
    expect(trace.jobs.partitionNames).toEqual([""]);
    expect(trace.jobs.originEpochS).toBe(1_507_532_400);
    expect(trace.notes.join()).toMatch(/without a zone were read as UTC/);
    expect(trace.notes.join()).toMatch(/2 jobs ask for more than 8 GPUs and not a multiple/);
  });

  test("other node sizes, and partitions on request", () => {
    const text = `${header}2017-10-09 07:00:00,60,8,480,a\n`;
    const trace = read(text, { gpusPerWorkerMax: 4, partitions: "use" });
    expect(gangOf(trace, 0)).toBe("2x4");
    expect(trace.jobs.partitionNames).toEqual(["", "a"]);
  });

  test("gpu_time that contradicts the duration is noted", () => {
    expect(read(`${header}2017-10-09 07:00:00,60,8,60,a\n`).notes.join()).toMatch(
      /1 rows gpu_time/,
    );
  });

  test("second 0 may be the Monday before", () => {
    const { jobs } = read(`${header}2017-10-11 07:00:00,60,8,480,a\n`, { clock: "week" });
    expect(jobs.submitS[0]).toBe(2 * 86_400 + 7 * 3600);
    expect(jobs.originEpochS! % 86_400).toBe(0);
  });

  test("times with and without a zone do not mix", () => {
    const [problem] = problemsOf(
      `${header}2017-10-09 07:00:00,6,1,6,a\n2017-10-09T07:00:00Z,6,1,6,a\n`,
    );
    expect(problem).toMatchObject({ rule: "mixed-zones", line: 3, col: 1, endCol: 21 });
  });

  test.each([
    ["2017-02-30 07:00:00,6,1,6,a", "not-a-time", 1],
    ["soon,6,1,6,a", "not-a-time", 1],
    ["2017-10-09 07:00:00,-6,1,6,a", "out-of-range", 21],
    ["2017-10-09 07:00:00,6,0,6,a", "out-of-range", 23],
  ])("%s is refused", (row, rule, col) => {
    expect(problemsOf(`${header}${row}\n`)[0]).toMatchObject({ rule, line: 2, col });
  });
});
