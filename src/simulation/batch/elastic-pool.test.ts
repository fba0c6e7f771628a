// What an elastic group costs and how long jobs wait for it decides between buying and renting: every boot
// and every return is checked by hand.
import { describe, expect, test } from "vitest";

import { clusterOf, runJobs, tableOf, type TestJob } from "./batch-fixture.js";
import type { ClusterProcessEntry } from "./cluster-process.js";
import { createElasticPool, type ElasticPool, type ElasticPoolSpec } from "./elastic-pool.js";

const BOOT = [
  { name: "boot", medianS: 60, sigma: 0 },
  { name: "image", medianS: 40, sigma: 0 },
];

/** Runs jobs on nodes of 8 GPUs that are all elastic; returns the run and what the pool did. */
function runElastic(
  rows: readonly TestJob[],
  nodeCount: number,
  change: Partial<ElasticPoolSpec> = {},
  seed = 1,
) {
  let pool: ElasticPool | undefined;
  const entry: ClusterProcessEntry = (context) => {
    pool = createElasticPool(
      {
        name: "vm",
        firstNode: 0,
        nodeCount,
        nodesMin: 0,
        idleTimeoutS: 300,
        provisioning: BOOT,
        ...change,
      },
      context,
    );
    return pool;
  };
  const run = runJobs(rows, {
    cluster: clusterOf(Array.from({ length: nodeCount }, () => 8)),
    placement: { kind: "nodes", policy: "pack" },
    queue: { name: "fifo-skip" },
    processes: [entry],
    seed,
  });
  return { run, outcome: pool!.outcome() };
}

