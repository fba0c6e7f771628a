import { describe, expect, test } from "vitest";

import type { QueuePolicySpec } from "../../policy/queue/types.js";
import { clusterOf, runJobs, tableOf, type TestJob } from "./batch-fixture.js";
import type { BatchSpec } from "./batch-spec.js";
import { placeRunning } from "./running-at-start.js";

const NODES = { kind: "nodes", policy: "pack" } as const;
const here = (nodes: readonly string[], job: TestJob): TestJob => ({
  ...job,
  workers: nodes.length,
  runningOn: nodes,
});

/** Two nodes of four GPUs: one job holds three GPUs of n1, and a gang one GPU of each node. */
const RUNNING: readonly TestJob[] = [
  here(["n1"], { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 3, ranS: 50 }),
  here(["n0", "n1"], { submitS: 0, durationS: 40, walltimeS: 40, ranS: 10 }),
];
const BACKLOG: readonly TestJob[] = [
  { submitS: 0, durationS: 10, walltimeS: 10, gpuCount: 4 },
  { submitS: 0, durationS: 10, walltimeS: 10, gpuCount: 3 },
];

const run = (rows: readonly TestJob[], options: Partial<BatchSpec> = {}) =>
  runJobs(rows, { cluster: clusterOf([4, 4]), placement: NODES, ...options });

describe("jobs that run when the trace begins", () => {
  test.each<QueuePolicySpec>([
    { name: "fifo-strict" },
    { name: "fifo-skip" },
    { name: "sjf" },
    { name: "smallest-first" },
    { name: "easy-backfill" },
    { name: "srtf" },
    { name: "las" },
    { name: "gittins" },
    { name: "priority-preemption" },
    { name: "fair-share" },
  ])("stay on their nodes under $name, and others get what is left", (queue) => {
    const rows = [...RUNNING, ...BACKLOG].map((row) => ({ ...row, preemptible: false }));
    // Never stopped: neither for jobs that go before them nor to reclaim.
    const jobs = tableOf(rows);
    const started = run(rows, {
      queue,
      jobs: { ...jobs, preemptible: new Uint8Array(jobs.count) },
    });
    expect([...started.startS.subarray(0, 2)]).toEqual([0, 0]);
    expect([...started.endS.subarray(0, 2)]).toEqual([100, 40]);
    expect(started.placementOf(0)).toEqual([{ node: 1, gpus: [0, 1, 2] }]);
    expect(started.placementOf(1)).toEqual([
      { node: 0, gpus: [0] },
      { node: 1, gpus: [3] },
    ]);
    // Three GPUs are free on n0 for 40 s; four only when the gang has ended.
    expect(started.startS[2]).toBeGreaterThanOrEqual(40);
    expect(started.outcome.every((code) => code === started.outcome[0])).toBe(true);
  });

  test("what backfills knows when they are expected to end", () => {
    // The head needs a whole node at 40; a job of 30 s on three GPUs of n0 ends in time, one of 50 s does not.
    const rows = [
      ...RUNNING,
      { submitS: 0, durationS: 10, walltimeS: 10, gpuCount: 4 },
      { submitS: 0, durationS: 50, walltimeS: 50, gpuCount: 3 },
      { submitS: 0, durationS: 30, walltimeS: 30, gpuCount: 3 },
    ];
    const { startS } = run(rows, { queue: { name: "easy-backfill" } });
    expect([...startS.subarray(2)]).toEqual([40, 50, 0]);
  });

  test("a pool keeps their GPUs, also under conservative backfilling", () => {
    const { startS } = run([...RUNNING, ...BACKLOG], {
      placement: { kind: "pool" },
      queue: { name: "conservative-backfill" },
    });
    expect([...startS]).toEqual([0, 0, 40, 0]);
  });

  test("consolidating keeps their nodes", () => {
    const started = run([...RUNNING, ...BACKLOG], { placement: { kind: "consolidate" } });
    expect(started.placementOf(0)).toEqual([{ node: 1, gpus: [0, 1, 2] }]);
    expect(started.startS[2]).toBe(40);
  });

  test("a job that is stopped without a checkpoint loses what it had done before now", () => {
    const rows = [
      here(["n0"], { submitS: 0, durationS: 100, gpuCount: 4, ranS: 50, preemptible: true }),
      { submitS: 10, durationS: 5, gpuCount: 4, priority: 9 },
    ];
    const queue = {
      name: "priority-preemption",
      options: { savesProgress: "at-checkpoints", restartCost: 0 },
    };
    const stopped = run(rows, {
      cluster: clusterOf([4]),
      queue,
    });
    // Stopped at 10 with 60 s done: all 150 s follow from 15 on.
    expect([...stopped.endS]).toEqual([165, 15]);
    expect(stopped.preemption?.lostS[0]).toBe(60);
    const saved = run(
      rows.map((row, index) => (index === 0 ? { ...row, checkpointIntervalS: 25 } : row)),
      { cluster: clusterOf([4]), queue },
    );
    // 60 s done, 50 of them saved: 100 s follow.
    expect(saved.endS[0]).toBe(115);
  });

  test("the time that is left is time on its own GPUs, whatever their speed", () => {
    const rows = [here(["n0"], { submitS: 0, durationS: 30, gpuCount: 4 })];
    const slow = run(rows, { gpuSpeeds: { H100: 0.5 } });
    expect(slow.endS[0]).toBe(30);
  });

  test("a running job without a queue under fair-share is refused", () => {
    const quotas = {
      resources: [{ name: "gpu", unit: "gpu-milli" as const }],
      flavors: [{ name: "any" }],
      queues: [
        {
          name: "other",
          groups: [
            {
              resources: ["gpu"],
              flavors: [{ flavor: "any", resources: [{ resource: "gpu", nominal: 8000 }] }],
            },
          ],
        },
      ],
      cohorts: [],
    };
    expect(() => run(RUNNING, { queue: { name: "fair-share" }, quotas })).toThrow(
      /belongs to no queue with quota/,
    );
  });
});

