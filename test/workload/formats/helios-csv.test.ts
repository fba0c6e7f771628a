import { describe, expect, test } from "vitest";

import { JOB_STATUSES } from "../../../src/workload/job-table.js";
import { gangOf, read } from "../read-for-test.js";

describe("Helios CSV", () => {
  test("the released columns: nodes, CPUs, recorded times, outcomes", () => {
    const trace = read(
      [
        "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,queue",
        "7,u1,vcA,16,128,2,COMPLETED,2020-04-01 00:00:00,2020-04-01 00:01:00,2020-04-01 00:02:00,60,60",
        "8,u2,vcA,0,4,1,FAILED,2020-04-01 00:00:05,2020-04-01 00:00:06,2020-04-01 00:00:07,1,1",
        "9,u2,vcB,6,24,4,NODE_FAIL,2020-04-01 00:00:10,,,5,0",
        "",
      ].join("\n"),
    );
    const { jobs } = trace;
    expect(jobs.ids).toEqual(["7", "9"]);
    expect(gangOf(trace, 0)).toBe("2x8");
    // 6 GPUs do not divide by 4 nodes.
    expect(gangOf(trace, 1)).toBe("1x6");
    expect(jobs.shapes[jobs.shape[0]!]!.cpuMilli).toBe(64_000);
    expect(Array.from(jobs.recordedStartS!)).toEqual([60, Number.NaN]);
    expect(Array.from(jobs.recordedEndS!)).toEqual([120, Number.NaN]);
    expect(Array.from(jobs.status!, (index) => JOB_STATUSES[index])).toEqual([
      "completed",
      "node-fail",
    ]);
    expect(jobs.userNames).toEqual(["", "u1", "u2"]);
    expect(trace.leftOut).toEqual([{ reason: "asks for no GPU", rows: 1, firstLine: 3 }]);
  });

  test("CPU jobs are kept on request, a duration that contradicts the times is noted", () => {
    const trace = read(
      "vc,gpu_num,cpu_num,state,submit_time,start_time,end_time,duration\nv,0,4,Pass,2020-04-01 00:00:00,2020-04-01 00:00:00,2020-04-01 00:01:00,30\n",
      { cpuJobs: "keep" },
    );
    expect(trace.jobs.shapes[0]).toMatchObject({ gpuCount: 0, cpuMilli: 4000 });
    expect(trace.notes.join()).toMatch(/1 rows the duration is not end_time − start_time/);
  });

  test("the simulator's columns, without ids", () => {
    const trace = read(
      "user,vc,jobname,gpu_num,state,submit_time,duration\nu,v,j,3,Killed,2017-10-01 00:01:55,61\n",
    );
    expect(trace.format).toBe("helios-csv");
    expect(trace.jobs.ids).toEqual(["1"]);
    expect(JOB_STATUSES[trace.jobs.status![0]!]).toBe("cancelled");
  });
});
