import { describe, expect, test } from "vitest";

import { InvariantError } from "../base/assert.js";
import type { PodRequest } from "../workload/job-table.js";
import { createCluster } from "./cluster.js";
import type { NodeSpec } from "./spec.js";
import type { ClusterState } from "./view.js";

const GIB = 1024 * 1024 * 1024;

function node(name: string, changes: Partial<NodeSpec> = {}): NodeSpec {
  return {
    name,
    cpuMilli: 8000,
    memoryBytes: 32 * GIB,
    podsMax: 10,
    gpuCount: 2,
    gpuModel: "A10",
    ...changes,
  };
}

function pod(changes: Partial<PodRequest> = {}): PodRequest {
  return {
    cpuMilli: 1000,
    memoryBytes: GIB,
    gpuCount: 1,
    gpuMilli: 1000,
    gpuModels: [],
    ...changes,
  };
}

const COLUMNS = [
  "cpuMilliFree",
  "memoryBytesFree",
  "podsFree",
  "gpuMilliFree",
  "nodeGpuMilliFree",
  "nodeGpusWhole",
  "nonzeroCpuMilliUsed",
  "nonzeroMemoryBytesUsed",
  "podsByGpuKind",
  "nodeGpuKinds",
] as const;

/** Everything a policy can see, as plain values. */
function snapshot(cluster: ClusterState): Record<string, unknown> {
  const columns = COLUMNS.map((name) => [name, Array.from(cluster[name] as ArrayLike<number>)]);
  return { ...Object.fromEntries(columns), gpuMilliUsed: cluster.gpuMilliUsed };
}

describe("an empty cluster", () => {
  const cluster = createCluster({
    nodes: [
      node("a"),
      node("cpu-only", { gpuCount: 0, gpuModel: "" }),
      node("b", { gpuCount: 3, gpuModel: "H100" }),
    ],
  });

  test("numbers nodes, GPUs and models in spec order", () => {
    expect(Array.from(cluster.gpuOffset as ArrayLike<number>)).toEqual([0, 2, 2, 5]);
    expect(cluster.gpuCount).toBe(5);
    expect(cluster.gpuModels).toEqual(["A10", "H100"]);
    expect(Array.from(cluster.nodeModel as ArrayLike<number>)).toEqual([0, -1, 1]);
    expect(cluster.gpuKindStride).toBe(4);
  });

  test("has everything free", () => {
    expect(snapshot(cluster)).toMatchObject({
      cpuMilliFree: [8000, 8000, 8000],
      gpuMilliFree: [1000, 1000, 1000, 1000, 1000],
      nodeGpuMilliFree: [2000, 0, 3000],
      nodeGpusWhole: [2, 0, 3],
      gpuMilliUsed: 0,
    });
    cluster.checkInvariants();
  });

  test.each(["cpuMilli", "memoryBytes", "podsMax", "gpuCount"] as const)(
    "refuses a broken %s",
    (field) => {
      for (const value of [-1, 0.5, Number.NaN, Infinity]) {
        expect(() => createCluster({ nodes: [node("x", { [field]: value })] })).toThrow(
          new RangeError(
            `cluster: nodes[0] "x": ${field} must be a whole number >= 0, got ${value}`,
          ),
        );
      }
    },
  );
});

describe("allocate", () => {
  test("takes CPU, memory, a pod slot and the GPUs named", () => {
    const cluster = createCluster({ nodes: [node("a"), node("b", { gpuCount: 4 })] });
    cluster.allocate(1, pod({ gpuCount: 2 }), [3, 1]);
    cluster.allocate(1, pod({ gpuMilli: 300, cpuMilli: 0, memoryBytes: 0 }), [0]);
    expect(snapshot(cluster)).toMatchObject({
      cpuMilliFree: [8000, 7000],
      memoryBytesFree: [32 * GIB, 31 * GIB],
      podsFree: [10, 8],
      gpuMilliFree: [1000, 1000, 700, 0, 1000, 0],
      nodeGpuMilliFree: [2000, 1700],
      nodeGpusWhole: [2, 1],
      // kube's defaults stand in for the second pod's missing requests: 100 thousandths, 200 MiB.
      nonzeroCpuMilliUsed: [0, 1100],
      nonzeroMemoryBytesUsed: [0, GIB + 200 * 1024 * 1024],
      // Node 1: one pod with a part of a GPU (kind 0), one with two whole GPUs (kind 2).
      podsByGpuKind: [0, 0, 0, 0, 0, 1, 0, 1, 0, 0],
      nodeGpuKinds: [0, 2],
      gpuMilliUsed: 2300,
    });
    cluster.checkInvariants();
  });

  const refusals: readonly [string, number, PodRequest, number[], RegExp][] = [
    ["a node that is not there", 2, pod(), [0], /no node 2, nodes are 0\.\.1/],
    ["too much CPU", 0, pod({ cpuMilli: 8001 }), [0], /8001 cpuMilli asked, 8000 free/],
    ["too much memory", 0, pod({ memoryBytes: 33 * GIB }), [0], /memoryBytes asked/],
    [
      "fractional CPU",
      0,
      pod({ cpuMilli: 0.1 }),
      [0],
      /cpuMilli of a pod must be a whole number >= 0, got 0.1/,
    ],
    ["negative memory", 0, pod({ memoryBytes: -1 }), [0], /memoryBytes of a pod must be/],
    ["no pod slot", 1, pod(), [0], /no pod slot is free/],
    ["a GPU index outside the node", 0, pod(), [2], /gpus\[0\] must be a GPU index 0\.\.1, got 2/],
    [
      "a missing GPU",
      0,
      pod({ gpuCount: 2 }),
      [0],
      /gpus\[1\] must be a GPU index 0\.\.1, got undefined/,
    ],
    ["one GPU twice", 0, pod({ gpuCount: 2 }), [1, 1], /GPU 1 is given twice/],
    ["parts of several GPUs", 0, pod({ gpuCount: 2, gpuMilli: 500 }), [0, 1], /takes whole ones/],
    [
      "more than a GPU",
      0,
      pod({ gpuMilli: 1001 }),
      [0],
      /gpuMilli must be a whole number in 1\.\.1000, got 1001/,
    ],
    [
      "a GPU model it does not accept",
      0,
      pod({ gpuModels: ["H100", "T4"] }),
      [0],
      /accepts GPU models H100\|T4, the node has "A10"/,
    ],
  ];
  test.each(refusals)("refuses %s and changes nothing", (_what, at, request, gpus, message) => {
    const cluster = createCluster({ nodes: [node("a"), node("full", { podsMax: 0 })] });
    const before = snapshot(cluster);
    expect(() => cluster.allocate(at, request, gpus)).toThrow(InvariantError);
    expect(() => cluster.allocate(at, request, gpus)).toThrow(message);
    expect(snapshot(cluster)).toEqual(before);
    expect(cluster.revision).toBe(0);
  });

  test("refuses a share that the GPU no longer has", () => {
    const cluster = createCluster({ nodes: [node("a")] });
    cluster.allocate(0, pod({ gpuMilli: 600 }), [0]);
    expect(() => cluster.allocate(0, pod({ gpuMilli: 401 }), [0])).toThrow(
      /401 gpuMilli asked, 400 free/,
    );
    cluster.allocate(0, pod({ gpuMilli: 400 }), [0]);
    expect(() => cluster.allocate(0, pod({ gpuMilli: 1 }), [0])).toThrow(InvariantError);
    cluster.checkInvariants();
  });
});

