import { describe, expect, test } from "vitest";

import { readTrace } from "../../../src/workload/read-trace.js";
import { filesOf, gangOf, problemsOf, read } from "../read-for-test.js";

describe("simulators' job lists", () => {
  test("Tiresias", () => {
    const trace = read(
      "job_id,num_gpu,submit_time,iterations,model_name,duration,interval\n0,1,0,10,r,61,9\n1,32,403,10,r,14,9\n",
    );
    expect(trace.format).toBe("tiresias-csv");
    expect(trace.notes).toEqual([]);
    expect(gangOf(trace, 1)).toBe("4x8");
    expect(trace.jobs.originEpochS).toBeUndefined();
  });

  test("PAI simulator: GPUs and CPUs of an instance, shares, rounding", () => {
    const trace = read(
      [
        "job_id,user,num_gpu,num_cpu,num_inst,submit_time,duration,gpu_type,user_dur,group_dur,group_gpu_dur",
        "j1,u,0.25,6,4,10,100,T4,1,1,1",
        "j2,u,2,,,11,0,V100,1,1,1",
        "j3,u,1.5,1,1,12,5,CPU,1,1,1",
        "j4,u,0.07,1,1,13,5,CPU,1,1,1",
        "",
      ].join("\n"),
    );
    const { jobs } = trace;
    expect(trace.format).toBe("pai-simulator-csv");
    expect(jobs.shapes.map(({ gpuCount, gpuMilli }) => `${gpuCount}/${gpuMilli}`)).toEqual([
      "1/250",
      "2/1000",
      "2/1000",
      "1/70",
    ]);
    expect(jobs.workers[0]).toBe(4);
    expect(jobs.shapes[0]!.cpuMilli).toBe(6000);
    expect(trace.notes.join()).toMatch(/1 jobs ask for more than one GPU and a part/);
  });

  test("Pollux and Sia need a table of durations", async () => {
    const workload =
      "name,time,application,num_replicas,batch_size\nc-0,107,cifar10,6,2048\nb-1,110,bert,12,384\n";
    const durations =
      "application,num_replicas,duration_s\ncifar10,,300\nbert,12,900\nbert,4,1800\n";
    const trace = await readTrace(filesOf(workload, durations));
    expect(Array.from(trace.jobs.durationS)).toEqual([300, 900]);
    expect(gangOf(trace, 1)).toBe("2x6");
    expect(problemsOf(workload)).toHaveLength(2);
    expect(problemsOf(workload)[0]).toMatchObject({ rule: "no-duration", line: 2 });
    const partly = await readTrace(filesOf(workload, "application,duration_s\nbert,9\n"), {
      brokenRows: "leave-out",
    });
    expect(partly.jobs.ids).toEqual(["b-1"]);
    expect(partly.problemCount).toBe(1);
  });
});
