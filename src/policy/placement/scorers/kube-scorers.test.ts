import { describe, expect, test } from "vitest";

import { createCluster } from "../../../cluster/cluster.js";
import type { NodeSpec } from "../../../cluster/spec.js";
import type { PodRequest } from "../../../workload/job-table.js";
import type { PlacementScorer } from "../policy.js";
import { balancedAllocation } from "./balanced-allocation.js";
import { leastAllocated } from "./least-allocated.js";
import { mostAllocated } from "./most-allocated.js";
import { requestedToCapacityRatio } from "./requested-to-capacity-ratio.js";

const MIB = 1024 * 1024;

interface Case {
  readonly node: Partial<NodeSpec>;
  readonly pod: Partial<PodRequest>;
  /** Pods already on the node. */
  readonly running?: readonly Partial<PodRequest>[];
}

function request(changes: Partial<PodRequest>): PodRequest {
  return { cpuMilli: 0, memoryBytes: 0, gpuCount: 0, gpuMilli: 0, gpuModels: [], ...changes };
}

function scoreOf(scorer: PlacementScorer, { node, pod, running = [] }: Case): number {
  const gpuCount = node.gpuCount ?? 0;
  const spec = {
    name: "n",
    cpuMilli: 4000,
    memoryBytes: 10_000,
    podsMax: 10,
    gpuCount,
    gpuModel: gpuCount > 0 ? "A10" : "",
    ...node,
  };
  const view = createCluster({ nodes: [spec] });
  let nextGpu = 0;
  for (const each of running.map(request)) {
    const gpus = Array.from({ length: each.gpuCount }, () => nextGpu++);
    view.allocate(0, each, gpus);
  }
  const unused = (): never => {
    throw new Error("not used by these scorers");
  };
  const context = {
    view,
    shapes: [request(pod)],
    random: { integerBelow: unused },
    fragmentation: unused,
  };
  return scorer.prepare(context).score(0, 0);
}

const POD = { cpuMilli: 3000, memoryBytes: 5000 };

describe("least-allocated", () => {
  test.each<[string, Case, number]>([
    // CPU (4000 - 3000) / 4000 = 25, memory 50: mean 37.5, truncated.
    ["truncates the mean", { node: {}, pod: POD }, 37],
    ["CPU 50, memory 50", { node: { cpuMilli: 6000 }, pod: POD }, 50],
    // (7000 - 3000) * 100 / 7000 = 57.14, (10000 - 5000) = 50: (57 + 50) / 2 = 53.5.
    ["truncates each resource", { node: { cpuMilli: 7000 }, pod: POD }, 53],
    [
      "counts running pods",
      {
        node: { cpuMilli: 6000 },
        pod: { cpuMilli: 1000, memoryBytes: 1000 },
        running: [{ cpuMilli: 2000, memoryBytes: 4000 }],
      },
      50,
    ],
    ["scores 0 for what the node lacks", { node: { memoryBytes: 0 }, pod: { cpuMilli: 3000 } }, 12],
    // Memory would be exceeded by kube's 200 MiB default: 0; CPU 25.
    ["scores 0 for what would be exceeded", { node: {}, pod: { cpuMilli: 3000 } }, 12],
    // 100 thousandths of 1000: 90; 200 MiB of 1024 MiB: 80.47, truncated.
    [
      "counts kube's defaults for absent requests",
      { node: { cpuMilli: 1000, memoryBytes: 1024 * MIB }, pod: {} },
      85,
    ],
    [
      "counts kube's defaults of running pods",
      { node: { cpuMilli: 1000, memoryBytes: 1024 * MIB }, pod: {}, running: [{}] },
      Math.floor((80 + 60) / 2),
    ],
    [
      "does not look at GPUs",
      { node: { gpuCount: 1 }, pod: { ...POD, gpuCount: 1, gpuMilli: 1000 } },
      37,
    ],
  ])("%s", (_what, given, want) => {
    expect(scoreOf(leastAllocated(), given)).toBe(want);
  });

  test("weights resources, GPUs in thousandths", () => {
    const scorer = leastAllocated({
      resources: [
        { resource: "gpu", weight: 3 },
        { resource: "cpu", weight: 1 },
      ],
    });
    // GPU: 1500 of 4000 used, 62.5 -> 62; CPU 25: (3 * 62 + 25) / 4 = 52.75.
    expect(
      scoreOf(scorer, {
        node: { gpuCount: 4 },
        pod: { ...POD, gpuCount: 1, gpuMilli: 500 },
        running: [{ gpuCount: 1, gpuMilli: 1000 }],
      }),
    ).toBe(Math.floor((3 * 62 + 25) / 4));
  });

  test("can leave GPUs out for pods that ask for none", () => {
    const resources = [
      { resource: "gpu", weight: 8 },
      { resource: "cpu", weight: 1 },
    ] as const;
    const given = { node: { gpuCount: 4 }, pod: POD };
    expect(scoreOf(leastAllocated({ resources }), given)).toBe(Math.floor((8 * 100 + 25) / 9));
    expect(scoreOf(leastAllocated({ resources, skipUnrequestedGpu: true }), given)).toBe(25);
  });
});

