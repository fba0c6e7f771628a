import { describe, expect, test } from "vitest";

import { InvariantError } from "../../base/assert.js";
import { createCluster } from "../../cluster/cluster.js";
import { typicalPods } from "../../cluster/idle-classes.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { PodRequest } from "../../workload/job-table.js";
import { firstGpuSelector } from "./devices/first-gpu.js";
import { DEFAULT_FILTERS } from "./filters/default-filters.js";
import { createPlacer } from "./placer.js";
import { PLACEMENT_POLICIES, findPlacementPolicy } from "./policies.js";
import type { PlacementPolicy, PlacementScorer } from "./policy.js";
import { leastAllocated } from "./scorers/least-allocated.js";

function node(changes: Partial<NodeSpec> = {}): NodeSpec {
  return {
    name: "n",
    cpuMilli: 8000,
    memoryBytes: 8000,
    podsMax: 10,
    gpuCount: 2,
    gpuModel: "A10",
    ...changes,
  };
}

function pod(changes: Partial<PodRequest> = {}): PodRequest {
  return {
    cpuMilli: 1000,
    memoryBytes: 1000,
    gpuCount: 1,
    gpuMilli: 1000,
    gpuModels: [],
    ...changes,
  };
}

function preset(name: string): PlacementPolicy {
  return findPlacementPolicy(name)!;
}

/** A policy of one scorer given as a function, first GPU that fits. */
function policyOf(
  score: (node: number, shape: number) => number,
  changes: Partial<PlacementScorer> = {},
): PlacementPolicy {
  const scorer: PlacementScorer = { name: "own", prepare: () => ({ score }), ...changes };
  return {
    name: "own",
    description: "",
    filters: DEFAULT_FILTERS,
    scorers: [{ weight: 1, scorer }],
    deviceSelector: firstGpuSelector,
  };
}

const noDraws = {
  integerBelow: (): never => {
    throw new Error("no draw expected");
  },
};

