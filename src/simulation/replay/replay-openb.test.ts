import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { PLACEMENT_POLICIES, findPlacementPolicy } from "../../policy/placement/policies.js";
import { readOpenbNodes, readOpenbPods } from "../../workload/openb.js";
import { drawOrder } from "./arrival-order.js";
import { replayOpenb, type ReplayInput } from "./replay-openb.js";

const policy = (name: string) => findPlacementPolicy(name)!;

describe("a replay small enough to follow by hand", () => {
  // Two nodes: "wide" with 2 GPUs and 4 cores, "slim" with 1 GPU and 1 core.
  const nodes = readOpenbNodes(
    "sn,cpu_milli,memory_mib,gpu,model\nwide,4000,100,2,T4\nslim,1000,100,1,T4\n",
    "nodes",
  );
  const pods = readOpenbPods(
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli\nhalf,1000,10,1,500\nwhole,1000,10,1,1000\npair,1000,10,2,1000\ncpu,1000,10,0,0\n",
    "pods",
  );
  const run = (name: string, arrivals: number[], changes: Partial<ReplayInput> = {}) =>
    replayOpenb({
      nodes,
      pods,
      workload: "hand",
      policy: policy(name),
      seed: 1,
      order: { arrivals: Int32Array.from(arrivals), nodeOrder: Int32Array.from([0, 1]) },
      ...changes,
    });

  test("first-fit fills the first node and counts what it refuses", () => {
    // half and whole take both GPUs of "wide"; pair fits nowhere; cpu goes to "wide"; whole goes to
    // "slim", which then has no CPU for the last cpu pod, and "wide" has one core left for it.
    const { result, placements, refusals } = run("first-fit", [0, 1, 2, 3, 1, 3], {
      explainRefusals: true,
    });
    expect([...placements]).toEqual([0, 0, -1, 0, 1, 0]);
    expect(result).toMatchObject({
      policy: "first-fit",
      workload: "hand",
      seed: 1,
      pods: 6,
      usedGpuMilli: 2500,
      failedPods: 1,
    });
    expect([...refusals]).toEqual([["not enough free GPUs", 1]]);
  });

  test("the node order breaks ties", () => {
    const order = { arrivals: Int32Array.from([1, 1]), nodeOrder: Int32Array.from([1, 0]) };
    expect([...run("first-fit", [], { order }).placements]).toEqual([1, 0]);
  });

  test("a refused pod counts as arrived, not as used", () => {
    // Demand: 500 of 3000 is 16.67 %, then 2500 is 83.33 %: the pair takes "wide", half went to "slim".
    const spread = run("fgd", [0, 2]).result;
    expect(spread.usedGpuMilli).toBe(2500);
    expect(spread.allocationPct[17]).toBe(16.67);
    expect(spread.allocationPct[83]).toBe(83.33);
    // first-fit puts half on "wide", so the pair is refused.
    const packed = run("first-fit", [0, 2]).result;
    expect(packed).toMatchObject({ usedGpuMilli: 500, failedPods: 1 });
    expect(packed.allocationPct[83]).toBe(16.67);
  });

  test("fragment by hand", () => {
    // Typical pods: the four shapes, a quarter each. After half on GPU 0 of "wide" (free 500, 1000, 3 cores)
    // and nothing on "slim" (free 1000, 1 core):
    //   half: fits both, all usable; whole: on wide 500 is too little, on slim all usable;
    //   pair: wide 1500 and slim 1000 lack GPU; cpu: 1500 and 1000 serve no GPU pod.
    //   (500 + 2500 + 2500) / 4 = 1375 thousandths of 2500 idle, 3000 in all.
    const { result } = run("first-fit", [0]);
    expect(result.fragAmountPct[17]).toBe(45.83);
    expect(result.fragRatioPct[17]).toBe(55);
  });

  test("a cluster without GPUs has no curves", () => {
    const cpuOnly = readOpenbNodes("sn,cpu_milli,memory_mib,gpu,model\na,1,1,0,\n", "nodes");
    expect(() =>
      run("fgd", [0], {
        nodes: cpuOnly,
        order: { arrivals: new Int32Array(1), nodeOrder: new Int32Array(1) },
      }),
    ).toThrow("replay: the node list has no GPUs");
  });
});

describe("own draws", () => {
  const nodes = readOpenbNodes(
    `sn,cpu_milli,memory_mib,gpu,model\n${Array.from({ length: 30 }, (_unused, n) => `n${n},64000,65536,${n % 3 === 0 ? 8 : 2},T4`).join("\n")}\n`,
    "nodes",
  );
  const podRows = (count: number): string =>
    Array.from(
      { length: count },
      (_unused, i) =>
        `p${i},${1000 * (i % 7)},${100 * (i % 5)},${i % 11 === 0 ? 2 : 1},${i % 11 === 0 || i % 3 === 0 ? 1000 : 350}`,
    ).join("\n");
  const podsOf = (count: number) =>
    readOpenbPods(`name,cpu_milli,memory_mib,num_gpu,gpu_milli\n${podRows(count)}\n`, "pods");
  const targetMilli = 1.3 * 120_000;
  const demandOf = (pods: ReturnType<typeof podsOf>, arrivals: Int32Array): number =>
    arrivals.reduce((sum, row) => {
      const { gpuCount, gpuMilli } = pods.shapes[pods.shape[row]!]!;
      return sum + gpuCount * gpuMilli;
    }, 0);

  test("a small list is filled up to 130 % of the GPUs, each pod of the list first", () => {
    const pods = podsOf(60);
    const { arrivals, nodeOrder } = drawOrder(nodes, pods, createRandomStreams(7));
    expect([...arrivals.subarray(0, 60)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_unused, i) => i),
    );
    // The rule stops before a share per GPU would pass the target; two whole GPUs may pass it by one.
    expect(demandOf(pods, arrivals)).toBeGreaterThan(targetMilli - 1000);
    expect(demandOf(pods, arrivals)).toBeLessThanOrEqual(targetMilli + 1000);
    expect(new Set(nodeOrder).size).toBe(30);
  });

  test("a large list is thinned to 130 % without repeating a pod", () => {
    const pods = podsOf(600);
    const { arrivals } = drawOrder(nodes, pods, createRandomStreams(7));
    expect(new Set(arrivals).size).toBe(arrivals.length);
    expect(demandOf(pods, arrivals)).toBeLessThanOrEqual(targetMilli);
    expect(demandOf(pods, arrivals)).toBeGreaterThan(targetMilli - 2000);
  });

  test("a list without GPU demand is shuffled and left as it is", () => {
    const pods = readOpenbPods(
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,1,0,0\nb,2,1,0,0\n",
      "pods",
    );
    expect([...drawOrder(nodes, pods, createRandomStreams(1)).arrivals].sort()).toEqual([0, 1]);
  });

  test("the same seed gives the same order and result, another seed another order", () => {
    const pods = podsOf(60);
    const order = (seed: number) => drawOrder(nodes, pods, createRandomStreams(seed));
    expect(order(5)).toEqual(order(5));
    expect(order(5).arrivals).not.toEqual(order(6).arrivals);
    expect(order(5).nodeOrder).not.toEqual(order(6).nodeOrder);
    for (const each of PLACEMENT_POLICIES) {
      const run = () => replayOpenb({ nodes, pods, workload: "w", policy: each, seed: 5 });
      const first = run();
      expect(run()).toEqual(first);
      expect(first.result.usedGpuMilli).toBeGreaterThan(90_000);
      expect(first.result.usedGpuMilli).toBeLessThanOrEqual(120_000);
    }
  });
});
