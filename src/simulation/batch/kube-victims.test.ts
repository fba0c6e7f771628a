import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../cluster/spec.js";
import { clusterOf, outcomesOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { BatchRun } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";
import { compareNodeCosts, type NodeCost } from "./kube-victims.js";
import { RECORD_KINDS } from "./records.js";

const queue = { name: "priority-preemption" };
const placement: PlacementSpec = { kind: "nodes", policy: "first-fit" };

/** Nodes of four GPUs, each with a GPU model of its own, so that a test can pin jobs to nodes. */
function pinnable(models: readonly string[]): ClusterSpec {
  return {
    nodes: models.map((gpuModel) => ({ ...clusterOf([4]).nodes[0]!, name: gpuModel, gpuModel })),
  };
}

function low(node: string, priority: number, gpuCount: number, submitS = 0): TestJob {
  return { submitS, durationS: 1000, gpuCount, gpuModels: [node], priority };
}

/** Runs the low-priority jobs and then one job of priority 9; says which were stopped at 100. */
function stopped(
  rows: readonly TestJob[],
  preemptor: Partial<TestJob>,
  nodes: readonly string[],
): number[] {
  const run = runJobs(
    [...rows, { submitS: 100, durationS: 10, priority: 9, gpuCount: 4, ...preemptor }],
    {
      cluster: pinnable(nodes),
      queue,
      placement,
    },
  );
  expect(run.startS[rows.length]).toBe(100);
  return rows.flatMap((_, job) => ((run.preemption?.stops[job] ?? 0) > 0 ? [job] : []));
}

describe("kube's choice of node", () => {
  test.each([
    ["lowest highest victim", [low("a", 5, 4), low("b", 3, 2), low("b", 3, 2)], [1, 2]],
    [
      "lowest sum of priorities",
      [low("a", 3, 2), low("a", 1, 2), low("b", 3, 2), low("b", 0, 2)],
      [2, 3],
    ],
    ["fewest victims, through the sum", [low("a", 3, 2), low("a", 3, 2), low("b", 3, 4)], [2]],
    ["latest start of the highest victims", [low("a", 3, 4, 0), low("b", 3, 4, 5)], [1]],
    [
      "start of lower victims does not count",
      [low("a", 3, 2, 0), low("b", 3, 2, 1), low("b", 2, 2, 1), low("a", 2, 2, 9)],
      [1, 2],
    ],
    ["first node in order", [low("a", 3, 4), low("b", 3, 4)], [0]],
  ])("%s", (_, rows, want) => {
    expect(stopped(rows, {}, ["a", "b"])).toEqual(want);
  });

  test("a node where even all victims would not do is no choice", () => {
    expect(stopped([low("a", 9, 1), low("a", 0, 3), low("b", 5, 4)], {}, ["a", "b"])).toEqual([2]);
  });

  test("each criterion decides only between equals in those before it", () => {
    const base: NodeCost = {
      node: 1,
      victims: [1, 2],
      highestPriority: 5,
      prioritySum: 10,
      earliestStartS: 3,
    };
    const better: readonly Partial<NodeCost>[] = [
      { highestPriority: 4, prioritySum: 99 },
      { prioritySum: 9, victims: [1, 2, 3] },
      { victims: [1], earliestStartS: 1 },
      { earliestStartS: 4, node: 7 },
      { node: 0 },
    ];
    for (const change of better) {
      expect(compareNodeCosts({ ...base, ...change }, base)).toBeLessThan(0);
      expect(compareNodeCosts(base, { ...base, ...change })).toBeGreaterThan(0);
    }
  });
});

describe("kube's choice of victims on a node", () => {
  test.each([
    [
      "equal priority: the earlier start is reprieved",
      [low("a", 1, 2, 0), low("a", 1, 2, 5)],
      2,
      [1],
    ],
    ["the higher priority is reprieved", [low("a", 1, 2, 0), low("a", 2, 2, 5)], 2, [0]],
    [
      "a reprieve that would not fit passes to the next",
      [low("a", 3, 3, 0), low("a", 1, 1, 5)],
      2,
      [0],
    ],
    ["equal to the preemptor is no victim", [low("a", 9, 2, 0), low("a", 8, 2, 5)], 2, [1]],
  ])("%s", (_, rows, gpuCount, want) => {
    expect(stopped(rows, { gpuCount }, ["a"])).toEqual(want);
  });

  test("nobody is stopped where there is room, or for an equal", () => {
    expect(stopped([low("a", 0, 4)], {}, ["a", "b"])).toEqual([]);
    const run = runJobs([low("a", 9, 4), { submitS: 5, durationS: 1, gpuCount: 4, priority: 9 }], {
      cluster: pinnable(["a"]),
      queue,
      placement,
    });
    expect(run.startS[1]).toBe(1000);
  });

  test("a gang is placed worker by worker, and a gang that loses one worker stops as a whole", () => {
    const gang: TestJob = {
      submitS: 0,
      durationS: 1000,
      gpuCount: 4,
      workers: 2,
      priority: 1,
      gpuModels: ["b", "c"],
    };
    expect(stopped([low("a", 2, 4), gang], { workers: 2 }, ["a", "b", "c"])).toEqual([1]);
    expect(stopped([low("a", 0, 4), gang], { workers: 3 }, ["a", "b", "c"])).toEqual([0, 1]);
    expect(stopped([low("a", 2, 4), gang], {}, ["a", "b", "c"])).toEqual([1]);
  });

  test("a pool is one large node", () => {
    const rows = [low("a", 1, 2, 0), low("a", 1, 1, 5), low("a", 3, 1, 6)].map(
      ({ gpuModels: _, ...row }) => row,
    );
    const run = runJobs([...rows, { submitS: 100, durationS: 10, priority: 9, gpuCount: 2 }], {
      queue,
    });
    expect(run.startS[3]).toBe(100);
    // Of 4 GPUs 2 may stay: the highest first (1), then by start: j0 needs 2 and 1 is left, j1 fits.
    expect(Array.from(run.preemption!.stops)).toEqual([1, 0, 0, 0]);
  });
});

test("without preemption the highest priority goes first and nobody is stopped", () => {
  const rows: TestJob[] = [
    { submitS: 0, durationS: 10, gpuCount: 4, priority: 0 },
    { submitS: 1, durationS: 10, gpuCount: 4, priority: 1 },
    { submitS: 2, durationS: 10, gpuCount: 4, priority: 2 },
    { submitS: 3, durationS: 10, gpuCount: 4, priority: 2 },
  ];
  const run = runJobs(rows, { queue: { name: "priority" } });
  expect(Array.from(run.startS)).toEqual([0, 30, 10, 20]);
  expect(run.preemption).toBeUndefined();
});

const rowsOf = fc.array(
  fc.record({
    submitS: fc.integer({ min: 0, max: 60 }),
    durationS: fc.integer({ min: 1, max: 40 }),
    gpuCount: fc.integer({ min: 1, max: 4 }),
    workers: fc.integer({ min: 1, max: 2 }),
    priority: fc.integer({ min: -1, max: 2 }),
  }),
  { maxLength: 30 },
);

/** After every instant no waiting job could start by stopping jobs of lower priority. */
function expectNoInversion(run: BatchRun, gpus: number): void {
  const { records, jobs } = run;
  const gpusOf = (job: number): number =>
    jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount;
  const running = new Set<number>();
  const waiting = new Set<number>();
  for (let row = 0; row < records.count; row++) {
    const job = records.job[row]!;
    const kind = RECORD_KINDS[records.kind[row]!]!;
    if (kind === "submitted" || kind === "stopped") waiting.add(job);
    if (kind === "started" || kind === "resumed" || kind === "never-placeable") waiting.delete(job);
    if (kind === "started" || kind === "resumed") running.add(job);
    if (kind === "finished" || kind === "stopped") running.delete(job);
    if (row + 1 < records.count && records.timeS[row + 1] === records.timeS[row]) continue;
    for (const candidate of waiting) {
      const held = [...running]
        .filter((other) => jobs.priority[other]! >= jobs.priority[candidate]!)
        .reduce((sum, other) => sum + gpusOf(other), 0);
      expect(gpus - held).toBeLessThan(gpusOf(candidate));
    }
  }
}

test("no priority inversion in a pool, and all work is done on nodes too", () => {
  fc.assert(
    fc.property(rowsOf, (rows) => {
      const options = { queue: { name: "priority-preemption", options: { restartCost: 3 } } };
      expectNoInversion(runJobs(rows, { ...options, cluster: clusterOf([6]) }), 6);
      const run = runJobs(rows, { ...options, cluster: clusterOf([4, 3]), placement });
      outcomesOf(run).forEach((outcome, job) => {
        expect(["completed", "never-placeable"]).toContain(outcome);
        if (outcome !== "completed") return;
        const stops = run.preemption?.stops[job] ?? 0;
        const occupiedS = run.preemption?.occupiedS[job] ?? run.jobs.durationS[job]!;
        expect(occupiedS).toBeLessThanOrEqual(run.jobs.durationS[job]! + 3 * stops);
        expect(occupiedS).toBeGreaterThanOrEqual(run.jobs.durationS[job]!);
      });
    }),
    { numRuns: 300 },
  );
});
