import { describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../cluster/spec.js";
import { clusterOf, outcomesOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { PlacementSpec } from "./placement-spec.js";
import { summarizeBatch } from "./summary.js";

describe("who starts when", () => {
  // Four GPUs: j0 takes three, j1 needs two and must wait, j2 and j3 would fit in the gap.
  const rows: TestJob[] = [
    { submitS: 0, durationS: 100, gpuCount: 3 },
    { submitS: 1, durationS: 50, gpuCount: 2 },
    { submitS: 2, durationS: 40, gpuCount: 1 },
    { submitS: 3, durationS: 10, gpuCount: 1 },
  ];

  test.each([
    ["fifo-strict", {}, [0, 100, 100, 100]],
    ["fifo-skip", {}, [0, 100, 2, 42]],
    ["sjf", {}, [0, 100, 2, 42]],
    ["sjf", { blocking: "head" }, [0, 100, 2, 42]],
    ["smallest-first", {}, [0, 100, 2, 42]],
  ])("%s %j", (name, options, want) => {
    expect(Array.from(runJobs(rows, { queue: { name, options } }).startS)).toEqual(want);
  });

  test("shortest first with skipping and with a blocking head differ", () => {
    const blocked: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 3 },
      { submitS: 1, durationS: 5, gpuCount: 2 },
      { submitS: 1, durationS: 10, gpuCount: 1 },
    ];
    expect(Array.from(runJobs(blocked, { queue: { name: "sjf" } }).startS)).toEqual([0, 100, 1]);
    const head = runJobs(blocked, { queue: { name: "sjf", options: { blocking: "head" } } });
    expect(Array.from(head.startS)).toEqual([0, 100, 100]);
  });

  test("equal keys go in file order, and an end frees its GPUs before an arrival of the same instant", () => {
    const ties: TestJob[] = [
      { submitS: 0, durationS: 10, gpuCount: 4 },
      { submitS: 10, durationS: 7, gpuCount: 4 },
      { submitS: 10, durationS: 7, gpuCount: 4 },
    ];
    for (const name of ["fifo-strict", "fifo-skip", "sjf", "smallest-first"]) {
      expect(Array.from(runJobs(ties, { queue: { name } }).startS)).toEqual([0, 10, 17]);
    }
  });

  test("a job of no length starts, ends and makes room within one instant", () => {
    const instant: TestJob[] = [
      { submitS: 5, durationS: 0, gpuCount: 4 },
      { submitS: 5, durationS: 3, gpuCount: 4 },
    ];
    const result = runJobs(instant);
    expect(Array.from(result.startS)).toEqual([5, 5]);
    expect(Array.from(result.endS)).toEqual([5, 8]);
  });
});

