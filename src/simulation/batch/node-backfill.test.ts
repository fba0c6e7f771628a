import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../cluster/spec.js";
import type { JobTable } from "../../workload/job-table.js";
import { clusterOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { PlacementSpec } from "./placement-spec.js";

const queue = { name: "easy-backfill" };
const placement: PlacementSpec = { kind: "nodes", policy: "first-fit" };

describe("easy backfilling on nodes, by hand", () => {
  // Two nodes of four. j0 holds node 0 until 100, j1 half of node 1 until 50; j2 wants a whole node.
  const rows: TestJob[] = [
    { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 4 },
    { submitS: 0, durationS: 50, walltimeS: 50, gpuCount: 2 },
    { submitS: 1, durationS: 10, walltimeS: 10, gpuCount: 4 },
  ];

  test("room on the reserved node is for jobs that end in time", () => {
    const short = { submitS: 2, durationS: 48, walltimeS: 48, gpuCount: 2 };
    const long = { submitS: 2, durationS: 49, walltimeS: 49, gpuCount: 2 };
    expect(
      Array.from(
        runJobs([...rows, short], { cluster: clusterOf([4, 4]), queue, placement }).startS,
      ),
    ).toEqual([0, 0, 50, 2]);
    expect(
      Array.from(runJobs([...rows, long], { cluster: clusterOf([4, 4]), queue, placement }).startS),
    ).toEqual([0, 0, 50, 60]);
  });

  test("another node is free for all", () => {
    const long = { submitS: 2, durationS: 500, walltimeS: 500, gpuCount: 2 };
    const run = runJobs([...rows, long, long], { cluster: clusterOf([4, 4, 3]), queue, placement });
    // The third node is too small for j2 and takes one of them; the other must leave node 1 alone.
    expect(Array.from(run.startS)).toEqual([0, 0, 50, 2, 60]);
    expect(run.placementOf(3)).toEqual([{ node: 2, gpus: [0, 1] }]);
  });

  test("parts of a GPU: what the head will need on it is held", () => {
    const shares: TestJob[] = [
      { submitS: 0, durationS: 100, walltimeS: 100, gpuMilli: 600 },
      { submitS: 0, durationS: 100, walltimeS: 100, gpuMilli: 700 },
      { submitS: 1, durationS: 10, walltimeS: 10, gpuMilli: 500 },
      { submitS: 2, durationS: 200, walltimeS: 200, gpuMilli: 300 },
      { submitS: 3, durationS: 200, walltimeS: 200, gpuMilli: 300 },
    ];
    const run = runJobs(shares, { cluster: clusterOf([1, 1]), queue, placement });
    // At 100 GPU 0 will have room for the head and one more; j3 takes 0.3 of its 0.4 spare and j4 takes GPU 1.
    expect(Array.from(run.startS)).toEqual([0, 0, 100, 2, 3]);
    expect([3, 4].map((job) => run.placementOf(job)[0]!.node)).toEqual([0, 1]);
  });
});

interface Pod {
  readonly gpus: number;
  readonly cpuMilli: number;
}

type Part = readonly [node: number, pod: Pod];
/** Where a job goes in these rooms. */
type Rule = (jobs: JobTable, job: number, rooms: readonly Pod[]) => readonly Part[] | undefined;

const minus = (left: Pod, right: Pod, sign = 1): Pod => ({
  gpus: left.gpus - sign * right.gpus,
  cpuMilli: left.cpuMilli - sign * right.cpuMilli,
});

const firstFit: Rule = (jobs, job, rooms) => {
  const { gpuCount: gpus, cpuMilli } = jobs.shapes[jobs.shape[job]!]!;
  const left = [...rooms];
  const parts: Part[] = [];
  for (let worker = 0; worker < jobs.workers[job]!; worker++) {
    const node = left.findIndex((pod) => pod.gpus >= gpus && pod.cpuMilli >= cpuMilli);
    if (node < 0) return undefined;
    left[node] = minus(left[node]!, { gpus, cpuMilli });
    parts.push([node, { gpus, cpuMilli }]);
  }
  return parts;
};

/** The rule of consolidate on nodes of four GPUs, written down once more. */
const consolidate: Rule = (jobs, job, rooms) => {
  const gpus = jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount;
  const nodes = rooms.map((_, node) => node);
  const order =
    gpus <= 4
      ? nodes
          .filter((node) => rooms[node]!.gpus >= gpus)
          .sort((left, right) => rooms[left]!.gpus - rooms[right]!.gpus || left - right)
      : nodes.sort((left, right) => rooms[right]!.gpus - rooms[left]!.gpus || left - right);
  const parts: Part[] = [];
  for (let left = gpus; left > 0; left -= 4) {
    const node = order[parts.length];
    const part = Math.min(4, left);
    if (node === undefined || rooms[node]!.gpus < part) return undefined;
    parts.push([node, { gpus: part, cpuMilli: 0 }]);
  }
  return parts;
};

/** EASY on nodes, by counting GPUs and CPU per node second by second. */
function naiveStarts(jobs: JobTable, cluster: ClusterSpec, rule: Rule): number[] {
  const startS: number[] = Array.from({ length: jobs.count }, () => Number.NaN);
  const partsOf: (readonly Part[])[] = startS.map(() => []);
  const empty = (): Pod[] =>
    cluster.nodes.map(({ gpuCount, cpuMilli }) => ({ gpus: gpuCount, cpuMilli }));
  const place = (job: number, room: readonly Pod[]): readonly Part[] | undefined =>
    rule(jobs, job, room);
  const take = (room: Pod[], parts: readonly Part[]): void => {
    for (const [node, pod] of parts) room[node] = minus(room[node]!, pod);
  };
  const horizonS = jobs.durationS.reduce((sum, duration) => sum + duration, 100);
  for (let nowS = 0; nowS <= horizonS; nowS++) {
    const running = startS.flatMap((start, job) =>
      start <= nowS && start + jobs.durationS[job]! > nowS ? [job] : [],
    );
    const freeWithout = (isGone: (job: number) => boolean): Pod[] => {
      const room = empty();
      for (const job of running) {
        if (!isGone(job)) take(room, partsOf[job]!);
      }
      return room;
    };
    const free = freeWithout(() => false);
    const start = (job: number, parts: readonly Part[]): void => {
      startS[job] = nowS;
      partsOf[job] = parts;
      take(free, parts);
      running.push(job);
    };
    const waiting = startS.flatMap((_, job) =>
      Number.isNaN(startS[job]!) && jobs.submitS[job]! <= nowS && place(job, empty()) !== undefined
        ? [job]
        : [],
    );
    for (
      let nodes = waiting.length > 0 ? place(waiting[0]!, free) : undefined;
      nodes !== undefined;
    ) {
      start(waiting.shift()!, nodes);
      nodes = waiting.length > 0 ? place(waiting[0]!, free) : undefined;
    }
    const head = waiting.shift();
    if (head === undefined) continue;
    const expectedS = (job: number): number => Math.max(nowS, startS[job]! + jobs.walltimeS[job]!);
    let atS = nowS;
    while (
      place(
        head,
        freeWithout((job) => expectedS(job) <= atS),
      ) === undefined
    )
      atS++;
    const later = freeWithout((job) => expectedS(job) <= atS);
    take(later, place(head, later)!);
    for (const job of waiting) {
      const isLong = nowS + jobs.walltimeS[job]! > atS;
      const room = free.map((pod, node) =>
        isLong
          ? {
              gpus: Math.min(pod.gpus, later[node]!.gpus),
              cpuMilli: Math.min(pod.cpuMilli, later[node]!.cpuMilli),
            }
          : pod,
      );
      const nodes = place(job, room);
      if (nodes === undefined) continue;
      start(job, nodes);
      if (isLong) take(later, nodes);
    }
  }
  return startS;
}

const rowsOf = fc
  .array(
    fc.record({
      submitS: fc.integer({ min: 0, max: 30 }),
      durationS: fc.integer({ min: 1, max: 20 }),
      gpuCount: fc.integer({ min: 0, max: 4 }),
      workers: fc.integer({ min: 1, max: 3 }),
      cpuMilli: fc.constantFrom(0, 1000, 2500),
      padding: fc.integer({ min: -10, max: 15 }),
    }),
    { maxLength: 25 },
  )
  .map((rows) =>
    rows.map(({ padding, ...row }) => ({
      ...row,
      walltimeS: Math.max(1, row.durationS + padding),
    })),
  );

test("starts every job when counting node by node does, whatever the estimates", () => {
  const base = clusterOf([4, 2, 3]);
  const cluster = { nodes: base.nodes.map((node) => ({ ...node, cpuMilli: 6000 })) };
  fc.assert(
    fc.property(rowsOf, (rows) => {
      const run = runJobs(rows, { cluster, queue, placement });
      expect(Array.from(run.startS)).toEqual(naiveStarts(run.jobs, cluster, firstFit));
    }),
    { numRuns: 200 },
  );
});

test("consolidate: the same, on nodes of one size", () => {
  const cluster = clusterOf([4, 4, 4]);
  const rows = rowsOf.map((jobs) =>
    jobs.map((job) => ({ ...job, gpuCount: Math.max(1, job.gpuCount), cpuMilli: 0 })),
  );
  fc.assert(
    fc.property(rows, (jobs) => {
      const run = runJobs(jobs, { cluster, queue, placement: { kind: "consolidate" } });
      expect(Array.from(run.startS)).toEqual(naiveStarts(run.jobs, cluster, consolidate));
    }),
    { numRuns: 200 },
  );
});
