import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../cluster/spec.js";
import type { JobTable } from "../../workload/job-table.js";
import { clusterOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { PlacementSpec } from "./placement-spec.js";

const queue = { name: "conservative-backfill" };
const firstFit: PlacementSpec = { kind: "nodes", policy: "first-fit" };
const consolidate: PlacementSpec = { kind: "consolidate" };

interface Pod {
  readonly gpus: number;
  readonly cpuMilli: number;
}
type Place = (
  job: number,
  rooms: readonly Pod[],
) => readonly (readonly [number, Pod])[] | undefined;

/** Conservative, with a table of what every node has free in every second to come. */
function naive(jobs: JobTable, cluster: ClusterSpec, place: Place) {
  const startS: number[] = Array.from({ length: jobs.count }, () => Number.NaN);
  const planS = [...startS];
  const promisedS = [...startS];
  const parts: (readonly (readonly [number, Pod])[])[] = startS.map(() => []);
  const horizonS = jobs.walltimeS.reduce((sum, seconds) => sum + seconds, 60);
  const fits = (job: number): boolean =>
    place(
      job,
      cluster.nodes.map(({ gpuCount, cpuMilli }) => ({ gpus: gpuCount, cpuMilli })),
    ) !== undefined;
  for (let nowS = 0; nowS <= horizonS; nowS += 1) {
    const free = cluster.nodes.map(({ gpuCount, cpuMilli }) =>
      Array.from({ length: 2 * horizonS }, () => ({ gpus: gpuCount, cpuMilli })),
    );
    const book = (job: number, from: number, sign: number): void => {
      for (const [node, pod] of parts[job]!) {
        for (let second = Math.max(nowS, from); second < from + jobs.walltimeS[job]!; second += 1) {
          free[node]![second]!.gpus -= sign * pod.gpus;
          free[node]![second]!.cpuMilli -= sign * pod.cpuMilli;
        }
      }
    };
    startS.forEach((start, job) => {
      if (start + jobs.durationS[job]! > nowS) book(job, start, 1);
    });
    const waiting = startS.flatMap((start, job) =>
      Number.isNaN(start) && !Number.isNaN(planS[job]!) ? [job] : [],
    );
    for (const job of waiting) book(job, planS[job]!, 1);
    const roomsFrom = (from: number, job: number): Pod[] =>
      free.map((seconds) =>
        seconds.slice(from, from + jobs.walltimeS[job]!).reduce((least, pod) => ({
          gpus: Math.min(least.gpus, pod.gpus),
          cpuMilli: Math.min(least.cpuMilli, pod.cpuMilli),
        })),
      );
    const plan = (job: number): boolean => {
      const before = planS[job]!;
      if (!Number.isNaN(before)) book(job, before, -1);
      for (let from = nowS; Number.isNaN(before) || from < before; from += 1) {
        const found = place(job, roomsFrom(from, job));
        if (found === undefined) continue;
        planS[job] = from;
        parts[job] = found;
        break;
      }
      if (Number.isNaN(promisedS[job]!)) promisedS[job] = planS[job]!;
      book(job, planS[job]!, 1);
      return planS[job] !== before;
    };
    const moveAll = (): void => {
      for (let moved = true; moved;) {
        moved = false;
        for (const job of waiting)
          if (planS[job]! > nowS && Number.isNaN(startS[job]!)) moved = plan(job) || moved;
      }
    };
    moveAll();
    startS.forEach((_, job) => {
      if (jobs.submitS[job] !== nowS || !fits(job)) return;
      plan(job);
      waiting.push(job);
    });
    waiting.sort((left, right) => jobs.submitS[left]! - jobs.submitS[right]! || left - right);
    for (let started = true; started;) {
      started = false;
      for (const job of waiting) {
        if (planS[job] !== nowS || !Number.isNaN(startS[job]!)) continue;
        book(job, nowS, -1);
        parts[job] = place(job, roomsFrom(nowS, job))!;
        book(job, nowS, 1);
        startS[job] = nowS;
        started = true;
      }
      if (started) moveAll();
    }
  }
  return { startS, promisedS };
}

function firstFitPlace(jobs: JobTable): Place {
  return (job, rooms) => {
    const { gpuCount, cpuMilli } = jobs.shapes[jobs.shape[job]!]!;
    const left = rooms.map((room) => ({ ...room }));
    const parts: (readonly [number, Pod])[] = [];
    for (let worker = 0; worker < jobs.workers[job]!; worker += 1) {
      const node = left.findIndex((room) => room.gpus >= gpuCount && room.cpuMilli >= cpuMilli);
      if (node < 0) return undefined;
      left[node] = { gpus: left[node]!.gpus - gpuCount, cpuMilli: left[node]!.cpuMilli - cpuMilli };
      parts.push([node, { gpus: gpuCount, cpuMilli }]);
    }
    return parts;
  };
}

/** The rule of consolidate on nodes of four GPUs, written down once more. */
function consolidatePlace(jobs: JobTable): Place {
  return (job, rooms) => {
    let left = jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount;
    const parts: (readonly [number, Pod])[] = [];
    const take = (node: number, gpus: number): void => {
      parts.push([node, { gpus, cpuMilli: 0 }]);
      left -= gpus;
    };
    const nodes = rooms.map((_, node) => node);
    if (left <= 4) {
      const holding = nodes.filter((node) => rooms[node]!.gpus >= left);
      const least = Math.min(...holding.map((node) => rooms[node]!.gpus));
      const node = holding.find((candidate) => rooms[candidate]!.gpus === least);
      if (node === undefined) return undefined;
      take(node, left);
      return parts;
    }
    const byFree = [...nodes].sort((a, b) => rooms[b]!.gpus - rooms[a]!.gpus || a - b);
    for (const node of byFree) {
      if (left === 0) break;
      const part = Math.min(4, left);
      if (rooms[node]!.gpus < part) return undefined;
      take(node, part);
    }
    return left === 0 ? parts : undefined;
  };
}

const rowsOf = (gpus: fc.Arbitrary<number>, cpu: fc.Arbitrary<number>) =>
  fc
    .array(
      fc.record({
        submitS: fc.integer({ min: 0, max: 25 }),
        durationS: fc.integer({ min: 1, max: 12 }),
        gpuCount: gpus,
        workers: fc.integer({ min: 1, max: 3 }),
        cpuMilli: cpu,
        padding: fc.integer({ min: 0, max: 8 }),
      }),
      { maxLength: 16 },
    )
    .map((rows) =>
      rows.map(({ padding, ...row }) => ({ ...row, walltimeS: row.durationS + padding })),
    );

describe("against a table of every second", () => {
  const check = (
    cluster: ClusterSpec,
    placement: PlacementSpec,
    rows: TestJob[],
    rule: (jobs: JobTable) => Place,
  ) => {
    const run = runJobs(rows, { cluster, queue, placement });
    const want = naive(run.jobs, cluster, rule(run.jobs));
    expect(Array.from(run.startS)).toEqual(want.startS);
    want.promisedS.forEach((promised, job) => {
      if (!Number.isNaN(promised)) expect(run.startS[job]).toBeLessThanOrEqual(promised);
    });
  };

  test("first-fit: every job starts when the table says, and nobody later than first promised", () => {
    const base = clusterOf([4, 2, 3]);
    const cluster = { nodes: base.nodes.map((node) => ({ ...node, cpuMilli: 6000 })) };
    const rows = rowsOf(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0, 1000, 2500));
    fc.assert(
      fc.property(rows, (jobs) => {
        check(cluster, firstFit, jobs, firstFitPlace);
      }),
      { numRuns: 120 },
    );
  });

  test("consolidate: the same", () => {
    const rows = rowsOf(fc.integer({ min: 1, max: 4 }), fc.constant(0));
    fc.assert(
      fc.property(rows, (jobs) => {
        check(clusterOf([4, 4, 4]), consolidate, jobs, consolidatePlace);
      }),
      { numRuns: 120 },
    );
  });

  test("one node is a pool: the same starts as on a pool", () => {
    const rows = rowsOf(fc.integer({ min: 1, max: 3 }), fc.constant(0));
    fc.assert(
      fc.property(rows, (jobs) => {
        const onNode = runJobs(jobs, { cluster: clusterOf([6]), queue, placement: firstFit });
        const onPool = runJobs(jobs, { cluster: clusterOf([6]), queue });
        expect(Array.from(onNode.startS)).toEqual(Array.from(onPool.startS));
      }),
      { numRuns: 100 },
    );
  });

  test("estimates that are too short: all work is done, whatever the placement", () => {
    const rows = rowsOf(fc.integer({ min: 1, max: 3 }), fc.constant(0)).map((jobs) =>
      jobs.map((job, index) => ({ ...job, walltimeS: Math.max(1, job.walltimeS - (index % 9)) })),
    );
    const placements: PlacementSpec[] = [
      firstFit,
      consolidate,
      { kind: "nodes", policy: "spread" },
      { kind: "contiguous" },
      { kind: "topology" },
      { kind: "consolidate-first" },
    ];
    fc.assert(
      fc.property(rows, fc.constantFrom(...placements), (jobs, placement) => {
        const run = runJobs(jobs, { cluster: clusterOf([4, 4]), queue, placement });
        run.jobs.ids.forEach((_, job) => {
          if (Number.isNaN(run.startS[job]!)) return;
          expect(run.endS[job]! - run.startS[job]!).toBe(run.jobs.durationS[job]);
        });
        // Nobody who could run was left behind.
        run.outcome.forEach((outcome) => expect([3, 4]).toContain(outcome));
      }),
      { numRuns: 120 },
    );
  });
});