describe("what is said of a job", () => {
  test("a job no cluster can hold is never placeable and stops nobody", () => {
    const result = runJobs([
      { submitS: 0, durationS: 5, gpuCount: 8 },
      { submitS: 0, durationS: 5, gpuCount: 2, workers: 3 },
      { submitS: 1, durationS: 5, gpuCount: 4 },
    ]);
    expect(outcomesOf(result)).toEqual(["never-placeable", "never-placeable", "completed"]);
    expect(reasonOf(result, 0)).toBe("needs 8 GPUs, the pool has 4");
    expect(reasonOf(result, 1)).toBe("needs 6 GPUs, the pool has 4");
    expect(result.warnings).toEqual(["2 of 3 jobs can never be placed on this cluster."]);
    expect(summarizeBatch(result).jobs).toMatchObject({
      count: 3,
      completed: 1,
      neverPlaceable: 2,
    });
  });

  test("the head waits for room, those behind it wait for the head", () => {
    const result = runJobs([
      { submitS: 0, durationS: 10, gpuCount: 3 },
      { submitS: 1, durationS: 10, gpuCount: 2 },
      { submitS: 2, durationS: 10, gpuCount: 1 },
      { submitS: 30, durationS: 1, gpuCount: 1 },
    ]);
    expect(reasonOf(result, 0)).toBeUndefined();
    expect(reasonOf(result, 1)).toBe("fewer GPUs free in the pool than the job needs");
    expect(reasonOf(result, 2)).toBe("behind a job that needs 2 GPUs");
    expect(reasonOf(result, 3)).toBeUndefined();
    expect(summarizeBatch(result).waitReasons).toEqual([
      { reason: "fewer GPUs free in the pool than the job needs", jobs: 1, waitHours: 9 / 3600 },
      { reason: "behind a job that needs 2 GPUs", jobs: 1, waitHours: 8 / 3600 },
    ]);
  });

  test("a run cut by time says what was left", () => {
    const result = runJobs(
      [
        { submitS: 0, durationS: 10, gpuCount: 4 },
        { submitS: 1, durationS: 10, gpuCount: 4 },
        { submitS: 2, durationS: 10, gpuCount: 4 },
        { submitS: 50, durationS: 10, gpuCount: 4 },
      ],
      { limits: { untilS: 12, eventsMax: 1000 } },
    );
    expect(outcomesOf(result)).toEqual(["completed", "running", "waiting", "not-submitted"]);
    expect(result.stopReason).toBe("time-limit");
    expect(result.warnings[0]).toContain("1 jobs running and 1 waiting");
    const summary = summarizeBatch(result);
    expect(summary.jobs).toMatchObject({
      count: 3,
      completed: 1,
      running: 1,
      waiting: 1,
      makespanS: 10,
    });
    expect(summary.waitReasons).toEqual([
      { reason: "fewer GPUs free in the pool than the job needs", jobs: 2, waitHours: 19 / 3600 },
    ]);
  });

  test("places: worker by worker on nodes, nothing in a pool", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 5, gpuCount: 2, workers: 3 },
      { submitS: 0, durationS: 5, gpuCount: 2 },
    ];
    const cluster = clusterOf([4, 4]);
    const placed = runJobs(rows, { cluster, placement: { kind: "nodes", policy: "first-fit" } });
    expect(placed.placementOf(0)).toEqual([
      { node: 0, gpus: [0, 1] },
      { node: 0, gpus: [2, 3] },
      { node: 1, gpus: [0, 1] },
    ]);
    expect(placed.placementOf(1)).toEqual([{ node: 1, gpus: [2, 3] }]);
    expect(runJobs(rows, { cluster }).placementOf(0)).toEqual([]);
  });

  test("a gang takes all or nothing", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 10, gpuCount: 3 },
      { submitS: 1, durationS: 10, gpuCount: 2, workers: 3 },
      { submitS: 2, durationS: 10, gpuCount: 2, workers: 2 },
    ];
    const result = runJobs(rows, {
      cluster: clusterOf([4, 4]),
      queue: { name: "fifo-skip" },
      placement: { kind: "nodes", policy: "first-fit" },
    });
    expect(Array.from(result.startS)).toEqual([0, 12, 2]);
    expect(reasonOf(result, 1)).toBe("not enough room for all workers of the gang at once");
  });
});

describe("partitions", () => {
  const cluster: ClusterSpec = {
    nodes: [...clusterOf([8, 8], "a").nodes, ...clusterOf([8], "b").nodes],
  };

  test("each has its own nodes and its own queue", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 8, partition: "b" },
      { submitS: 1, durationS: 100, gpuCount: 1, partition: "b" },
      { submitS: 2, durationS: 100, gpuCount: 16, partition: "a" },
      { submitS: 3, durationS: 100, gpuCount: 1, partition: "c" },
    ];
    const result = runJobs(rows, { cluster, placement: { kind: "consolidate" } });
    expect(outcomesOf(result)).toEqual(["completed", "completed", "completed", "never-placeable"]);
    expect(Array.from(result.startS).slice(0, 3)).toEqual([0, 100, 2]);
    expect(result.placementOf(0)[0]!.node).toBe(2);
    expect(result.placementOf(2).map((part) => part.node)).toEqual([0, 1]);
    expect(reasonOf(result, 3)).toBe("no node belongs to the job's partition");
    expect(summarizeBatch(result).partitions.map((group) => group.name)).toEqual(["b", "a", "c"]);
  });

  test("shared on request", () => {
    const rows: TestJob[] = [{ submitS: 0, durationS: 1, gpuCount: 24, partition: "c" }];
    expect(outcomesOf(runJobs(rows, { cluster, partitions: "shared" }))).toEqual(["completed"]);
  });
});

