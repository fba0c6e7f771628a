import { describe, expect, test } from "vitest";

import { readTraceText } from "../../workload/read-trace.js";
import { runningOnOf } from "../../workload/running-on-columns.js";
import { SQUEUE } from "./testing/cluster-files.js";
import { jobsOf, problemsOf, whyOf } from "./testing/read-import.js";

describe("today's jobs", () => {
  test("squeue: running jobs on their nodes with what their limit leaves, the backlog after them", () => {
    const { rows, ignored, jobs } = jobsOf(SQUEUE);
    expect(jobs.ids.map((_, row) => runningOnOf(jobs, row).join(" "))).toEqual([
      "gpu001 gpu002",
      "gpu003",
      "",
      "",
      "",
    ]);
    expect([...jobs.ranS!]).toEqual([10_930, 1800, Number.NaN, Number.NaN, Number.NaN]);
    expect(rows.map((row) => row.split(",").slice(0, 12).join(","))).toEqual([
      "4101,0,32270,2,8,1000,0,0,h100,vision,0,32270",
      "4102,0,84600,1,1,1000,0,0,,nlp,0,84600",
      "4104_1,0,3600,1,2,1000,0,0,,vision,0,3600",
      "4104_2,0,3600,1,2,1000,0,0,,vision,0,3600",
      "4103,0,14400,1,4,1000,0,0,h100,nlp,0,14400",
    ]);
    expect(jobs.partitionNames).toContain("main");
    expect(whyOf(ignored)).toEqual(["5 1 job", "6 1 job"]);
  });

  test("the trace is one that a scenario reads", () => {
    const { csv } = jobsOf(SQUEUE);
    expect(readTraceText("now.csv", csv).jobs.ids).toEqual([
      "4101",
      "4102",
      "4104_1",
      "4104_2",
      "4103",
    ]);
  });

  test("with a header columns come in any order; priority orders the backlog", () => {
    const text = `JOBID|PRIORITY|STATE|SUBMIT_TIME|TIME_LIMIT|TIME|NODES|TRES_ALLOC|REASON
1|10|PENDING|2026-01-05T08:00:00|1:00:00|0:00|1|cpu=8,mem=64G,node=1,gres/gpu=1|Resources
2|4000000000|PENDING|2026-01-05T09:00:00|1:00:00|0:00|2|cpu=8,mem=64G,node=2,gres/gpu=2|Priority
3|9|PENDING|2026-01-05T08:00:00|1:00:00|0:00|1|cpu=8,mem=64G,node=1,gres/gpu=1|JobHeldUser
`;
    const { rows, notes } = jobsOf(text);
    expect(rows.map((row) => row.split(",").slice(0, 11).join(","))).toEqual([
      "2,0,3600,2,1,1000,4000,32768,,,2",
      "1,0,3600,1,1,1000,8000,65536,,,1",
    ]);
    expect(notes.join("\n")).toContain("ranks");
  });

  test("without a list of nodes the policy places what runs, and the backlog comes a second later", () => {
    const { rows, notes, jobs } = jobsOf(SQUEUE.replace("gpu[001-002]", ""));
    expect(rows[0]).toMatch(/^4101,0,32270,2,8,/);
    expect(runningOnOf(jobs, 0)).toEqual([]);
    expect(rows[2]).toMatch(/^4104_1,1,3600,/);
    expect(notes.join("\n")).toContain("where 1 running job is");
  });

  test("GPUs that do not divide evenly over the nodes become workers that do", () => {
    const text = `JOBID|STATE|SUBMIT_TIME|TIME_LIMIT|TIME|NODES|TRES_ALLOC|NODELIST
1|RUNNING|2026-01-05T08:00:00|1:00:00|0:30:00|2|cpu=7,node=2,gres/gpu=7|n[1-2]
`;
    const { rows, jobs } = jobsOf(text);
    expect(rows[0]).toMatch(/^1,0,1800,7,1,1000,1000,/);
    expect(runningOnOf(jobs, 0)).toEqual(["n1", "n1", "n1", "n1", "n2", "n2", "n2"]);
  });

  test("jobs may be taken to use a share of what their limit leaves; plans keep the limit", () => {
    const { rows } = jobsOf(SQUEUE, { limitUse: 0.5 });
    expect(rows[0]).toMatch(/^4101,0,16135,2,8,1000,0,0,h100,vision,0,32270,/);
  });

  test("jobs without a limit need an assumption", () => {
    const text = SQUEUE.replace("1-00:00:00", "UNLIMITED");
    expect(problemsOf(text)).toEqual(["f:2:1 unknown-duration"]);
    const { rows } = jobsOf(text, { assumedDurationS: 14_400 });
    expect(rows[1]).toMatch(/^4102,0,14400,/);
  });

  test.each([
    ["a state of time that is none", SQUEUE.replace("3:02:10", "soon"), "f:1:79 not-a-time-limit"],
    [
      "a list of nodes that is none",
      SQUEUE.replace("gpu[001-002]", "gpu[001-"),
      "f:1:105 not-a-node-list",
    ],
    ["a cut array", SQUEUE.replace("[1-2%1]", "[1-2,...]"), "f:4:1 cut-array"],
    ["words that are no GPUs", SQUEUE.replace("gpu:2|", "some gpus|"), "f:4:77 not-tres"],
    ["too few columns", "a|b|c|d|e|f|g\n", "f:1:14 field-count"],
  ])("%s is refused at its place", (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test("squeue --json in both spellings of numbers and states", () => {
    const number = (value: number) => ({ set: true, infinite: false, number: value });
    const text = JSON.stringify({
      last_update: number(10_000),
      jobs: [
        {
          job_id: 7,
          job_state: ["RUNNING"],
          submit_time: number(1_000),
          start_time: number(4_000),
          time_limit: number(200),
          node_count: number(2),
          tres_alloc_str: "cpu=16,mem=128G,node=2,gres/gpu=8,gres/gpu:h100=8",
          tres_req_str: "gres/gpu=8",
          nodes: "gpu[001-002]",
          gres_detail: ["gpu:h100:6(IDX:0-5)", "gpu:h100:2(IDX:0-1)"],
          account: "vision",
          priority: number(5),
        },
        {
          job_id: 8,
          job_state: "PENDING",
          submit_time: 2_000,
          start_time: 0,
          time_limit: { set: true, infinite: true, number: 0 },
          node_count: 1,
          tres_req_str: "cpu=4,gres/gpu=2",
          array_job_id: number(8),
          array_task_id: { set: false, number: 0 },
          array_task_string: "3,5",
        },
      ],
    });
    const { rows, jobs } = jobsOf(text, { assumedDurationS: 60 });
    expect(runningOnOf(jobs, 0)).toEqual(["gpu001", "gpu001", "gpu001", "gpu002"]);
    expect(rows.map((row) => row.split(",").slice(0, 8).join(","))).toEqual([
      "7,0,6000,4,2,1000,4000,32768",
      "8_3,0,60,1,2,1000,4000,0",
      "8_5,0,60,1,2,1000,4000,0",
    ]);
  });

  test("kubectl get pods: gangs, limits and what waits", () => {
    const pod = (name: string, more: object, spec: object, labels: object = {}) => ({
      kind: "Pod",
      metadata: { name, namespace: "nlp", creationTimestamp: "2026-01-05T08:00:00Z", labels },
      spec: {
        priority: 100,
        containers: [
          {
            resources: {
              requests: { cpu: "8", memory: "64Gi" },
              limits: { "nvidia.com/gpu": "4" },
            },
          },
        ],
        ...spec,
      },
      status: { phase: "Running", startTime: "2026-01-05T08:02:00Z", ...more },
    });
    const gang = { "training.kubeflow.org/job-name": "train" };
    const text = JSON.stringify({
      kind: "List",
      items: [
        pod("w0", {}, { nodeName: "n1", activeDeadlineSeconds: 7_200 }, gang),
        pod("w1", {}, { nodeName: "n2", activeDeadlineSeconds: 7_200 }, gang),
        pod("later", { phase: "Pending", startTime: null }, {}),
        pod("done", { phase: "Succeeded" }, { nodeName: "n1" }),
      ],
    });
    const options = { nowS: Date.UTC(2026, 0, 5, 9, 2) / 1000, assumedDurationS: 600 };
    const { rows, ignored, jobs } = jobsOf(text, options);
    expect(runningOnOf(jobs, 0)).toEqual(["n1", "n2"]);
    expect(rows.map((row) => row.split(",").slice(0, 12).join(","))).toEqual([
      "nlp/train,0,3600,2,4,1000,8000,65536,,nlp,100,3600",
      "nlp/later,0,600,1,4,1000,8000,65536,,nlp,100,600",
    ]);
    expect(ignored.map(({ why }) => why)).toEqual(["is Succeeded: it neither runs nor waits"]);
    expect(problemsOf(text, { nowS: options.nowS })).toEqual(["f:1:1 unknown-duration"]);
  });
});
