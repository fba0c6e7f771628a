import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../cluster/spec.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobRow } from "../../workload/job-row.js";
import type { JobTable } from "../../workload/job-table.js";
import { OUTCOMES, type BatchRun, type BatchSpec, type PlacementSpec } from "./batch-spec.js";
import { digestRecords, RECORD_KINDS } from "./records.js";
import { simulateBatch } from "./simulate-batch.js";
import { summarizeBatch } from "./summary.js";

type Row = Partial<JobRow> & { readonly submitS: number; readonly durationS: number };

function tableOf(rows: readonly Row[]): JobTable {
  const builder = createJobTableBuilder();
  rows.forEach((row, index) => builder.add({ id: `j${index}`, gpuCount: 1, ...row }));
  return builder.build({ originS: 0 }).jobs;
}

function clusterOf(gpuCounts: readonly number[], partition?: string): ClusterSpec {
  return {
    nodes: gpuCounts.map((gpuCount, index) => ({
      name: `n${index}`,
      cpuMilli: 64_000,
      memoryBytes: 2 ** 40,
      podsMax: 110,
      gpuCount,
      gpuModel: "H100",
      ...(partition === undefined ? {} : { partition }),
    })),
  };
}

function run(rows: readonly Row[], options: Partial<BatchSpec> = {}): BatchRun {
  return simulateBatch({
    cluster: clusterOf([4]),
    jobs: tableOf(rows),
    queue: { name: "fifo-strict" },
    placement: { kind: "pool" },
    seed: 1,
    limits: { eventsMax: 1_000_000 },
    observe: { checkInvariants: true },
    ...options,
  });
}

const outcomes = (result: BatchRun): string[] =>
  Array.from(result.outcome, (code) => OUTCOMES[code]!);
const reasonOf = (result: BatchRun, job: number): string | undefined =>
  result.reasons[result.waitReason[job]!];

describe("who starts when", () => {
  // Four GPUs: j0 takes three, j1 needs two and must wait, j2 and j3 would fit in the gap.
  const rows: Row[] = [
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
    expect(Array.from(run(rows, { queue: { name, options } }).startS)).toEqual(want);
  });

  test("shortest first with skipping and with a blocking head differ", () => {
    const blocked: Row[] = [
      { submitS: 0, durationS: 100, gpuCount: 3 },
      { submitS: 1, durationS: 5, gpuCount: 2 },
      { submitS: 1, durationS: 10, gpuCount: 1 },
    ];
    expect(Array.from(run(blocked, { queue: { name: "sjf" } }).startS)).toEqual([0, 100, 1]);
    const head = run(blocked, { queue: { name: "sjf", options: { blocking: "head" } } });
    expect(Array.from(head.startS)).toEqual([0, 100, 100]);
  });

  test("equal keys go in file order, and an end frees its GPUs before an arrival of the same instant", () => {
    const ties: Row[] = [
      { submitS: 0, durationS: 10, gpuCount: 4 },
      { submitS: 10, durationS: 7, gpuCount: 4 },
      { submitS: 10, durationS: 7, gpuCount: 4 },
    ];
    for (const name of ["fifo-strict", "fifo-skip", "sjf", "smallest-first"]) {
      expect(Array.from(run(ties, { queue: { name } }).startS)).toEqual([0, 10, 17]);
    }
  });

  test("a job of no length starts, ends and makes room within one instant", () => {
    const instant: Row[] = [
      { submitS: 5, durationS: 0, gpuCount: 4 },
      { submitS: 5, durationS: 3, gpuCount: 4 },
    ];
    const result = run(instant);
    expect(Array.from(result.startS)).toEqual([5, 5]);
    expect(Array.from(result.endS)).toEqual([5, 8]);
  });
});