describe("most-allocated", () => {
  test.each<[string, Case, number]>([
    ["CPU 75, memory 50", { node: {}, pod: POD }, 62],
    ["CPU 50, memory 50", { node: { cpuMilli: 6000 }, pod: POD }, 50],
    ["scores 0 for what would be exceeded", { node: {}, pod: { cpuMilli: 3000 } }, 37],
    ["scores 0 for what the node lacks", { node: { cpuMilli: 0 }, pod: { memoryBytes: 5000 } }, 25],
  ])("%s", (_what, given, want) => {
    expect(scoreOf(mostAllocated(), given)).toBe(want);
  });
});

describe("requested-to-capacity-ratio", () => {
  test("rounds the mean of utilisations 75 and 50", () => {
    expect(scoreOf(requestedToCapacityRatio(), { node: {}, pod: POD })).toBe(63);
  });

  test("reproduces the worked example of kube's bin-packing page", () => {
    // Node: 4 GPUs (1 used), 1 GiB (256 MiB used), 8 CPUs (1 used); pod: 2 GPUs, 256 MiB, 2 CPUs.
    // Utilisations 75, 50 and 100 - 62 = 38 with weights 5, 1, 3: 539 / 9 = 59.9.
    const scorer = requestedToCapacityRatio({
      resources: [
        { resource: "gpu", weight: 5 },
        { resource: "memory", weight: 1 },
        { resource: "cpu", weight: 3 },
      ],
    });
    const given: Case = {
      node: { gpuCount: 4, memoryBytes: 1024 * MIB, cpuMilli: 8000 },
      pod: { gpuCount: 2, gpuMilli: 1000, memoryBytes: 256 * MIB, cpuMilli: 2000 },
      running: [{ gpuCount: 1, gpuMilli: 1000, memoryBytes: 256 * MIB, cpuMilli: 1000 }],
    };
    expect(scoreOf(scorer, given)).toBe(60);
  });

  test("leaves out resources that score 0", () => {
    // Spreading curve 0 -> 10, 100 -> 0: memory is full (0, left out), CPU 75 -> 25.
    const scorer = requestedToCapacityRatio({
      curve: [
        { utilizationPct: 0, score: 10 },
        { utilizationPct: 100, score: 0 },
      ],
    });
    expect(scoreOf(scorer, { node: {}, pod: { cpuMilli: 3000, memoryBytes: 10_000 } })).toBe(25);
    expect(scoreOf(scorer, { node: {}, pod: { cpuMilli: 4000, memoryBytes: 10_000 } })).toBe(0);
  });

  const curve = [
    { utilizationPct: 20, score: 2 },
    { utilizationPct: 60, score: 10 },
    { utilizationPct: 100, score: 5 },
  ];
  test.each([
    ["before the first corner", 400, 20],
    ["on a corner", 2400, 100],
    ["between corners, rising", 2000, 80],
    // 100 + trunc(-50 * 15 / 40) = 100 - 18.
    ["between corners, falling, truncated toward 0", 3000, 82],
    ["at the last corner", 4000, 50],
  ])("reads the curve %s", (_what, cpuMilli, want) => {
    const scorer = requestedToCapacityRatio({ curve, resources: [{ resource: "cpu", weight: 1 }] });
    expect(scoreOf(scorer, { node: {}, pod: { cpuMilli } })).toBe(want);
  });

  test("stays flat after the last corner", () => {
    const scorer = requestedToCapacityRatio({
      curve: [{ utilizationPct: 50, score: 7 }],
      resources: [{ resource: "cpu", weight: 1 }],
    });
    expect(scoreOf(scorer, { node: {}, pod: { cpuMilli: 4000 } })).toBe(70);
  });

  test.each([
    [[], /at least one point/],
    [
      [{ utilizationPct: 101, score: 1 }],
      /utilizationPct must be a whole number 0\.\.100, got 101/,
    ],
    [[{ utilizationPct: 1, score: 11 }], /score must be a whole number 0\.\.10, got 11/],
    [
      [
        { utilizationPct: 5, score: 1 },
        { utilizationPct: 5, score: 2 },
      ],
      /must rise/,
    ],
  ])("refuses a broken curve", (broken, message) => {
    expect(() => requestedToCapacityRatio({ curve: broken })).toThrow(message);
  });
});

describe("balanced-allocation", () => {
  test.each<[string, Case, number]>([
    ["CPU 3/4 and memory 1/2", { node: {}, pod: POD }, 75],
    ["equal shares", { node: { cpuMilli: 6000 }, pod: POD }, 100],
    // 1/3 and 1/2: (1 - 0.1667) * 100 truncated.
    ["truncates", { node: { cpuMilli: 9000 }, pod: POD }, 83],
    ["full CPU", { node: { cpuMilli: 3000 }, pod: POD }, 0],
    ["no memory at all", { node: { memoryBytes: 0 }, pod: { cpuMilli: 1 } }, 0],
  ])("%s", (_what, given, want) => {
    expect(scoreOf(balancedAllocation(), given)).toBe(want);
  });
});

describe("resource weights", () => {
  test.each([
    [[{ resource: "cpu", weight: 0 }], /weight of cpu must be a whole number >= 1, got 0/],
    [[{ resource: "gpu", weight: 1.5 }], /weight of gpu must be a whole number >= 1, got 1.5/],
    [
      [
        { resource: "cpu", weight: 1 },
        { resource: "cpu", weight: 2 },
      ],
      /cpu is listed twice/,
    ],
  ] as const)("refuses %j", (resources, message) => {
    expect(() => scoreOf(leastAllocated({ resources }), { node: {}, pod: POD })).toThrow(message);
  });
});