describe("choose", () => {
  test("takes the highest score, the lowest node on ties", () => {
    const view = createCluster({ nodes: [node(), node(), node(), node()] });
    expect(
      createPlacer(
        policyOf((n) => [1, 7, 7, 3][n]!),
        view,
        [pod()],
      ).choose(0),
    ).toBe(1);
    expect(createPlacer(preset("first-fit"), view, [pod()]).choose(0)).toBe(0);
  });

  test("says -1 when no node can take the pod, and finds it again after a release", () => {
    const cluster = createCluster({ nodes: [node({ gpuCount: 1 })] });
    const placer = createPlacer(preset("first-fit"), cluster, [pod()]);
    expect(placer.choose(0)).toBe(0);
    const handle = cluster.allocate(0, pod(), placer.gpus);
    expect(placer.choose(0)).toBe(-1);
    cluster.release(handle);
    expect(placer.choose(0)).toBe(0);
  });

  test("takes the only feasible node without drawing", () => {
    const view = createCluster({ nodes: [node({ gpuCount: 0, gpuModel: "" }), node()] });
    expect(createPlacer(preset("random"), view, [pod()], { random: noDraws }).choose(0)).toBe(1);
  });

  test("random draws once among the feasible nodes, and once among the fitting GPUs", () => {
    const cluster = createCluster({
      nodes: [node(), node({ podsMax: 0 }), node(), node({ gpuCount: 3 })],
    });
    cluster.allocate(3, pod({ gpuMilli: 800 }), [1]);
    const bounds: number[] = [];
    const random = {
      integerBelow(bound: number) {
        bounds.push(bound);
        return bound - 1;
      },
    };
    const placer = createPlacer(preset("random"), cluster, [pod({ gpuMilli: 500 })], { random });
    expect(placer.choose(0)).toBe(3);
    expect(placer.gpus[0]).toBe(2);
    expect(bounds).toEqual([3, 2]);
  });

  test("a random draw counts as 100 against 0 beside other scorers", () => {
    const view = createCluster({ nodes: [node(), node(), node()] });
    const random = { integerBelow: () => 2 };
    const choose = (weight: number): number => {
      const other: PlacementScorer = {
        name: "other",
        prepare: () => ({ score: (n) => [10, 90, 0][n]! }),
      };
      const scorers = [...preset("random").scorers, { weight, scorer: other }];
      return createPlacer({ ...preset("first-fit"), scorers }, view, [pod()], { random }).choose(0);
    };
    expect(choose(1)).toBe(2);
    expect(choose(2)).toBe(1);
  });

  test("asks a cacheable scorer again only for nodes that changed", () => {
    const asked: number[] = [];
    const cluster = createCluster({ nodes: [node(), node(), node()] });
    const policy = policyOf((n) => {
      asked.push(n);
      return 10 - n;
    });
    const placer = createPlacer(policy, cluster, [pod()]);
    placer.choose(0);
    cluster.allocate(1, pod(), [0]);
    placer.choose(0);
    placer.choose(0);
    expect(asked).toEqual([0, 1, 2, 1]);
  });

  test("weighs scorers, after stretching those that ask for it", () => {
    const view = createCluster({ nodes: [node(), node(), node()] });
    const flat = (name: string, scores: number[], normalize?: "min-max"): PlacementScorer => ({
      name,
      ...(normalize === undefined ? {} : { normalize }),
      prepare: () => ({ score: (n) => scores[n]! }),
    });
    const choose = (weight: number, scorer: PlacementScorer): number => {
      const scorers = [
        { weight: 1, scorer: flat("first", [10, 0, 40]) },
        { weight, scorer },
      ];
      return createPlacer({ ...preset("first-fit"), scorers }, view, [pod()]).choose(0);
    };
    expect(choose(1, flat("second", [3, 5, 1]))).toBe(2);
    // Stretched 50, 100, 0: sums 60, 100, 40.
    expect(choose(1, flat("second", [3, 5, 1], "min-max"))).toBe(1);
    expect(choose(0.3, flat("second", [3, 5, 1], "min-max"))).toBe(2);
    // All equal stretch to 0.
    expect(choose(9, flat("second", [4, 4, 4], "min-max"))).toBe(2);
  });

  test.each([-0.1, 100.5, Number.NaN, Infinity])("names a scorer that gives %s", (score) => {
    const view = createCluster({ nodes: [node({ name: "alpha" }), node()] });
    expect(() =>
      createPlacer(
        policyOf(() => score),
        view,
        [pod()],
      ).choose(0),
    ).toThrow(InvariantError);
    expect(() =>
      createPlacer(
        policyOf(() => score),
        view,
        [pod()],
      ).choose(0),
    ).toThrow(/scorer "own" gave .* for node 0 "alpha", must be a number 0\.\.100/);
  });

  test("a min-max scorer must give whole numbers", () => {
    const view = createCluster({ nodes: [node(), node()] });
    const policy = policyOf(() => 0.5, { normalize: "min-max" });
    expect(() => createPlacer(policy, view, [pod()]).choose(0)).toThrow(
      /must be a whole number 0\.\.100/,
    );
  });

  test.each([0, -1, Number.NaN, Infinity])("refuses the weight %s", (weight) => {
    const view = createCluster({ nodes: [node()] });
    const policy = { ...preset("first-fit"), scorers: [{ weight, scorer: leastAllocated() }] };
    expect(() => createPlacer(policy, view, [pod()])).toThrow(
      /weight of least-allocated must be a number > 0/,
    );
  });

  test("says what a policy lacks", () => {
    const view = createCluster({ nodes: [node(), node()] });
    expect(() => createPlacer(preset("fgd"), view, [pod()])).toThrow(
      /"fgd" needs the typical pods/,
    );
    expect(() => createPlacer(preset("random"), view, [pod()]).choose(0)).toThrow(
      /"random" draws random numbers/,
    );
  });
});