describe("what is said of a job", () => {
  test("a job no cluster can hold is never placeable and stops nobody", () => {
    const result = run([
      { submitS: 0, durationS: 5, gpuCount: 8 },
      { submitS: 0, durationS: 5, gpuCount: 2, workers: 3 },
      { submitS: 1, durationS: 5, gpuCount: 4 },
    ]);
    expect(outcomes(result)).toEqual(["never-placeable", "never-placeable", "completed"]);
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
    const result = run([
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
    const result = run(
      [
        { submitS: 0, durationS: 10, gpuCount: 4 },
        { submitS: 1, durationS: 10, gpuCount: 4 },
        { submitS: 2, durationS: 10, gpuCount: 4 },
        { submitS: 50, durationS: 10, gpuCount: 4 },
      ],
      { limits: { untilS: 12, eventsMax: 1000 } },
    );
    expect(outcomes(result)).toEqual(["completed", "running", "waiting", "not-submitted"]);
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
    const rows: Row[] = [
      { submitS: 0, durationS: 5, gpuCount: 2, workers: 3 },
      { submitS: 0, durationS: 5, gpuCount: 2 },
    ];
    const cluster = clusterOf([4, 4]);
    const placed = run(rows, { cluster, placement: { kind: "nodes", policy: "first-fit" } });
    expect(placed.placementOf(0)).toEqual([
      { node: 0, gpus: [0, 1] },
      { node: 0, gpus: [2, 3] },
      { node: 1, gpus: [0, 1] },
    ]);
    expect(placed.placementOf(1)).toEqual([{ node: 1, gpus: [2, 3] }]);
    expect(run(rows, { cluster }).placementOf(0)).toEqual([]);
  });

  test("a gang takes all or nothing", () => {
    const rows: Row[] = [
      { submitS: 0, durationS: 10, gpuCount: 3 },
      { submitS: 1, durationS: 10, gpuCount: 2, workers: 3 },
      { submitS: 2, durationS: 10, gpuCount: 2, workers: 2 },
    ];
    const result = run(rows, {
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
    const rows: Row[] = [
      { submitS: 0, durationS: 100, gpuCount: 8, partition: "b" },
      { submitS: 1, durationS: 100, gpuCount: 1, partition: "b" },
      { submitS: 2, durationS: 100, gpuCount: 16, partition: "a" },
      { submitS: 3, durationS: 100, gpuCount: 1, partition: "c" },
    ];
    const result = run(rows, { cluster, placement: { kind: "consolidate" } });
    expect(outcomes(result)).toEqual(["completed", "completed", "completed", "never-placeable"]);
    expect(Array.from(result.startS).slice(0, 3)).toEqual([0, 100, 2]);
    expect(result.placementOf(0)[0]!.node).toBe(2);
    expect(result.placementOf(2).map((part) => part.node)).toEqual([0, 1]);
    expect(reasonOf(result, 3)).toBe("no node belongs to the job's partition");
    expect(summarizeBatch(result).partitions.map((group) => group.name)).toEqual(["b", "a", "c"]);
  });

  test("shared on request", () => {
    const rows: Row[] = [{ submitS: 0, durationS: 1, gpuCount: 24, partition: "c" }];
    expect(outcomes(run(rows, { cluster, partitions: "shared" }))).toEqual(["completed"]);
  });
});

describe("consolidating placement", () => {
  test("up to a node: the tightest node that has room, lowest index on ties", () => {
    const rows: Row[] = [
      { submitS: 0, durationS: 100, gpuCount: 5 },
      { submitS: 1, durationS: 100, gpuCount: 6 },
      { submitS: 2, durationS: 100, gpuCount: 2 },
      { submitS: 3, durationS: 100, gpuCount: 3 },
    ];
    const result = run(rows, { cluster: clusterOf([8, 8, 8]), placement: { kind: "consolidate" } });
    expect([0, 1, 2, 3].map((job) => result.placementOf(job)[0]!.node)).toEqual([0, 1, 1, 0]);
  });

  test("beyond a node: wholly free nodes in order, the rest on the next by free GPUs", () => {
    const rows: Row[] = [
      { submitS: 0, durationS: 100, gpuCount: 4 },
      { submitS: 1, durationS: 100, gpuCount: 10 },
      { submitS: 2, durationS: 100, gpuCount: 8, workers: 2 },
      { submitS: 3, durationS: 100, gpuCount: 12 },
    ];
    const result = run(rows, {
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
    const rows: Row[] = [{ submitS: 0, durationS: 1, gpuCount: 1, gpuMilli: 500 }];
    expect(() => run(rows, { cluster: clusterOf([8, 4]), placement })).toThrow(
      "same number of GPUs, got 8 on n0 and 4",
    );
    expect(outcomes(run(rows, { cluster: clusterOf([8]), placement }))).toEqual([
      "never-placeable",
    ]);
  });
});

test("unknown names are refused with what is allowed", () => {
  const rows: Row[] = [{ submitS: 0, durationS: 1 }];
  expect(() => run(rows, { queue: { name: "lifo" } })).toThrow(
    "must be one of fifo-strict, fifo-skip",
  );
  expect(() => run(rows, { queue: { name: "sjf", options: { blocking: "maybe" } } })).toThrow(
    "one of skip, head",
  );
  expect(() => run(rows, { placement: { kind: "nodes", policy: "nope" } })).toThrow('got "nope"');
});

test("no job at all is a run of no length", () => {
  const result = run([], { observe: { idleClasses: true } });
  expect(result).toMatchObject({ eventsHandled: 0, stopReason: "drained" });
  expect(summarizeBatch(result).jobs).toMatchObject({ count: 0, makespanS: 0, queueLengthMean: 0 });
});

test("hand-computed averages over time", () => {
  const result = run(
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

/**
 * Everything at once, the slow and obvious way: a list of waiting jobs, walked from the front at every
 * instant, each worker on the first node with room. A pool is a single node.
 */
function naiveStarts(
  jobs: JobTable,
  nodeGpus: readonly number[],
  order: (job: number) => number,
  skips: boolean,
): number[] {
  const startS: number[] = Array.from({ length: jobs.count }, () => Number.NaN);
  const nodesOf: (readonly number[])[] = startS.map(() => []);
  const gpusEach = (job: number): number => jobs.shapes[jobs.shape[job]!]!.gpuCount;
  const endS = (job: number): number => startS[job]! + jobs.durationS[job]!;
  const place = (job: number, free: number[]): number[] | undefined => {
    const left = [...free];
    const nodes: number[] = [];
    for (let worker = 0; worker < jobs.workers[job]!; worker++) {
      const node = left.findIndex((gpus) => gpus >= gpusEach(job));
      if (node < 0) return undefined;
      left[node]! -= gpusEach(job);
      nodes.push(node);
    }
    return nodes;
  };
  const instants = new Set<number>(jobs.submitS);
  for (;;) {
    const nowS = Math.min(...instants);
    if (nowS === Infinity) return startS;
    instants.delete(nowS);
    const free = [...nodeGpus];
    startS.forEach((start, job) => {
      if (start <= nowS && endS(job) > nowS)
        for (const node of nodesOf[job]!) free[node]! -= gpusEach(job);
    });
    const waiting = startS.flatMap((start, job) =>
      Number.isNaN(start) && jobs.submitS[job]! <= nowS && place(job, [...nodeGpus]) !== undefined
        ? [job]
        : [],
    );
    waiting.sort((left, right) => order(left) - order(right) || left - right);
    for (const job of waiting) {
      const nodes = place(job, free);
      if (nodes === undefined) {
        if (skips) continue;
        break;
      }
      startS[job] = nowS;
      nodesOf[job] = nodes;
      for (const node of nodes) free[node]! -= gpusEach(job);
      instants.add(endS(job));
    }
  }
}

const rowsOf = fc.array(
  fc.record({
    submitS: fc.integer({ min: 0, max: 40 }),
    durationS: fc.integer({ min: 1, max: 30 }),
    gpuCount: fc.integer({ min: 1, max: 5 }),
    workers: fc.integer({ min: 1, max: 2 }),
  }),
  { maxLength: 40 },
);

describe("properties", () => {
  const orders: Record<string, (jobs: JobTable) => (job: number) => number> = {
    "fifo-strict": (jobs) => (job) => jobs.submitS[job]!,
    "fifo-skip": (jobs) => (job) => jobs.submitS[job]!,
    sjf: (jobs) => (job) => jobs.durationS[job]!,
    "smallest-first": (jobs) => (job) =>
      jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount * 1e6 + jobs.submitS[job]!,
  };

  test.each(Object.keys(orders))(
    "%s starts every job when a plain walk of the queue does",
    (name) => {
      fc.assert(
        fc.property(rowsOf, fc.boolean(), fc.boolean(), (rows, blocks, pooled) => {
          const options =
            name === "sjf" || name === "smallest-first"
              ? { blocking: blocks ? "head" : "skip" }
              : {};
          const skips = name === "fifo-skip" || (name !== "fifo-strict" && !blocks);
          const placement: PlacementSpec = pooled
            ? { kind: "pool" }
            : { kind: "nodes", policy: "first-fit" };
          const result = run(rows, {
            cluster: clusterOf([3, 2, 4]),
            queue: { name, options },
            placement,
          });
          const nodeGpus = pooled ? [9] : [3, 2, 4];
          expect(Array.from(result.startS)).toEqual(
            naiveStarts(result.jobs, nodeGpus, orders[name]!(result.jobs), skips),
          );
        }),
        { numRuns: 200 },
      );
    },
  );

  const placements: PlacementSpec[] = [
    { kind: "pool" },
    { kind: "consolidate" },
    { kind: "nodes", policy: "first-fit" },
    { kind: "nodes", policy: "random" },
  ];

  test.each(placements)("work is conserved and no share is given twice: %j", (placement) => {
    fc.assert(
      fc.property(
        rowsOf,
        fc.constantFrom("fifo-strict", "fifo-skip", "sjf", "smallest-first"),
        (rows, name) => {
          const spec = { cluster: clusterOf([4, 4]), queue: { name }, placement };
          const result = run(rows, spec);
          let busy = 0;
          result.outcome.forEach((code, job) => {
            expect(["completed", "never-placeable"]).toContain(OUTCOMES[code]);
            if (OUTCOMES[code] !== "completed") return;
            expect(result.endS[job]! - result.startS[job]!).toBe(result.jobs.durationS[job]);
            expect(result.startS[job]).toBeGreaterThanOrEqual(result.jobs.submitS[job]!);
            busy +=
              result.jobs.durationS[job]! *
              result.jobs.workers[job]! *
              result.jobs.shapes[result.jobs.shape[job]!]!.gpuCount;
          });
          expect(result.utilization.integrals[0]).toBe(busy * 1000);
          expectNoOverlap(result);
          const again = run(rows, spec);
          expect(digestRecords(again.records, again.reasons)).toBe(
            digestRecords(result.records, result.reasons),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  test("fifo-strict never starts a later job before an earlier one", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const result = run(rows, {
          cluster: clusterOf([4, 4]),
          placement: { kind: "nodes", policy: "pack" },
        });
        const started = Array.from(result.startS).filter((start) => !Number.isNaN(start));
        expect(started).toEqual([...started].sort((left, right) => left - right));
      }),
    );
  });

  test("records tell the whole story: folding them gives the columns back", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const { records, startS, endS, reasons, waitReason, jobs } = run(rows, {
          queue: { name: "fifo-skip" },
        });
        const folded = { started: new Map<number, number>(), finished: new Map<number, number>() };
        for (let row = 0; row < records.count; row++) {
          const kind = RECORD_KINDS[records.kind[row]!]!;
          if (row > 0) expect(records.timeS[row]).toBeGreaterThanOrEqual(records.timeS[row - 1]!);
          if (kind === "started" || kind === "finished")
            folded[kind].set(records.job[row]!, records.timeS[row]!);
          if (kind === "refused") expect(reasons[records.detail[row]!]).toBeDefined();
        }
        for (let job = 0; job < jobs.count; job++) {
          expect(folded.started.get(job) ?? Number.NaN).toBe(startS[job]);
          expect(folded.finished.get(job) ?? Number.NaN).toBe(endS[job]);
          if (startS[job]! > jobs.submitS[job]!) expect(reasons[waitReason[job]!]).toBeDefined();
        }
      }),
    );
  });
});

/** No GPU serves two jobs at once, judged from places and times alone. */
function expectNoOverlap(result: BatchRun): void {
  const spans = new Map<string, [number, number][]>();
  for (let job = 0; job < result.jobs.count; job++) {
    for (const { node, gpus } of result.placementOf(job)) {
      for (const gpu of gpus) {
        const key = `${node}/${gpu}`;
        const others = spans.get(key) ?? [];
        for (const [from, to] of others) {
          expect(result.startS[job]! >= to || result.endS[job]! <= from).toBe(true);
        }
        spans.set(key, [...others, [result.startS[job]!, result.endS[job]!]]);
      }
    }
  }
}
