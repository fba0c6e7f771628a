import { describe, expect, test } from "vitest";
import { clusterOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { PlacementSpec } from "./placement-spec.js";

const queue = { name: "conservative-backfill" };
const firstFit: PlacementSpec = { kind: "nodes", policy: "first-fit" };
const consolidate: PlacementSpec = { kind: "consolidate" };

describe("conservative backfilling on nodes, by hand", () => {
  // Two nodes of four. j0 holds node 0 until 100, j1 half of node 1 until 50.
  const rows: TestJob[] = [
    { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 4 },
    { submitS: 0, durationS: 50, walltimeS: 50, gpuCount: 2 },
    // Reserved on node 1 from 50 to 60, and on node 0 from 100 on.
    { submitS: 1, durationS: 10, walltimeS: 10, gpuCount: 4 },
    { submitS: 2, durationS: 20, walltimeS: 20, gpuCount: 4, workers: 2 },
  ];
  const cluster = clusterOf([4, 4]);

  test("reservations hold named nodes, and only what ends in time goes there", () => {
    const short = { submitS: 3, durationS: 47, walltimeS: 47, gpuCount: 2 };
    const long = { submitS: 3, durationS: 48, walltimeS: 48, gpuCount: 2 };
    const starts = (row: TestJob): number[] =>
      Array.from(runJobs([...rows, row], { cluster, queue, placement: firstFit }).startS);
    expect(starts(short)).toEqual([0, 0, 50, 100, 3]);
    // Node 1 is taken from 50 to 60 and from 100 to 120: between them the long one does not fit.
    expect(starts(long)).toEqual([0, 0, 50, 100, 120]);
  });

  test("the reason says what it waits for", () => {
    const run = runJobs(rows, { cluster, queue, placement: firstFit });
    expect(reasonOf(run, 3)).toBe("its reservation lies in the future: jobs ahead hold the nodes");
    expect(run.placementOf(2)).toEqual([{ node: 1, gpus: [0, 1, 2, 3] }]);
  });

  test("EASY would let the long one delay the second reservation, here it cannot", () => {
    const long = { submitS: 3, durationS: 500, walltimeS: 500, gpuCount: 2 };
    const run = runJobs([...rows, long], { cluster, queue, placement: firstFit });
    expect(run.startS[3]).toBe(100);
    expect(run.startS[4]).toBe(120);
  });

  test("the policy chooses among nodes that nobody has reserved", () => {
    const pack: PlacementSpec = { kind: "nodes", policy: "pack" };
    const run = runJobs(
      [
        { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 1 },
        { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 4 },
        // Needs node 0 whole from 100 on, so what runs longer must not go there, however full it is.
        { submitS: 1, durationS: 10, walltimeS: 10, gpuCount: 4, workers: 3 },
        { submitS: 2, durationS: 98, walltimeS: 98, gpuCount: 1 },
        { submitS: 3, durationS: 98, walltimeS: 98, gpuCount: 1 },
      ],
      { cluster: clusterOf([4, 4, 4]), queue, placement: pack },
    );
    expect(Array.from(run.startS)).toEqual([0, 0, 100, 2, 110]);
    expect(run.placementOf(3)[0]!.node).toBe(0);
  });

  test("consolidate reserves as it would place", () => {
    const run = runJobs(
      [
        { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 3 },
        { submitS: 0, durationS: 50, walltimeS: 50, gpuCount: 1 },
        // Six GPUs: one whole node and two of the other; node 1 is whole, node 0 has two from 50 on.
        { submitS: 1, durationS: 10, walltimeS: 10, gpuCount: 3, workers: 2 },
        { submitS: 2, durationS: 48, walltimeS: 48, gpuCount: 4 },
        { submitS: 2, durationS: 200, walltimeS: 200, gpuCount: 1 },
      ],
      { cluster: clusterOf([5, 4].map(() => 4)), queue, placement: consolidate },
    );
    // j1 shares node 0 with j0, which then has none left; the six find room when j0 ends.
    expect(Array.from(run.startS)).toEqual([0, 0, 100, 2, 50]);
  });

  test("parts of a GPU are reserved on named GPUs", () => {
    const shares: TestJob[] = [
      { submitS: 0, durationS: 100, walltimeS: 100, gpuMilli: 600 },
      { submitS: 0, durationS: 80, walltimeS: 80, gpuMilli: 700 },
      { submitS: 1, durationS: 10, walltimeS: 10, gpuMilli: 500 },
      { submitS: 2, durationS: 10, walltimeS: 10, gpuMilli: 1000 },
      { submitS: 3, durationS: 200, walltimeS: 200, gpuMilli: 300 },
    ];
    const run = runJobs(shares, { cluster: clusterOf([1, 1]), queue, placement: firstFit });
    // j2 gets GPU 1 at 80, j3 a whole GPU at 90 on it; 0.3 for long fits beside j0 only, to 202.
    expect(Array.from(run.startS)).toEqual([0, 0, 80, 90, 3]);
    expect([2, 3, 4].map((job) => run.placementOf(job)[0]!.node)).toEqual([1, 1, 0]);
  });
});

test("reservations are on nodes whose labels the job selects", () => {
  const { nodes } = clusterOf([4, 4]);
  const cluster = {
    nodes: nodes.map((node, index) => (index === 1 ? { ...node, labels: { zone: "b" } } : node)),
  };
  const nodeSelector = [{ label: "zone", in: ["b"] }];
  const run = runJobs(
    [
      { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 4, nodeSelector },
      { submitS: 1, durationS: 50, walltimeS: 50, gpuCount: 4, nodeSelector },
      { submitS: 2, durationS: 500, walltimeS: 500, gpuCount: 4 },
    ],
    { cluster, queue, placement: firstFit },
  );
  // Node 0 is free all the time, and not for the second.
  expect(Array.from(run.startS)).toEqual([0, 100, 2]);
  expect(run.placementOf(1)[0]!.node).toBe(1);
});