describe("release", () => {
  test("refuses a handle twice, also after its slot is used again", () => {
    const cluster = createCluster({ nodes: [node("a")] });
    const first = cluster.allocate(0, pod(), [0]);
    cluster.release(first);
    expect(() => cluster.release(first)).toThrow(/handle \d+, which is not live/);
    const second = cluster.allocate(0, pod(), [0]);
    expect(second).not.toBe(first);
    expect(() => cluster.release(first)).toThrow(InvariantError);
    cluster.release(second);
    cluster.checkInvariants();
  });

  test.each([-1, 5, 0.5, Number.NaN, 2 ** 31])("refuses the handle %s", (handle) => {
    const cluster = createCluster({ nodes: [node("a")] });
    cluster.allocate(0, pod(), [0]);
    expect(() => cluster.release(handle)).toThrow(InvariantError);
  });

  test("handles stay positive 32-bit integers over many uses of one slot", () => {
    const cluster = createCluster({ nodes: [node("a")] });
    for (let use = 0; use < 1200; use += 1) {
      const handle = cluster.allocate(0, pod(), [0]);
      expect(handle).toBe(handle | 0);
      expect(handle).toBeGreaterThanOrEqual(0);
      cluster.release(handle);
    }
  });
});

describe("changedSince", () => {
  test("names each changed node once", () => {
    const cluster = createCluster({ nodes: [node("a"), node("b"), node("c")] });
    const out = new Int32Array(3);
    expect(cluster.changedSince(0, out)).toBe(0);
    const handle = cluster.allocate(2, pod(), [0]);
    cluster.allocate(0, pod(), [0]);
    cluster.release(handle);
    expect(cluster.revision).toBe(3);
    expect([...out.subarray(0, cluster.changedSince(0, out))].sort()).toEqual([0, 2]);
    expect([...out.subarray(0, cluster.changedSince(2, out))]).toEqual([2]);
    expect(cluster.changedSince(3, out)).toBe(0);
  });
});

test("a reader further behind than the change log still learns every changed node", () => {
  const cluster = createCluster({ nodes: [node("a"), node("b"), node("c"), node("d")] });
  for (let round = 0; round < 200; round += 1) cluster.release(cluster.allocate(1, pod(), [0]));
  cluster.allocate(3, pod(), [0]);
  const out = new Int32Array(4);
  expect([...out.subarray(0, cluster.changedSince(0, out))]).toEqual([1, 3]);
});

test("holds and gives back a thousand pods", () => {
  const nodes = Array.from({ length: 100 }, (_unused, n) =>
    node(`n${n}`, { cpuMilli: 100_000, gpuCount: 5 }),
  );
  const cluster = createCluster({ nodes });
  const empty = snapshot(cluster);
  const handles = Array.from({ length: 1000 }, (_unused, i) =>
    cluster.allocate(i % 100, pod({ gpuMilli: 500 }), [Math.floor(i / 100) % 5]),
  );
  expect(new Set(handles).size).toBe(1000);
  expect(cluster.gpuMilliUsed).toBe(500_000);
  cluster.checkInvariants();
  for (const handle of handles) cluster.release(handle);
  expect(snapshot(cluster)).toEqual(empty);
});

describe("checkInvariants", () => {
  test.each(COLUMNS)("finds a wrong entry in %s", (column) => {
    const cluster = createCluster({ nodes: [node("a"), node("b")] });
    cluster.allocate(0, pod(), [1]);
    const numbers = cluster[column] as unknown as Int32Array;
    numbers[1]! += 1;
    expect(() => cluster.checkInvariants()).toThrow(new RegExp(`cluster: ${column}\\[1\\] is`));
  });
});
