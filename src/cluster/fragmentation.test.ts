import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { PodRequest } from "../workload/job-table.js";
import { createCluster } from "./cluster.js";
import { createFragmentation, idleByClass } from "./fragmentation.js";
import { IDLE_CLASSES, typicalPods, type TypicalPod } from "./idle-classes.js";
import type { NodeSpec } from "./spec.js";
import type { ClusterState } from "./view.js";

function node(changes: Partial<NodeSpec> = {}): NodeSpec {
  return {
    name: "n",
    cpuMilli: 10_000,
    memoryBytes: 1e9,
    podsMax: 100,
    gpuCount: 2,
    gpuModel: "A10",
    ...changes,
  };
}

function pod(changes: Partial<PodRequest> = {}): PodRequest {
  return { cpuMilli: 1000, memoryBytes: 0, gpuCount: 1, gpuMilli: 1000, gpuModels: [], ...changes };
}

function typical(...requests: (readonly [number, PodRequest])[]): readonly TypicalPod[] {
  return typicalPods(requests.map(([count, request]) => ({ request, count })));
}

interface NodeState {
  readonly cpuMilli: number;
  readonly gpus: readonly number[];
  readonly model: string;
}

function stateOf(cluster: ClusterState, n: number): NodeState {
  const gpus = Array.from(cluster.gpuMilliFree as ArrayLike<number>).slice(
    cluster.gpuOffset[n],
    cluster.gpuOffset[n + 1],
  );
  return {
    cpuMilli: cluster.cpuMilliFree[n]!,
    gpus,
    model: cluster.gpuModels[cluster.nodeModel[n]!] ?? "",
  };
}

/** The definition, word for word: idle thousandths of each class for one node, weighted. */
function classesByDefinition(state: NodeState, pods: readonly TypicalPod[]): number[] {
  const sums = IDLE_CLASSES.map(() => 0);
  const add = (name: (typeof IDLE_CLASSES)[number], amount: number): void => {
    sums[IDLE_CLASSES.indexOf(name)]! += amount;
  };
  const idle = state.gpus.reduce((sum, free) => sum + free, 0);
  for (const { request, weight } of pods) {
    const hasCpu = state.cpuMilli >= request.cpuMilli;
    const fitting = state.gpus.filter((free) => free >= request.gpuMilli);
    const isAccepted = request.gpuModels.length === 0 || request.gpuModels.includes(state.model);
    if (request.gpuMilli === 0) add(hasCpu ? "xl_satisfied" : "xr_lack_cpu", weight * idle);
    else if (!isAccepted) add("no_access", weight * idle);
    else if (fitting.length < request.gpuCount)
      add(hasCpu ? "q2_lack_gpu" : "q1_lack_both", weight * idle);
    else if (!hasCpu) add("q4_lack_cpu", weight * idle);
    else {
      const usable = fitting.reduce((sum, free) => sum + free, 0);
      add("q2_lack_gpu", weight * (idle - usable));
      add("q3_satisfied", weight * usable);
    }
  }
  return sums;
}

function amountByDefinition(state: NodeState, pods: readonly TypicalPod[]): number {
  const sums = classesByDefinition(state, pods);
  return sums[0]! + sums[1]! + sums[3]! + sums[4]! + sums[5]! + sums[6]!;
}

