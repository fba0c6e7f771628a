import { describe, expect, test } from "vitest";

import { JOB_STATUSES } from "../../../src/workload/job-table.js";
import { gangOf, problemsOf, read } from "../read-for-test.js";

describe("Philly job log", () => {
  const attempt = (start: unknown, end: unknown, ...gpus: number[]) => ({
    start_time: start,
    end_time: end,
    detail: gpus.map((count, index) => ({
      ip: `m${index}`,
      gpus: Array.from({ length: count }, (_, gpu) => `gpu${gpu}`),
    })),
  });
  const job = (id: string, attempts: unknown, more: object = {}) => ({
    status: "Pass",
    vc: "ee9e8c",
    jobid: id,
    attempts,
    submitted_time: "2017-10-09 07:00:00",
    user: "ann",
    ...more,
  });
  const log = (...jobs: unknown[]): string => JSON.stringify(jobs, undefined, 1);

  test("attempts add up, machines become workers", () => {
    const trace = read(
      log(
        job("a", [
          attempt("2017-10-09 07:01:00", "2017-10-09 07:02:00", 8, 8),
          attempt("2017-10-09 07:10:00", "2017-10-09 07:10:30", 8, 8),
        ]),
        job("b", [attempt("2017-10-09 07:00:10", "2017-10-09 07:00:20", 2)], { status: "Killed" }),
        job("c", [attempt("2017-10-09 07:00:10", "2017-10-09 07:00:20", 8, 4)]),
      ),
    );
    expect(trace.format).toBe("philly-json");
    expect(Array.from(trace.jobs.durationS)).toEqual([90, 10, 10]);
    expect([0, 1, 2].map((row) => gangOf(trace, row))).toEqual(["2x8", "1x2", "2x6"]);
    expect(trace.jobs.recordedStartS![0]).toBe(60);
    expect(trace.jobs.recordedEndS![0]).toBe(630);
    expect(JOB_STATUSES[trace.jobs.status![1]!]).toBe("cancelled");
    expect(trace.notes.join()).toMatch(/1 jobs had several attempts/);
  });

  test("empty attempts, no end, no GPUs and no submit time are left out and counted", () => {
    const trace = read(
      log(
        job("ok", [attempt("2017-10-09 07:01:00", "2017-10-09 07:02:00", 1)]),
        job("a", []),
        job("b", [attempt("None", "None", 8)]),
        job("c", [attempt("2017-10-09 07:01:00", null, 1)]),
        job("d", [attempt("2017-10-09 07:01:00", "2017-10-09 07:02:00")]),
        job("e", [attempt("2017-10-09 07:01:00", "2017-10-09 07:02:00", 1)], {
          submitted_time: "None",
        }),
      ),
    );
    expect(trace.jobs.count).toBe(1);
    expect(trace.leftOut.map(({ reason, rows }) => `${rows} ${reason}`)).toEqual([
      "2 never started",
      "1 has no end: its duration is not known",
      "1 asks for no GPU",
      "1 has no submitted_time",
    ]);
  });

  test("an attempt without an end may be cut at the last time of the log", () => {
    const trace = read(
      log(
        job("c", [
          attempt("2017-10-09 07:01:00", "2017-10-09 07:02:00", 1),
          attempt("2017-10-09 07:05:00", null, 1),
        ]),
        job("d", [attempt("2017-10-09 07:01:00", "2017-10-09 07:10:00", 1)]),
      ),
      { runningJobs: "until-last-time" },
    );
    expect(Array.from(trace.jobs.durationS)).toEqual([60 + 300, 540]);
  });

  test("problems stand at their field", () => {
    const text = log(
      job("a", [attempt("2017-10-09 07:05:00", "2017-10-09 07:02:00", 1)]),
      job("a", [attempt("soon", "2017-10-09 07:02:00", 1)]),
    );
    const lines = text.split("\n");
    const problems = problemsOf(text);
    expect(problems.map(({ rule }) => rule)).toEqual(["ends-before-start", "not-a-time"]);
    expect(lines[problems[0]!.line! - 1]).toMatch(/^ *"end_time"/);
    expect(lines[problems[1]!.line! - 1]).toMatch(/^ *"start_time": "soon"/);
    expect(problems[1]!.path).toBe("[1].start_time");
  });

  test.each([
    ["cut", '[{"jobid":"a","attempts":[],"submitted_time":"x"', /ends too early/],
    ["not JSON inside", '[{"attempts":1,"submitted_time":2,}]', /is not JSON/],
    ["a list of numbers", '[1,{"attempts":1,"submitted_time":2}]', /element 0 must be an object/],
  ])("%s is refused", (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