describe("an elastic group", () => {
  test("starts a node for a waiting job, which runs when the node is ready", () => {
    const { run, outcome } = runElastic([{ submitS: 10, durationS: 50, gpuCount: 8 }], 4);
    expect([...run.startS]).toEqual([110]);
    expect(outcome.boots).toBe(1);
    expect(outcome.provisioningS).toBe(100);
    expect(outcome.upTimes).toEqual([{ node: 0, fromS: 10, toS: Number.NaN }]);
  });

  test("starts one node after the other where no two may be in provisioning at a time", () => {
    const rows = [0, 0, 0].map((submitS) => ({ submitS, durationS: 500, gpuCount: 8 }));
    const { run, outcome } = runElastic(rows, 4, { bootsAtOnceMax: 1 });
    expect([...run.startS]).toEqual([100, 200, 300]);
    expect(outcome.upTimes.map(({ fromS }) => fromS)).toEqual([0, 100, 200]);
  });

  test("starts no node beyond the quota of GPUs, and one in the place of one given back", () => {
    const rows = [0, 0, 0].map((submitS) => ({ submitS, durationS: 50, gpuCount: 8 }));
    const { run, outcome } = runElastic(rows, 4, { gpuQuota: 23 });
    expect([...run.startS]).toEqual([100, 100, 150]);
    expect(outcome.boots).toBe(2);
  });

  test("starts as many nodes as the waiting workers fill, and no more than it has", () => {
    const rows = [
      { submitS: 0, durationS: 50, gpuCount: 8, workers: 2 },
      { submitS: 0, durationS: 50, gpuCount: 2 },
      { submitS: 0, durationS: 50, gpuCount: 2 },
    ];
    expect(runElastic(rows, 9).outcome.boots).toBe(3);
    expect(runElastic(rows, 2).outcome.boots).toBe(2);
  });

  test("jobs that come while nodes boot share them", () => {
    const { outcome, run } = runElastic(
      [
        { submitS: 0, durationS: 50, gpuCount: 4 },
        { submitS: 30, durationS: 50, gpuCount: 4 },
        { submitS: 60, durationS: 50, gpuCount: 1 },
      ],
      4,
    );
    // The third does not fit beside the first two, and takes their node before its own is ready at 160.
    expect(outcome.boots).toBe(2);
    expect([...run.startS]).toEqual([100, 100, 150]);
  });

  test("gives a node back when it was idle for the timeout, and starts it again when needed", () => {
    const { outcome } = runElastic(
      [
        { submitS: 0, durationS: 50, gpuCount: 8 },
        { submitS: 1000, durationS: 50, gpuCount: 8 },
      ],
      1,
    );
    // Ready at 100, job until 150, idle until 450.
    expect(outcome.upTimes).toEqual([
      { node: 0, fromS: 0, toS: 450 },
      { node: 0, fromS: 1000, toS: Number.NaN },
    ]);
    expect(outcome.boots).toBe(2);
  });

  test("keeps a node that is used again before the timeout", () => {
    const { outcome, run } = runElastic(
      [
        { submitS: 0, durationS: 50, gpuCount: 8 },
        { submitS: 440, durationS: 50, gpuCount: 8 },
        { submitS: 700, durationS: 50, gpuCount: 8 },
      ],
      1,
    );
    expect(outcome.boots).toBe(1);
    expect([...run.startS]).toEqual([100, 440, 700]);
  });

  test("the least nodes are there from the start and are never given back", () => {
    const { outcome, run } = runElastic(
      [
        { submitS: 0, durationS: 50, gpuCount: 8 },
        { submitS: 5000, durationS: 50, gpuCount: 8 },
      ],
      3,
      { nodesMin: 1 },
    );
    expect([...run.startS]).toEqual([0, 5000]);
    expect(outcome.boots).toBe(0);
    expect(outcome.upTimes).toEqual([{ node: 0, fromS: 0, toS: Number.NaN }]);
  });

  test("nodes wait for each other when a gang needs several, however long the last one takes", () => {
    const { outcome, run } = runElastic(
      [{ submitS: 0, durationS: 50, gpuCount: 8, workers: 6 }],
      6,
      { provisioning: [{ name: "boot", medianS: 100, sigma: 1.5 }], idleTimeoutS: 10 },
      3,
    );
    expect(outcome.boots).toBe(6);
    expect(outcome.upTimes).toHaveLength(6);
    expect(run.startS[0]).toBeGreaterThan(100);
  });

  test("a job that no node can hold starts none", () => {
    const rows = [{ submitS: 0, durationS: 50, gpuCount: 8, gpuModels: ["B200"] }];
    const { outcome } = runElastic([...rows, { submitS: 0, durationS: 5, gpuCount: 1 }], 4);
    expect(outcome.boots).toBe(1);
  });

  test("provisioning times follow the distribution: half of the nodes take less than the median", () => {
    const rows = Array.from({ length: 400 }, () => ({ submitS: 0, durationS: 1e5, gpuCount: 8 }));
    const { run } = runElastic(rows, 400, {
      provisioning: [{ name: "boot", medianS: 284, sigma: 0.3 }],
    });
    const below = [...run.startS].filter((startS) => startS < 284).length;
    // Binomial with p = 1/2: standard deviation 10.
    expect(Math.abs(below - 200)).toBeLessThan(40);
  });

  test("the same seed gives the same times, another seed others", () => {
    const rows = [{ submitS: 0, durationS: 1, gpuCount: 8 }];
    const spread = { provisioning: [{ name: "boot", medianS: 284, sigma: 0.3 }] };
    const start = (seed: number): number => runElastic(rows, 1, spread, seed).run.startS[0]!;
    expect(start(5)).toBe(start(5));
    expect(start(5)).not.toBe(start(6));
  });

  test("refuses a pool placement, which has no nodes to start", () => {
    const entry: ClusterProcessEntry = (context) =>
      createElasticPool(
        { name: "vm", firstNode: 0, nodeCount: 1, nodesMin: 0, idleTimeoutS: 1, provisioning: [] },
        context,
      );
    expect(() =>
      runJobs([{ submitS: 0, durationS: 1 }], {
        processes: [entry],
        jobs: tableOf([{ submitS: 0, durationS: 1 }]),
      }),
    ).toThrow(/elastic nodes vm: a pool has no places/);
  });
});