describe("classes of idle capacity", () => {
  const table: readonly [
    string,
    NodeSpec,
    PodRequest,
    Partial<Record<(typeof IDLE_CLASSES)[number], number>>,
  ][] = [
    ["the pod fits", node(), pod(), { q3_satisfied: 2000 }],
    ["too little CPU", node({ cpuMilli: 999 }), pod(), { q4_lack_cpu: 2000 }],
    ["too few GPUs", node(), pod({ gpuCount: 3 }), { q2_lack_gpu: 2000 }],
    [
      "too few GPUs and too little CPU",
      node({ cpuMilli: 1 }),
      pod({ gpuCount: 3 }),
      { q1_lack_both: 2000 },
    ],
    ["a CPU pod that fits", node(), pod({ gpuCount: 0, gpuMilli: 0 }), { xl_satisfied: 2000 }],
    [
      "a CPU pod that does not",
      node({ cpuMilli: 1 }),
      pod({ gpuCount: 0, gpuMilli: 0 }),
      { xr_lack_cpu: 2000 },
    ],
    ["another GPU model", node(), pod({ gpuModels: ["H100", "T4"] }), { no_access: 2000 }],
    ["an accepted model", node(), pod({ gpuModels: ["H100", "A10"] }), { q3_satisfied: 2000 }],
    ["no GPU at all", node({ gpuCount: 0, gpuModel: "" }), pod(), {}],
  ];
  test.each(table)("%s", (_what, spec, request, want) => {
    const fragmentation = createFragmentation(
      createCluster({ nodes: [spec] }),
      typical([1, request]),
    );
    const none = Object.fromEntries(IDLE_CLASSES.map((name) => [name, 0]));
    expect(idleByClass(fragmentation.byClassMilli)).toEqual({ ...none, ...want });
  });

  test("on a node that can host, GPUs too full for the pod lack GPU and the rest is satisfied", () => {
    const cluster = createCluster({ nodes: [node({ gpuCount: 3 })] });
    cluster.allocate(0, pod({ gpuMilli: 700 }), [1]);
    const fragmentation = createFragmentation(cluster, typical([1, pod({ gpuMilli: 500 })]));
    expect(idleByClass(fragmentation.byClassMilli)).toMatchObject({
      q2_lack_gpu: 300,
      q3_satisfied: 2000,
    });
    expect(fragmentation.amountMilli).toBe(300);
    expect(fragmentation.nodeAmount(0)).toBe(300);
  });

  test("weights by how often each typical pod occurs", () => {
    // 3 of 4 pods fit, 1 of 4 wants four GPUs: a quarter of 2000 lacks GPU.
    const pods = typical([3, pod()], [1, pod({ gpuCount: 4 })]);
    const fragmentation = createFragmentation(createCluster({ nodes: [node()] }), pods);
    expect(idleByClass(fragmentation.byClassMilli)).toMatchObject({
      q2_lack_gpu: 500,
      q3_satisfied: 1500,
    });
    expect(fragmentation.amountMilli).toBe(500);
  });
});

describe("refresh", () => {
  test("shows changes only when called, and returns to the start when they are undone", () => {
    const cluster = createCluster({ nodes: [node(), node()] });
    const fragmentation = createFragmentation(cluster, typical([1, pod({ gpuMilli: 600 })]));
    const handle = cluster.allocate(1, pod({ gpuMilli: 500 }), [0]);
    expect(fragmentation.amountMilli).toBe(0);
    fragmentation.refresh();
    expect(fragmentation.amountMilli).toBe(500);
    cluster.release(handle);
    fragmentation.refresh();
    expect(idleByClass(fragmentation.byClassMilli)).toMatchObject({
      q2_lack_gpu: 0,
      q3_satisfied: 4000,
    });
  });

  test("needs a typical pod", () => {
    expect(() => createFragmentation(createCluster({ nodes: [node()] }), [])).toThrow(RangeError);
  });
});

describe("what a pod would leave", () => {
  test("a partial pod counts with its best GPU, whole GPUs with the ones that fit", () => {
    const cluster = createCluster({ nodes: [node({ gpuCount: 3 })] });
    cluster.allocate(0, pod({ gpuMilli: 500 }), [2]);
    const fragmentation = createFragmentation(cluster, typical([1, pod({ gpuMilli: 400 })]));
    const partial = fragmentation.demand(pod({ gpuMilli: 400 }));
    // On GPU 2 it leaves 100, useless to the typical pod; on a whole GPU 600, useful.
    expect(fragmentation.amountAfterOnGpu(0, partial, 2)).toBe(100);
    expect(fragmentation.amountAfterOnGpu(0, partial, 0)).toBe(0);
    expect(fragmentation.amountAfter(0, partial)).toBe(0);
    expect(fragmentation.amountAfter(0, fragmentation.demand(pod({ gpuCount: 2 })))).toBe(0);
    expect(fragmentation.amountAfter(0, fragmentation.demand(pod({ gpuCount: 3 })))).toBeNaN();
    expect(
      fragmentation.amountAfterOnGpu(0, fragmentation.demand(pod({ gpuMilli: 600 })), 2),
    ).toBeNaN();
  });

  test("a CPU pod changes only the CPU", () => {
    const cluster = createCluster({ nodes: [node({ cpuMilli: 2000 })] });
    const fragmentation = createFragmentation(cluster, typical([1, pod({ cpuMilli: 1000 })]));
    expect(
      fragmentation.amountAfter(
        0,
        fragmentation.demand(pod({ gpuCount: 0, gpuMilli: 0, cpuMilli: 1000 })),
      ),
    ).toBe(0);
    expect(
      fragmentation.amountAfter(
        0,
        fragmentation.demand(pod({ gpuCount: 0, gpuMilli: 0, cpuMilli: 1001 })),
      ),
    ).toBe(2000);
  });
});