describe("records that cannot be so", () => {
  const faults = (rows: readonly TestJob[], withHost = true) =>
    placeRunning(tableOf(rows), clusterOf([4, 4]), { withHost }).faults;

  test.each<[string, readonly TestJob[], object]>([
    [
      "a node that is not there",
      [here(["n9"], { submitS: 0, durationS: 1 })],
      {
        rule: "unknown-node",
        message: 'job j0 runs on node "n9", which the cluster does not have',
        suggestion: "n0",
      },
    ],
    [
      "more GPUs than a node has",
      [
        here(["n0"], { submitS: 0, durationS: 1, gpuCount: 3 }),
        here(["n0"], { submitS: 0, durationS: 1, gpuCount: 2 }),
      ],
      {
        rule: "over-full-node",
        message: "node n0 has 4 GPUs; the jobs that run there hold 5: j0 with 3, j1 with 2 GPUs",
      },
    ],
    [
      "more cores than a node has",
      [here(["n0", "n0"], { submitS: 0, durationS: 1, cpuMilli: 40_000 })],
      {
        rule: "over-full-node",
        message: "node n0 has 64 cores; the jobs that run there hold 80: j0 with 2 GPUs",
      },
    ],
    [
      "a model the job does not accept",
      [here(["n0"], { submitS: 0, durationS: 1, gpuModels: ["A100"] })],
      {
        rule: "not-placeable-there",
        message: "job j0 runs on node n0, whose GPUs are H100, and asks for A100",
      },
    ],
  ])("%s", (_what, rows, fault) => {
    expect(faults(rows)).toEqual([expect.objectContaining(fault)]);
    expect(() => run(rows)).toThrow(RangeError);
  });

  test("what a placement does not look at is not held against the node", () => {
    expect(
      faults([here(["n0", "n0"], { submitS: 0, durationS: 1, cpuMilli: 40_000 })], false),
    ).toEqual([]);
  });

  test("shares of a GPU stand beside each other and beside whole ones", () => {
    const share = (gpuMilli: number): TestJob => ({ submitS: 0, durationS: 1, gpuMilli });
    const rows = [
      here(["n0"], share(600)),
      here(["n0"], share(400)),
      here(["n0"], { submitS: 0, durationS: 1, gpuCount: 3 }),
    ];
    expect(faults(rows)).toEqual([]);
    const placed = run(rows);
    expect(placed.placementOf(2)).toEqual([{ node: 0, gpus: [0, 1, 2] }]);
    expect([placed.placementOf(0), placed.placementOf(1)]).toEqual([
      [{ node: 0, gpus: [3] }],
      [{ node: 0, gpus: [3] }],
    ]);
  });
});
