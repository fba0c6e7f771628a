import { describe, expect, test } from "vitest";

import { readTrace } from "../../../src/workload/read-trace.js";
import { filesOf } from "../read-for-test.js";

describe("PAI 2020 tables", () => {
  // Without header lines, as published. Times are floats.
  const jobs = "job1,i1,userA,Terminated,1000.0,1500.0\njob2,i2,userB,Failed,1100.0,1200.0\n";
  const instances = [
    "job1,worker,x0,w0,i1,Terminated,1020.0,1490.0,m1",
    "job1,worker,x1,w1,i1,Terminated,1010.0,1480.0,m2",
    "",
  ].join("\n");
  const tasks = [
    "job1,ps,1.0,Terminated,1005.0,1500.0,600.0,29.296875,,",
    "job1,worker,2.0,Terminated,1005.0,1500.0,400.0,29.296875,50.0,MISC",
    "job2,tensorflow,1.0,Failed,1105.0,1200.0,600.0,10,200.0,V100",
    "job3,tensorflow,1.0,Waiting,,,600.0,10,100.0,V100",
    "job4,tensorflow,1.0,Running,1300.0,,600.0,10,100.0,V100",
    "",
  ].join("\n");

  test("job, instance and task tables are joined", async () => {
    const trace = await readTrace(filesOf(jobs, instances, tasks));
    expect(trace.format).toBe("pai-tables");
    expect(trace.guess).toMatch(/pai_job_table/);
    expect(trace.jobs.ids).toEqual(["job1/worker", "job2/tensorflow"]);
    // Submitted with the job, run from the first instance's start to the last one's end.
    expect(Array.from(trace.jobs.submitS)).toEqual([0, 100]);
    expect(Array.from(trace.jobs.durationS)).toEqual([480, 95]);
    expect(Array.from(trace.jobs.recordedStartS!)).toEqual([10, 105]);
    expect(trace.jobs.tenantNames).toEqual(["userA", "userB"]);
    expect(trace.jobs.shapes[0]).toEqual({
      cpuMilli: 4000,
      memoryBytes: 31_457_280_000,
      gpuCount: 1,
      gpuMilli: 500,
      gpuModels: [],
    });
    expect(Array.from(trace.jobs.workers)).toEqual([2, 1]);
    // Hour of the day in UTC+8.
    expect(trace.jobs.originEpochS).toBe(1000 + 8 * 3600);
    expect(trace.leftOut.map(({ reason }) => reason)).toEqual([
      "asks for no GPU",
      "never started",
      "has no end: its duration is not known",
    ]);
  });

  test("the task table alone, with a header line and a running task kept", async () => {
    const header =
      "job_name,task_name,inst_num,status,start_time,end_time,plan_cpu,plan_mem,plan_gpu,gpu_type\n";
    const trace = await readTrace(filesOf(header + tasks), { runningJobs: "until-last-time" });
    expect(trace.jobs.ids).toEqual(["job1/worker", "job2/tensorflow", "job4/tensorflow"]);
    expect(Array.from(trace.jobs.durationS)).toEqual([495, 95, 200]);
    expect(trace.notes.join()).toMatch(/no job table/);
    expect(trace.notes.join()).toMatch(/1 jobs had not ended/);
  });

  test("the order of the tables matters, and the task table is needed", async () => {
    await expect(readTrace(filesOf(tasks, jobs))).rejects.toThrow(/job table comes after the task/);
    await expect(readTrace(filesOf(jobs))).rejects.toThrow(/task table is missing/);
    await expect(readTrace(filesOf(jobs, "a,b\n"))).rejects.toThrow(/none of the PAI/);
  });
});