const gpuRequests = fc
  .record({
    cpuMilli: fc.integer({ min: 0, max: 6 }).map((cores) => cores * 500),
    gpuCount: fc.integer({ min: 0, max: 3 }),
    share: fc.integer({ min: 1, max: 10 }).map((tenths) => tenths * 100),
    gpuModels: fc.constantFrom([], ["A10"], ["H100", "T4"]),
  })
  .map(({ share, ...request }) => ({
    ...request,
    memoryBytes: 0,
    gpuMilli: request.gpuCount === 0 ? 0 : request.gpuCount === 1 ? share : 1000,
  }));

test("agrees with the definition after any history, node by node and for every next pod", () => {
  const nodes = fc.array(
    fc
      .record({
        cpuMilli: fc.integer({ min: 0, max: 8000 }),
        gpuCount: fc.integer({ min: 0, max: 4 }),
        model: fc.constantFrom("A10", "H100"),
      })
      .map(({ model, ...spec }) => node({ ...spec, gpuModel: spec.gpuCount === 0 ? "" : model })),
    { minLength: 1, maxLength: 4 },
  );
  const counted = fc.array(
    fc.record({ request: gpuRequests, count: fc.integer({ min: 1, max: 50 }) }),
    { minLength: 1, maxLength: 8 },
  );
  const steps = fc.array(
    fc.record({ at: fc.nat(), gpu: fc.nat(), release: fc.boolean(), request: gpuRequests }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(
      nodes,
      counted,
      steps,
      gpuRequests,
      fc.constantFrom(2, 1000),
      (nodeSpecs, shapes, plan, next, statesMax) => {
        const cluster = createCluster({ nodes: nodeSpecs });
        const pods = typicalPods(shapes);
        const fragmentation = createFragmentation(cluster, pods, { statesMax });
        const demand = fragmentation.demand(next);
        const live: number[] = [];
        for (const { at, gpu, release, request } of plan) {
          if (release && live.length > 0) cluster.release(live.splice(at % live.length, 1)[0]!);
          else tryAllocate(cluster, at % nodeSpecs.length, gpu, request, live);
          fragmentation.refresh();
          const states = nodeSpecs.map((_spec, n) => stateOf(cluster, n));
          states.forEach((state, n) => {
            expect(fragmentation.nodeAmount(n)).toBe(amountByDefinition(state, pods));
            checkAfter(fragmentation, n, demand, state, next, pods);
          });
          const idle = states.flatMap(({ gpus }) => gpus).reduce((sum, free) => sum + free, 0);
          const total = fragmentation.byClassMilli.reduce((sum, amount) => sum + amount, 0);
          expect(total).toBeCloseTo(idle, 6);
          const byDefinition = states.reduce(
            (sum, state) => sum + amountByDefinition(state, pods),
            0,
          );
          expect(fragmentation.amountMilli).toBeCloseTo(byDefinition, 6);
        }
      },
    ),
    { numRuns: 100 },
  );
});

function tryAllocate(
  cluster: ClusterState,
  at: number,
  gpu: number,
  request: PodRequest,
  live: number[],
): void {
  const count = cluster.gpuOffset[at + 1]! - cluster.gpuOffset[at]!;
  const gpus = Array.from(
    { length: request.gpuCount },
    (_unused, i) => (gpu + i) % Math.max(count, 1),
  );
  try {
    live.push(cluster.allocate(at, request, gpus));
  } catch {
    // It does not fit: the history goes on without it.
  }
}

/** Compares both "after" questions with taking the pod by hand. */
function checkAfter(
  fragmentation: ReturnType<typeof createFragmentation>,
  n: number,
  demand: number,
  state: NodeState,
  next: PodRequest,
  pods: readonly TypicalPod[],
): void {
  const after = (taken: readonly number[]): number => {
    const gpus = state.gpus.map((free, gpu) => (taken.includes(gpu) ? free - next.gpuMilli : free));
    return amountByDefinition({ ...state, gpus, cpuMilli: state.cpuMilli - next.cpuMilli }, pods);
  };
  const fitting = state.gpus.flatMap((free, gpu) => (free >= next.gpuMilli ? [gpu] : []));
  if (next.gpuCount === 0) {
    expect(fragmentation.amountAfter(n, demand)).toBe(after([]));
  } else if (fitting.length < next.gpuCount) {
    expect(fragmentation.amountAfter(n, demand)).toBeNaN();
  } else if (next.gpuMilli === 1000) {
    expect(fragmentation.amountAfter(n, demand)).toBe(after(fitting.slice(0, next.gpuCount)));
  } else {
    expect(fragmentation.amountAfter(n, demand)).toBe(
      Math.min(...fitting.map((gpu) => after([gpu]))),
    );
    for (const gpu of fitting)
      expect(fragmentation.amountAfterOnGpu(n, demand, gpu)).toBe(after([gpu]));
  }
}
