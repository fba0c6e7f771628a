import { describe, expect, test } from "vitest";

import { gangOf, problemsOf, read, reasonsOf } from "../read-for-test.js";

describe("Standard Workload Format", () => {
  const swf = [
    "; Version: 2.2",
    "; UnixStartTime: 1000000",
    "; MaxProcs: 512",
    "",
    "1 0 120 3600 8 -1 -1 8 7200 -1 1 3 1 -1 1 1 -1 -1",
    "  2 10 0 60 32 -1 1024 -1 -1 -1 5 -1 -1 -1 0 2 1 30",
    "3 20 0 -1 8 -1 -1 8 -1 -1 0 3 1 -1 1 1 -1 -1",
    "4 30 0 10 8 -1 -1 8 -1 -1 3 3 1 -1 1 1 -1 -1",
    "",
  ].join("\n");

  test("processors become GPUs only as stated", () => {
    expect(() => read(swf)).toThrow(/say how many processors stand for one GPU/);
    const trace = read(swf, { processorsPerGpu: 4 });
    const { jobs } = trace;
    expect(trace.format).toBe("swf");
    expect([gangOf(trace, 0), gangOf(trace, 1)]).toEqual(["1x2", "1x8"]);
    expect(Array.from(jobs.submitS)).toEqual([0, 10]);
    expect(jobs.originEpochS).toBe(1_000_000);
    expect(Array.from(jobs.walltimeS)).toEqual([7200, Number.NaN]);
    expect(Array.from(jobs.recordedStartS!)).toEqual([120, 10]);
    expect(jobs.tenantNames).toEqual(["group-1", ""]);
    // 1024 KiB per processor, 32 processors on one worker.
    expect(jobs.shapes[jobs.shape[1]!]!.memoryBytes).toBe(1024 * 1024 * 32);
    expect(Array.from(jobs.dependencies!)).toEqual([0]);
    expect(reasonsOf(trace)).toEqual([
      "has no run time",
      "is a part of a job that has a line of its own",
    ]);
    expect(trace.notes.join()).toMatch(/think time/);
    expect(read(swf, { processorsPerGpu: 3 }).notes.join()).toMatch(
      /2 jobs ask for processors that do not divide by 3/,
    );
  });

  test("broken lines are located", () => {
    const broken = `1 0 1 2 8 -1 -1 8 7200 -1 1 3 1 -1 1 1 -1 -1\n 2 x 1\n3 0 y 2 8 -1 -1 8 7200 -1 1 3 1 -1 1 1 -1 -1\n`;
    const problems = problemsOf(broken, { processorsPerGpu: 1 });
    expect(problems[0]).toMatchObject({ rule: "field-count", line: 2, col: 2, endCol: 7 });
    const huge = "1 0 1 2 8e9 -1 -1 8e9 7200 -1 1 3 1 -1 1 1 -1 -1\n";
    expect(problemsOf(huge, { format: "swf", processorsPerGpu: 1 })[0]).toMatchObject({
      rule: "out-of-range",
      col: 9,
    });
    expect(problems[1]).toMatchObject({ rule: "not-a-number", line: 3, col: 5, endCol: 6 });
  });
});
