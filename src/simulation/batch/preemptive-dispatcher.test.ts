import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createQueuePolicy } from "../../policy/queue/registry.js";
import type { QueuePolicySpec, ServiceLevels } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import { clusterOf, outcomesOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { BatchRun } from "./batch-spec.js";
import { summarizeBatch } from "./summary.js";
import { waitedS } from "./waited.js";

describe("shortest remaining time first", () => {
  const rows: TestJob[] = [
    { submitS: 0, durationS: 100, gpuCount: 4 },
    { submitS: 10, durationS: 20, gpuCount: 4 },
  ];

  test("a shorter arrival stops a longer job, which goes on afterwards", () => {
    const run = runJobs(rows, { queue: { name: "srtf" } });
    expect(Array.from(run.startS)).toEqual([0, 10]);
    expect(Array.from(run.endS)).toEqual([120, 30]);
    expect(Array.from(run.preemption!.stops)).toEqual([1, 0]);
    expect(Array.from(run.preemption!.occupiedS)).toEqual([100, 20]);
    expect(Array.from(waitedS(run))).toEqual([20, 0]);
    expect(reasonOf(run, 0)).toBe("fewer GPUs free in the pool than the job needs");
  });

  test("a restart costs its seconds on the GPUs", () => {
    const run = runJobs(rows, { queue: { name: "srtf", options: { restartCost: 7 } } });
    expect(Array.from(run.endS)).toEqual([127, 30]);
    const { preemptions, gpuHoursLost } = summarizeBatch(run).jobs;
    expect(preemptions).toBe(1);
    expect(gpuHoursLost).toBeCloseTo((4 * 7) / 3600, 12);
  });

  test("without a checkpoint the work is lost, with checkpoints only the part since the last", () => {
    const options = { savesProgress: "at-checkpoints" };
    expect(runJobs(rows, { queue: { name: "srtf", options } }).endS[0]).toBe(130);
    const saved = rows.map((row) => ({ ...row, checkpointIntervalS: 4 }));
    const run = runJobs(saved, { queue: { name: "srtf", options } });
    expect(run.endS[0]).toBe(122);
    expect(run.preemption!.lostS[0]).toBe(2);
  });

  test("a job stopped while it restarts pays the restart again and keeps its progress", () => {
    const run = runJobs([...rows, { submitS: 33, durationS: 5, gpuCount: 4 }], {
      queue: { name: "srtf", options: { restartCost: 7 } },
    });
    // 0-10 work, 10-30 stopped, 30-33 restarting, 33-38 stopped, 38-45 restarting, 45-135 work.
    expect(Array.from(run.endS)).toEqual([135, 30, 38]);
    expect(run.preemption!.stops[0]).toBe(2);
    expect(run.preemption!.occupiedS[0]).toBe(110);
    expect(waitedS(run)[0]).toBe(25);
  });

  test("a job that the trace calls not preemptible is left alone", () => {
    const marked = [
      { ...rows[0]!, preemptible: false },
      { ...rows[1]!, preemptible: true },
    ];
    expect(Array.from(runJobs(marked, { queue: { name: "srtf" } }).startS)).toEqual([0, 100]);
  });

  test("an equal gets no one stopped", () => {
    const equal: TestJob[] = [
      { submitS: 0, durationS: 30, gpuCount: 4 },
      { submitS: 10, durationS: 20, gpuCount: 4 },
    ];
    expect(Array.from(runJobs(equal, { queue: { name: "srtf" } }).startS)).toEqual([0, 30]);
  });

  test("on nodes only as many are stopped as needed, and others keep their places", () => {
    const run = runJobs(
      [
        { submitS: 0, durationS: 100, gpuCount: 2 },
        { submitS: 0, durationS: 90, gpuCount: 2 },
        { submitS: 0, durationS: 80, gpuCount: 4 },
        { submitS: 10, durationS: 5, gpuCount: 3 },
      ],
      {
        cluster: clusterOf([4, 4]),
        queue: { name: "srtf" },
        placement: { kind: "nodes", policy: "first-fit" },
      },
    );
    // j2 is first in order and has node 0; of node 1, stopping only j0 would free 2 GPUs, not 3.
    expect(Array.from(run.preemption!.stops)).toEqual([1, 1, 0, 0]);
    expect(Array.from(run.startS)).toEqual([0, 0, 0, 10]);
    expect(run.placementOf(3)).toEqual([{ node: 1, gpus: [0, 1, 2] }]);
  });

  test("a run cut by time knows what running and stopped jobs have had", () => {
    const run = runJobs(rows, { queue: { name: "srtf" }, limits: { untilS: 25, eventsMax: 1000 } });
    expect(outcomesOf(run)).toEqual(["waiting", "running"]);
    expect(Array.from(run.preemption!.occupiedS)).toEqual([10, 15]);
    expect(Array.from(waitedS(run))).toEqual([15, 0]);
  });
});

describe("least attained service", () => {
  const queue: QueuePolicySpec = {
    name: "las",
    options: { firstLevel: 40, growth: 10, levels: 2 },
  };

  test("a job sinks when its GPU-seconds reach the end of its level", () => {
    const run = runJobs(
      [
        { submitS: 0, durationS: 100, gpuCount: 4 },
        { submitS: 5, durationS: 100, gpuCount: 4 },
      ],
      { queue },
    );
    // 4 GPUs use up 40 GPU-seconds in 10 s: j0 0-10, j1 10-20, then both are low and j0 came first.
    expect(Array.from(run.startS)).toEqual([0, 10]);
    expect(Array.from(run.endS)).toEqual([110, 200]);
    expect(Array.from(run.preemption!.stops)).toEqual([1, 1]);
  });
});

/** The whole order from scratch at every instant: jobs run in order as long as they fit. */
function naiveRun(
  jobs: JobTable,
  gpus: number,
  rule: { readonly restartCostS: number; readonly levels?: ServiceLevels },
) {
  const state = Array.from({ length: jobs.count }, (_, job) => ({
    job,
    gpus: jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount,
    leftS: jobs.durationS[job]!,
    occupiedS: 0,
    sinceS: Number.NaN,
    dueS: Number.NaN,
    startS: Number.NaN,
    endS: Number.NaN,
    stops: 0,
    level: 0,
  }));
  type State = (typeof state)[number];
  const overheadS = (one: State): number => (one.stops > 0 ? rule.restartCostS : 0);
  const isRunning = (one: State): boolean => !Number.isNaN(one.sinceS);
  const sinksAtS = (one: State): number => {
    const endGpuS = rule.levels?.endsGpuS[one.level];
    if (!isRunning(one) || endGpuS === undefined) return Infinity;
    const atS = one.sinceS + Math.max(0, endGpuS / one.gpus - one.occupiedS);
    return atS < one.dueS ? atS : Infinity;
  };
  const stop = (one: State, nowS: number): void => {
    one.leftS -= Math.max(0, nowS - one.sinceS - overheadS(one));
    one.occupiedS += nowS - one.sinceS;
    one.sinceS = Number.NaN;
    one.stops++;
  };
  let nowS = -1;
  for (;;) {
    nowS = Math.min(
      ...state.flatMap((one) => [
        jobs.submitS[one.job]! > nowS ? jobs.submitS[one.job]! : Infinity,
        isRunning(one) ? one.dueS : Infinity,
        sinksAtS(one),
      ]),
    );
    if (nowS === Infinity) return state;
    for (const one of state) {
      if (isRunning(one) && one.dueS === nowS) {
        one.occupiedS += nowS - one.sinceS;
        one.endS = nowS;
        one.sinceS = Number.NaN;
      }
      while (sinksAtS(one) <= nowS) one.level++;
    }
    const present = state.filter(
      (one) => Number.isNaN(one.endS) && jobs.submitS[one.job]! <= nowS && one.gpus <= gpus,
    );
    const key = (one: State): number => {
      if (rule.levels !== undefined) return rule.levels.keys[one.level]!;
      return isRunning(one) ? one.dueS - nowS : overheadS(one) + one.leftS;
    };
    const tie = (one: State): number => (rule.levels === undefined && isRunning(one) ? 0 : 1);
    present.sort((a, b) => key(a) - key(b) || tie(a) - tie(b) || a.job - b.job);
    let free = gpus;
    for (const one of present) {
      const runs = one.gpus <= free;
      if (runs) free -= one.gpus;
      if (!runs && isRunning(one)) stop(one, nowS);
      if (!runs || isRunning(one)) continue;
      one.sinceS = nowS;
      one.dueS = nowS + overheadS(one) + one.leftS;
      if (Number.isNaN(one.startS)) one.startS = nowS;
    }
  }
}

const rowsOf = fc.array(
  fc.record({
    submitS: fc.integer({ min: 0, max: 60 }),
    durationS: fc.integer({ min: 1, max: 40 }),
    gpuCount: fc.constantFrom(1, 2, 4),
    workers: fc.integer({ min: 1, max: 2 }),
  }),
  { maxLength: 30 },
);

function expectSame(run: BatchRun, naive: ReturnType<typeof naiveRun>): void {
  expect(Array.from(run.startS)).toEqual(naive.map((one) => one.startS));
  expect(Array.from(run.endS)).toEqual(naive.map((one) => one.endS));
  expect(Array.from(run.preemption?.stops ?? run.startS.map(() => 0))).toEqual(
    naive.map((one) => one.stops),
  );
}

describe("equals the order made from scratch at every instant", () => {
  test("srtf", () => {
    fc.assert(
      fc.property(rowsOf, fc.constantFrom(0, 3), (rows, restartCost) => {
        const run = runJobs(rows, {
          cluster: clusterOf([6]),
          queue: { name: "srtf", options: { restartCost } },
        });
        expectSame(run, naiveRun(run.jobs, 6, { restartCostS: restartCost }));
      }),
      { numRuns: 400 },
    );
  });

  test.each(["las", "gittins"])("%s", (name) => {
    fc.assert(
      fc.property(rowsOf, fc.constantFrom(0, 4), (rows, restartCost) => {
        const queue = { name, options: { firstLevel: 16, growth: 2, levels: 4, restartCost } };
        const run = runJobs(rows, { cluster: clusterOf([6]), queue });
        const policy = createQueuePolicy(queue);
        if (policy.kind !== "preemptive-order") throw new Error("not preemptive");
        const levels = policy.serviceLevels!(run.jobs);
        expectSame(run, naiveRun(run.jobs, 6, { restartCostS: restartCost, levels }));
      }),
      { numRuns: 300 },
    );
  });
});

test("on nodes every job still does its work, and no GPU is given twice", () => {
  fc.assert(
    fc.property(rowsOf, fc.constantFrom("srtf", "las", "gittins"), (rows, name) => {
      const run = runJobs(rows, {
        cluster: clusterOf([4, 4]),
        queue: { name, options: { restartCost: 2 } },
        placement: { kind: "nodes", policy: "first-fit" },
      });
      let occupiedGpuS = 0;
      for (let job = 0; job < rows.length; job++) {
        if (outcomesOf(run)[job] === "never-placeable") continue;
        expect(outcomesOf(run)[job]).toBe("completed");
        const durationS = run.jobs.durationS[job]!;
        const occupiedS = run.preemption?.occupiedS[job] ?? durationS;
        expect(occupiedS).toBeGreaterThanOrEqual(durationS);
        occupiedGpuS +=
          occupiedS * run.jobs.workers[job]! * run.jobs.shapes[run.jobs.shape[job]!]!.gpuCount;
      }
      expect(run.utilization.integrals[0]).toBe(occupiedGpuS * 1000);
    }),
    { numRuns: 200 },
  );
});
