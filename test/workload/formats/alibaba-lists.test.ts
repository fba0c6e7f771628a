import { describe, expect, test } from "vitest";

import { problemsOf, read } from "../read-for-test.js";

describe("Alibaba lists", () => {
  test("spot 2026: per worker, two priorities, models", () => {
    const header =
      "job_name,organization,gpu_model,cpu_request,gpu_request,worker_num,submit_time,duration,job_type\n";
    const trace = read(`${header}1,13,A10,20,1,94,0,2764799,HP\n2,57,A100,15,0.5,2,9,41060,Spot\n`);
    const { jobs } = trace;
    expect(Array.from(jobs.workers)).toEqual([94, 2]);
    expect(jobs.shapes[0]).toMatchObject({ gpuCount: 1, cpuMilli: 20_000, gpuModels: ["A10"] });
    expect(jobs.shapes[1]!.gpuMilli).toBe(500);
    expect(Array.from(jobs.priority)).toEqual([1, 0]);
    expect(Array.from(jobs.preemptible!)).toEqual([0, 1]);
    expect(problemsOf(`${header}1,13,A10,20,1,1,0,5,Best\n`)[0]!.rule).toBe("unknown-job-type");
    expect(
      read(`${header}1,13,A10,20,1,1,0,5,HP\n`, { gpuModels: "ignore" }).jobs.shapes[0]!.gpuModels,
    ).toEqual([]);
  });

  const pods = [
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time",
    "p0,12000,16384,1,460,V100M16|V100M32,LS,Running,100,500,130",
    "p1,4000,1024,0,0,,BE,Succeeded,200,300,201",
    "p2,4000,1024,8,1000,,BE,Pending,250,900,",
    "",
  ].join("\n");

  test("openb: pods last from creation to deletion, or from scheduling", () => {
    const whole = read(pods);
    expect(whole.format).toBe("openb-pods-csv");
    expect(Array.from(whole.jobs.durationS)).toEqual([400, 100, 650]);
    expect(Array.from(whole.jobs.recordedStartS!)).toEqual([30, 101, Number.NaN]);
    expect(whole.jobs.shapes[0]).toMatchObject({
      gpuMilli: 460,
      gpuModels: ["V100M16", "V100M32"],
    });
    expect(whole.notes.join()).toMatch(/sample of a larger cluster/);
    const scheduled = read(pods, { openbDurations: "scheduled", cpuJobs: "leave-out" });
    expect(Array.from(scheduled.jobs.durationS)).toEqual([370]);
    expect(scheduled.leftOut).toEqual([
      { reason: "asks for no GPU", rows: 1, firstLine: 3 },
      { reason: "was never scheduled", rows: 1, firstLine: 4 },
    ]);
  });

  test("openb lists without times say what they are good for", () => {
    const [problem] = problemsOf("name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,1,1000\n");
    expect(problem!.message).toBe("the header lacks the columns creation_time, deletion_time");
    expect(problem!.help).toMatch(/headroom replay openb/);
  });

  test("openb: shares and ends are checked", () => {
    const row = (values: string): string => `${pods.split("\n")[0]}\n${values}\n`;
    expect(problemsOf(row("p,1,1,2,500,,LS,Running,1,2,1"))[0]!.rule).toBe("share-of-several");
    expect(problemsOf(row("p,1,1,1,500,,LS,Running,9,2,9"))[0]).toMatchObject({
      rule: "ends-before-start",
      col: 27,
    });
  });

  test("DLRM 2025: cut to the window of the trace", () => {
    const trace = read(
      [
        "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,memory_request,memory_limit,creation_time,scheduled_time,deletion_time",
        "i0,HN,a,12,12,1,1,25,120.0,120,,,",
        "i1,HN,a,12,12,1,1,25,120.0,120,,,400",
        "i2,HN,b,12,12,1,1,25,0.5,120,100,110,",
        "i3,HN,b,12,12,1,1,25,120.0,120,100,110,1000",
        "i4,CN,b,64,64,0,0,25,320.0,320,100,110,900",
        "",
      ].join("\n"),
    );
    expect(Array.from(trace.jobs.submitS)).toEqual([0, 0, 100, 100]);
    expect(Array.from(trace.jobs.durationS)).toEqual([1000, 400, 890, 890]);
    expect(trace.jobs.shapes[1]!.memoryBytes).toBe(536_870_912);
    expect(trace.leftOut[0]).toEqual({ reason: "asks for no GPU", rows: 1, firstLine: 6 });
    const notes = trace.notes.join("\n");
    expect(notes).toMatch(/2 instances were there before the trace/);
    expect(notes).toMatch(
      /2 instances have no deletion time; they end with the trace, at second 1000/,
    );
    expect(notes).toMatch(/columns not used: rdma_request/);
  });
});
