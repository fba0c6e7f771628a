import { parseString } from "fast-csv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type JobRows, csvNumber, csvText, jobsCsv, utilizationCsv } from "./tables-csv.js";

function jobRows(changes: Partial<JobRows> = {}): JobRows {
  return {
    count: 1,
    workloadName: "w",
    jobId: (job) => `job-${job}`,
    profile: () => "8 GPUs",
    submitS: () => 10,
    startS: () => 25,
    finishS: () => 125,
    requestedResources: () => 2,
    requestedS: () => 3600,
    state: () => "completed",
    allocatedResources: () => "0-1",
    tenant: () => "vision",
    gpus: () => 16,
    placement: () => "node-0:0,1",
    reasonWaited: () => "not enough free GPUs",
    ...changes,
  };
}

/** Reads CSV text with a reader that is not ours. */
function parse(text: string): Promise<Record<string, string>[]> {
  return new Promise((resolve, reject) => {
    const rows: Record<string, string>[] = [];
    parseString<Record<string, string>, Record<string, string>>(text, { headers: true })
      .on("error", reject)
      .on("data", (row: Record<string, string>) => rows.push(row))
      .on("end", () => {
        resolve(rows);
      });
  });
}

describe("jobs.csv", () => {
  test("has Batsim's columns with Batsim's arithmetic", async () => {
    const [row] = await parse([...jobsCsv(jobRows())].join(""));
    expect(row).toEqual({
      job_id: "job-0",
      workload_name: "w",
      profile: "8 GPUs",
      submission_time: "10",
      requested_number_of_resources: "2",
      requested_time: "3600",
      success: "1",
      final_state: "COMPLETED_SUCCESSFULLY",
      starting_time: "25",
      execution_time: "100",
      finish_time: "125",
      waiting_time: "15",
      turnaround_time: "115",
      stretch: "1.15",
      allocated_resources: "0-1",
      tenant: "vision",
      gpus: "16",
      placement: "node-0:0,1",
      reason_waited: "not enough free GPUs",
    });
  });

  test.each([
    ["waiting", "SUBMITTED"],
    ["running", "RUNNING"],
    ["never-placeable", "REJECTED"],
    ["not-submitted", "NOT_SUBMITTED"],
  ] as const)("a job that is %s is %s and no success", async (state, name) => {
    const [row] = await parse([...jobsCsv(jobRows({ state: () => state }))].join(""));
    expect(row).toMatchObject({ final_state: name, success: "0" });
  });

  test("what did not happen is an empty cell", async () => {
    const never = jobRows({
      startS: () => Number.NaN,
      finishS: () => Number.NaN,
      requestedS: () => Number.NaN,
    });
    const [row] = await parse([...jobsCsv(never)].join(""));
    expect(row).toMatchObject({
      requested_time: "",
      starting_time: "",
      execution_time: "",
      finish_time: "",
      waiting_time: "",
      turnaround_time: "",
      stretch: "",
    });
  });

  test("an execution of no length has no stretch", async () => {
    const [row] = await parse([...jobsCsv(jobRows({ finishS: () => 25 }))].join(""));
    expect(row).toMatchObject({ execution_time: "0", stretch: "" });
  });

  test("an infinite time is a bug and said so", () => {
    expect(() => [...jobsCsv(jobRows({ finishS: () => Infinity }))]).toThrow(/Infinity/);
  });

  test("comes in chunks of bounded length that join to one table", () => {
    const chunks = [...jobsCsv(jobRows({ count: 5000 }))];
    expect(chunks.length).toBe(5);
    const lines = chunks.join("").split("\n");
    expect(lines).toHaveLength(5002);
    expect(lines[5000]).toMatch(/^job-4999,/);
  });

  test("no rows still give the header", () => {
    expect([...jobsCsv(jobRows({ count: 0 }))].join("")).toMatch(/^job_id,.*reason_waited\n$/);
  });
});

describe("cells", () => {
  test.each([
    ["=cmd()", "'=cmd()"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@sum(a)", "'@sum(a)"],
    ["\tx", "'\tx"],
    ["a=b", "a=b"],
    ['say "x", y', '"say ""x"", y"'],
    ['=1,"2"', `"'=1,""2"""`],
    ["", ""],
  ])("text %j is written %j", (text, cell) => {
    expect(csvText(text)).toBe(cell);
  });

  test("a carriage return in front is neutralised and quoted", () => {
    expect(csvText("\r=x")).toBe(`"'\r=x"`);
  });

  test("any text comes back, with an apostrophe only where a formula would start", async () => {
    const texts = fc.sample(fc.string({ unit: "binary" }), { numRuns: 200, seed: 7 });
    const text = `text,end\n${texts.map((one) => `${csvText(one)},x\n`).join("")}`;
    const rows = await parse(text);
    expect(rows.map((row) => row["text"])).toEqual(
      texts.map((one) => (/^[=+\-@\t\r\n]/.test(one) ? `'${one}` : one)),
    );
  });

  test("numbers keep every digit and their sign", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(csvNumber(value))).toBe(value === 0 ? 0 : value);
      }),
    );
    expect(csvNumber(-0.1)).toBe("-0.1");
  });
});

describe("utilization.csv", () => {
  test("has the idle classes in a fixed order", () => {
    const text = [
      ...utilizationCsv({
        timeS: Float64Array.of(0, 1.5),
        gpuMilliAllocated: Float64Array.of(0, 4000),
        jobsQueued: Int32Array.of(0, 3),
        jobsRunning: Int32Array.of(0, 2),
        idleMilliByClass: {
          q3_satisfied: Float64Array.of(8000, 3000),
          no_access: Float64Array.of(0, 1000),
        },
      }),
    ].join("");
    expect(text).toBe(
      "time_s,gpu_milli_allocated,jobs_queued,jobs_running,idle_milli_no_access,idle_milli_q3_satisfied\n" +
        "0,0,0,0,0,8000\n1.5,4000,3,2,1000,3000\n",
    );
  });
});