describe("consolidating placement", () => {
  test("up to a node: the tightest node that has room, lowest index on ties", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 5 },
      { submitS: 1, durationS: 100, gpuCount: 6 },
      { submitS: 2, durationS: 100, gpuCount: 2 },
      { submitS: 3, durationS: 100, gpuCount: 3 },
    ];
    const result = runJobs(rows, {
      cluster: clusterOf([8, 8, 8]),
      placement: { kind: "consolidate" },
    });
    expect([0, 1, 2, 3].map((job) => result.placementOf(job)[0]!.node)).toEqual([0, 1, 1, 0]);
  });

  test("beyond a node: wholly free nodes in order, the rest on the next by free GPUs", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 4 },
      { submitS: 1, durationS: 100, gpuCount: 10 },
      { submitS: 2, durationS: 100, gpuCount: 8, workers: 2 },
      { submitS: 3, durationS: 100, gpuCount: 12 },
    ];
    const result = runJobs(rows, {
      cluster: clusterOf([8, 8, 8, 8]),
      placement: { kind: "consolidate" },
    });
    // The rest of j1 goes to the next wholly free node, not to the half-used node 0: Helios' order.
    expect(result.placementOf(1).map(({ node, gpus }) => [node, gpus.length])).toEqual([
      [1, 8],
      [2, 2],
    ]);
    // At 100 node 0 is free again, and node 3 was never used.
    expect(result.startS[2]).toBe(100);
    expect(reasonOf(result, 2)).toBe("fewer wholly free nodes than the job needs");
  });

  test("refuses a partition of unequal nodes and jobs that ask for shares", () => {
    const placement: PlacementSpec = { kind: "consolidate" };
    const rows: TestJob[] = [{ submitS: 0, durationS: 1, gpuCount: 1, gpuMilli: 500 }];
    expect(() => runJobs(rows, { cluster: clusterOf([8, 4]), placement })).toThrow(
      "same number of GPUs, got 8 on n0 and 4",
    );
    expect(outcomesOf(runJobs(rows, { cluster: clusterOf([8]), placement }))).toEqual([
      "never-placeable",
    ]);
  });
});

test("unknown names are refused with what is allowed", () => {
  const rows: TestJob[] = [{ submitS: 0, durationS: 1 }];
  expect(() => runJobs(rows, { queue: { name: "lifo" } })).toThrow(
    "must be one of fifo-strict, fifo-skip",
  );
  expect(() => runJobs(rows, { queue: { name: "sjf", options: { blocking: "maybe" } } })).toThrow(
    "one of skip, head",
  );
  expect(() => runJobs(rows, { placement: { kind: "nodes", policy: "nope" } })).toThrow(
    'got "nope"',
  );
});

test("no job at all is a run of no length", () => {
  const result = runJobs([], { observe: { idleClasses: true } });
  expect(result).toMatchObject({ eventsHandled: 0, stopReason: "drained" });
  expect(summarizeBatch(result).jobs).toMatchObject({ count: 0, makespanS: 0, queueLengthMean: 0 });
});

test("hand-computed averages over time", () => {
  const result = runJobs(
    [
      { submitS: 10, durationS: 10, gpuCount: 4, tenant: "a" },
      { submitS: 10, durationS: 30, gpuCount: 2, tenant: "b" },
      { submitS: 10, durationS: 5, gpuCount: 1, tenant: "b" },
    ],
    { observe: { idleClasses: true, checkInvariants: true } },
  );
  // 10..20: 4 GPUs busy, 2 wait. 20..25: 3 busy, none waits. 25..50: 2 busy.
  const { jobs, gpu, tenants } = summarizeBatch(result);
  expect(result.endOfRunS).toBe(50);
  expect(gpu.allocatedShare).toBeCloseTo((40 + 15 + 50) / (4 * 40), 12);
  expect(gpu.allocatedShareMax).toBe(1);
  expect(jobs.queueLengthMean).toBeCloseTo(20 / 40, 12);
  expect(jobs.queueLengthMax).toBe(2);
  expect(jobs.makespanS).toBe(40);
  expect(jobs.gpuHours).toBeCloseTo(105 / 3600, 12);
  expect(jobs.waitS).toMatchObject({ mean: 20 / 3, p50: 10, max: 10 });
  expect(jobs.jctS.mean).toBeCloseTo((10 + 40 + 15) / 3, 12);
  expect(jobs.slowdown.mean).toBeCloseTo((1 + 40 / 30 + 3) / 3, 12);
  expect(jobs.boundedSlowdown.mean).toBeCloseTo((1 + 40 / 30 + 1.5) / 3, 12);
  expect(jobs.tenantFairness).toBeCloseTo((40 + 65) ** 2 / (2 * (40 ** 2 + 65 ** 2)), 12);
  expect(tenants.map(({ name, jobs: count }) => [name, count])).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  const idle = Object.values(gpu.idleByClass).reduce((sum, share) => sum + share, 0);
  expect(idle + gpu.allocatedShare).toBeCloseTo(1, 12);
  expect(Array.from(result.series.timeS)).toEqual([10, 20, 25, 50]);
  expect(Array.from(result.series.gpuMilliAllocated)).toEqual([4000, 3000, 2000, 0]);
  expect(Array.from(result.series.jobsQueued)).toEqual([2, 0, 0, 0]);
});