describe("partition", () => {
  const view = createCluster({
    nodes: [
      node({ partition: "x" }),
      node(),
      node({ partition: "y" }),
      node({ partition: "x", gpuCount: 4 }),
    ],
  });

  test("only its nodes are candidates", () => {
    const choose = (partition: string | undefined, gpuCount: number): number =>
      createPlacer(
        preset("first-fit"),
        view,
        [pod({ gpuCount })],
        partition === undefined ? {} : { partition },
      ).choose(0);
    expect(choose("x", 1)).toBe(0);
    expect(choose("x", 4)).toBe(3);
    expect(choose("y", 4)).toBe(-1);
    expect(choose("", 1)).toBe(1);
    expect(choose(undefined, 4)).toBe(3);
    expect(choose("z", 1)).toBe(-1);
  });

  test("an unknown partition never fits and says so", () => {
    const placer = createPlacer(preset("first-fit"), view, [pod()], { partition: "z" });
    expect(placer.neverFits(0)).toBe(true);
    expect(placer.explain(0)).toEqual({
      reason: "no node belongs to the partition",
      nodesByFilter: {},
    });
  });
});

describe("explain", () => {
  test("counts each node for the first filter that refuses it", () => {
    const cluster = createCluster({
      nodes: [
        node({ gpuModel: "T4" }),
        node(),
        node({ gpuCount: 1 }),
        node({ cpuMilli: 999 }),
        node({ cpuMilli: 999, memoryBytes: 0 }),
        node({ memoryBytes: 999 }),
        node({ podsMax: 0 }),
        node({ gpuCount: 0, gpuModel: "" }),
        node({ cpuMilli: 0 }),
      ],
    });
    cluster.allocate(1, pod({ gpuMilli: 1 }), [0]);
    const placer = createPlacer(
      preset("fgd"),
      cluster,
      [
        pod({ gpuCount: 2, gpuModels: ["A10"] }),
        pod({ gpuCount: 0, gpuMilli: 0, gpuModels: ["H100"] }),
      ],
      {
        typicalPods: typicalPods([{ request: pod(), count: 1 }]),
      },
    );
    expect(placer.explain(0)).toEqual({
      reason: "not enough free CPU",
      nodesByFilter: { "gpu-model": 2, "gpu-share": 2, cpu: 3, memory: 1, pods: 1 },
    });
    // A CPU-only pod looks at no GPU, whatever models it lists.
    expect(placer.explain(1)).toEqual({ reason: "a node can take it now", nodesByFilter: {} });
  });
});

describe("neverFits", () => {
  test("asks the empty cluster, not the present one", () => {
    const cluster = createCluster({ nodes: [node()] });
    const placer = createPlacer(preset("pack"), cluster, [
      pod({ gpuCount: 2 }),
      pod({ gpuCount: 3 }),
      pod({ cpuMilli: 8001 }),
    ]);
    cluster.allocate(0, pod(), [0]);
    expect([0, 1, 2].map((shape) => placer.neverFits(shape))).toEqual([false, true, true]);
    expect([0, 1, 2].map((shape) => placer.neverFits(shape))).toEqual([false, true, true]);
    expect(placer.choose(0)).toBe(-1);
  });
});

describe("the registry", () => {
  test("has unique kebab-case names with a description each", () => {
    const names = PLACEMENT_POLICIES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, description } of PLACEMENT_POLICIES) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(description).toMatch(/^[A-Z].{20,}\.$/);
    }
  });

  test.each([
    ["FGD", "fgd"],
    ["BestFit", "best-fit"],
    ["DotProd", "dot-prod"],
    ["GpuClustering", "gpu-clustering"],
    ["GPUPACKING", "gpu-packing"],
    ["Random", "random"],
    ["requested_to_capacity_ratio", "requested-to-capacity-ratio"],
  ])("finds %s as %s", (spelling, name) => {
    expect(findPlacementPolicy(spelling)?.name).toBe(name);
  });

  test("does not guess", () => {
    expect(findPlacementPolicy("best")).toBeUndefined();
  });
});
