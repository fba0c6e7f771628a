import { expect, test } from "vitest";
import type { ClusterSpec, NodeSpec } from "../../cluster/spec.js";
import type { PlacementSpec } from "../../simulation/batch/placement-spec.js";
import { simulateBatch } from "../../simulation/batch/simulate-batch.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import { topologyResult } from "./topology-result.js";

const PAIRS = [
  [
    [0, 1],
    [2, 3],
  ],
];

function clusterOf(racks: readonly string[], gpuDomains?: NodeSpec["gpuDomains"]): ClusterSpec {
  return {
    topology: { levels: ["rack"] },
    nodes: racks.map((rack, index) => ({
      name: `n${index}`,
      cpuMilli: 64_000,
      memoryBytes: 1024,
      podsMax: 110,
      gpuCount: 4,
      gpuModel: "A100",
      domains: [rack],
      ...(gpuDomains === undefined ? {} : { gpuDomains }),
    })),
  };
}

function resultOf(
  cluster: ClusterSpec,
  placement: PlacementSpec,
  sizes: readonly [number, number][],
) {
  const builder = createJobTableBuilder();
  sizes.forEach(([workers, gpuCount], index) =>
    builder.add({ id: `j${index}`, submitS: index, durationS: 3600, workers, gpuCount }),
  );
  const run = simulateBatch({
    cluster,
    jobs: builder.build({ originS: 0 }).jobs,
    queue: { name: "fifo-strict" },
    placement,
    seed: 1,
    limits: { eventsMax: 10_000 },
    topology: { mode: "preferred", level: "rack" },
  });
  return topologyResult(run, cluster);
}

test("gangs by the closest level that holds them, and those that left one they would fit", () => {
  const cluster = clusterOf(["a", "b", "a", "b"]);
  // 2 × 4: nodes 0 and 1 of two racks. 1 × 3: node 2. 1 × 1 is no gang. 2 × 2: nodes 3 alone. 5 × 2: all nodes later.
  const result = resultOf(cluster, { kind: "nodes", policy: "first-fit" }, [
    [2, 4],
    [1, 3],
    [1, 1],
    [2, 2],
    [5, 2],
  ]);
  expect(result).toEqual({
    gangs: 4,
    levels: [
      // Two gangs of one node would fit there and did; the others are larger than a node.
      { name: "node", gangs: 2, gpuHours: 7, couldStay: 2, left: 0 },
      // 2 × 4 would fit in a rack and left it; 5 × 2 is larger than the four workers a rack holds.
      { name: "rack", gangs: 0, gpuHours: 0, couldStay: 3, left: 1 },
      { name: "cluster", gangs: 2, gpuHours: 18, couldStay: 4, left: 0 },
    ],
  });
});

test("with the placement topology the same gangs stay in their racks", () => {
  const cluster = clusterOf(["a", "b", "a", "b"]);
  const result = resultOf(cluster, { kind: "topology", profile: "best-fit" }, [
    [2, 4],
    [2, 2],
  ]);
  expect(result!.levels.map(({ name, left }) => [name, left])).toEqual([
    ["node", 0],
    ["rack", 0],
    ["cluster", 0],
  ]);
});

test("pairs of GPUs are the closest level", () => {
  const cluster = clusterOf(["a"], PAIRS);
  const result = resultOf(cluster, { kind: "nodes", policy: "pack" }, [
    [1, 1],
    [1, 2],
  ]);
  expect(result!.levels[0]).toEqual({
    name: "GPU group",
    gangs: 1,
    gpuHours: 2,
    couldStay: 1,
    left: 0,
  });
});

test("nothing to say without topology, in a pool, or without gangs", () => {
  const { nodes } = clusterOf(["a", "a"]);
  const plain = { nodes: nodes.map(({ domains: _, ...node }) => node) };
  expect(resultOf(plain, { kind: "nodes", policy: "pack" }, [[1, 2]])).toBeUndefined();
  expect(resultOf(clusterOf(["a"]), { kind: "pool" }, [[1, 2]])).toBeUndefined();
  expect(resultOf(clusterOf(["a"]), { kind: "nodes", policy: "pack" }, [[1, 1]])).toBeUndefined();
});
