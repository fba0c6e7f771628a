import { describe, expect, test } from "vitest";

import { createCluster } from "../../../cluster/cluster.js";
import { createFragmentation } from "../../../cluster/fragmentation.js";
import { typicalPods } from "../../../cluster/idle-classes.js";
import type { PodRequest } from "../../../workload/job-table.js";
import { fgdGpuSelector } from "../devices/fgd-gpu.js";
import type { PlacementContext, PlacementScorer } from "../policy.js";
import { bestFit } from "./best-fit.js";
import { dotProduct } from "./dot-product.js";
import { fgd, fragmentScore } from "./fgd.js";
import { gpuClustering } from "./gpu-clustering.js";
import { gpuPacking } from "./gpu-packing.js";

/** A pod as (CPU, thousandths per GPU, GPUs). */
type Pod = readonly [cpuMilli: number, gpuMilli: number, gpuCount: number];

function request([cpuMilli, gpuMilli, gpuCount]: Pod): PodRequest {
  return { cpuMilli, memoryBytes: 0, gpuCount, gpuMilli, gpuModels: [] };
}

interface Case {
  readonly gpuCount: number;
  readonly cpuMilli?: number;
  readonly running?: readonly (readonly [Pod, gpus: number[]])[];
  readonly typical?: readonly Pod[];
}

function contextOf(
  { gpuCount, cpuMilli = 64_000, running = [], typical = [] }: Case,
  pod: Pod,
): PlacementContext {
  const spec = {
    name: "n",
    cpuMilli,
    memoryBytes: 1,
    podsMax: 100,
    gpuCount,
    gpuModel: gpuCount > 0 ? "T4" : "",
  };
  const view = createCluster({ nodes: [spec] });
  for (const [each, gpus] of running) view.allocate(0, request(each), gpus);
  const pods = typicalPods(
    [
      { request: request(pod), count: 0 },
      ...typical.map((each) => ({ request: request(each), count: 1 })),
    ].concat(typical.length === 0 ? [{ request: request(pod), count: 1 }] : []),
  );
  const fragmentation = createFragmentation(view, pods);
  const random = {
    integerBelow: (): never => {
      throw new Error("not used by these scorers");
    },
  };
  return { view, shapes: [request(pod)], random, fragmentation: () => fragmentation };
}

function scoreOf(scorer: PlacementScorer, given: Case, pod: Pod): number {
  return scorer.prepare(contextOf(given, pod)).score(0, 0);
}

describe("dot-product", () => {
  test.each<[string, Case, Pod, number]>([
    // 0.5 * 0.25 + 0.5 * 0.0625 = 0.15625; 100 * (1 - 0.078125) = 92.1.
    ["a share on a free node", { gpuCount: 4 }, [32_000, 500, 1], 92],
    // CPU free 64000 - 32000: 0.25 * 0.25 + 0.375 * 0.25 = 0.15625.
    [
      "whole GPUs on a used node",
      { gpuCount: 4, running: [[[32_000, 1000, 1], [0]]] },
      [32_000, 1000, 2],
      92,
    ],
    ["a CPU pod", { gpuCount: 8, cpuMilli: 128_000 }, [128_000, 0, 0], 50],
  ])("%s", (_what, given, pod, want) => {
    expect(scoreOf(dotProduct, given, pod)).toBe(want);
  });

  test("a node beyond the study's largest divides by itself and stays in range", () => {
    expect(scoreOf(dotProduct, { gpuCount: 16, cpuMilli: 256_000 }, [256_000, 1000, 16])).toBe(0);
  });
});

describe("best-fit", () => {
  test.each<[string, Case, Pod, number]>([
    // 1 - (32000 / 128000 * 0.5 + 3500 / 8000 * 0.5) = 0.65625.
    ["a share on a free node", { gpuCount: 4 }, [32_000, 500, 1], 65],
    ["a pod that fills the node", { gpuCount: 4 }, [64_000, 1000, 4], 100],
    ["a small pod on the largest node", { gpuCount: 8, cpuMilli: 128_000 }, [0, 0, 0], 0],
  ])("%s", (_what, given, pod, want) => {
    expect(scoreOf(bestFit, given, pod)).toBe(want);
  });
});

describe("gpu-clustering", () => {
  const share: Pod = [1000, 500, 1];
  const one: Pod = [1000, 1000, 1];
  const two: Pod = [1000, 1000, 2];
  test.each<[string, Case, Pod, number]>([
    ["a CPU pod", { gpuCount: 4 }, [1000, 0, 0], 0],
    // 25 * (8000 - 4000) / 8000 = 12.5, truncated, plus 25.
    ["a node without GPU pods", { gpuCount: 4 }, share, 37],
    // 3500 free: 14, plus 75.
    ["only its own kind there", { gpuCount: 4, running: [[share, [0]]] }, share, 89],
    // 2500 free: 17, plus 50.
    [
      "its kind among others",
      {
        gpuCount: 4,
        running: [
          [share, [0]],
          [one, [1]],
        ],
      },
      share,
      67,
    ],
    // 3000 free: 15.
    ["only another kind", { gpuCount: 4, running: [[one, [0]]] }, share, 15],
    ["one whole GPU and two are different kinds", { gpuCount: 4, running: [[one, [0]]] }, two, 15],
    [
      "a CPU pod on the node does not count",
      { gpuCount: 4, running: [[[1000, 0, 0], []]] },
      one,
      37,
    ],
    [
      "a GPU wholly given in shares is still shared",
      {
        gpuCount: 1,
        running: [
          [share, [0]],
          [share, [0]],
        ],
      },
      share,
      100,
    ],
  ])("%s", (_what, given, pod, want) => {
    expect(scoreOf(gpuClustering, given, pod)).toBe(want);
  });
});

describe("gpu-packing", () => {
  test.each<[string, Case, Pod, number]>([
    ["a CPU pod", { gpuCount: 4 }, [1000, 0, 0], 0],
    ["a free node", { gpuCount: 4 }, [0, 500, 1], 29],
    ["a free node with many GPUs", { gpuCount: 30 }, [0, 500, 1], 30],
    [
      "two free GPUs of a used node",
      { gpuCount: 4, running: [[[0, 1000, 1], [0]]] },
      [0, 1000, 2],
      48,
    ],
    [
      "many free GPUs of a used node",
      { gpuCount: 24, running: [[[0, 1000, 1], [0]]] },
      [0, 1000, 20],
      33,
    ],
    ["a free GPU of a used node", { gpuCount: 2, running: [[[0, 700, 1], [0]]] }, [0, 301, 1], 49],
    // 300 free: 30 % -> 3.
    ["a shared GPU", { gpuCount: 2, running: [[[0, 700, 1], [0]]] }, [0, 300, 1], 97],
    // 999 free: 99.9 % -> 99 -> 9.
    ["an almost free shared GPU", { gpuCount: 1, running: [[[0, 1, 1], [0]]] }, [0, 300, 1], 91],
    [
      "the tighter of two shared GPUs",
      {
        gpuCount: 2,
        running: [
          [[0, 100, 1], [0]],
          [[0, 600, 1], [1]],
        ],
      },
      [0, 300, 1],
      96,
    ],
  ])("%s", (_what, given, pod, want) => {
    expect(scoreOf(gpuPacking, given, pod)).toBe(want);
  });
});

describe("fgd", () => {
  test.each([
    ["no change", 0, 50],
    ["a whole GPU less fragment", 1000, 73],
    ["a whole GPU more", -1000, 26],
    ["any growth, however small, is below 50", -1e-12, 49],
    ["far less", 8000, 99],
    ["far more", -8000, 0],
    ["unbounded", 1e9, 100],
  ])("score of %s", (_what, fallMilli, want) => {
    expect(fragmentScore(fallMilli)).toBe(want);
  });

  test("a share that leaves a useless rest scores below 50, one that uses a rest above", () => {
    const typical: Pod[] = [[1000, 600, 1]];
    // Taking 500 of a free GPU makes its other 500 fragment: sigmoid(-0.5) = 0.377.
    expect(scoreOf(fgd, { gpuCount: 1, typical }, [1000, 500, 1])).toBe(37);
    // Taking the 500 that are fragment already: sigmoid(0.5) = 0.622.
    const given: Case = { gpuCount: 2, typical, running: [[[1000, 500, 1], [1]]] };
    expect(scoreOf(fgd, given, [1000, 500, 1])).toBe(62);
  });

  test("CPU taken from a node makes its GPUs fragment", () => {
    const given: Case = { gpuCount: 1, cpuMilli: 2000, typical: [[1500, 1000, 1]] };
    expect(scoreOf(fgd, given, [500, 0, 0])).toBe(50);
    expect(scoreOf(fgd, given, [501, 0, 0])).toBe(26);
  });

  test("gives the GPU with the best whole-number score, the first on ties", () => {
    const choose = (given: Case, pod: Pod): number => {
      const out = new Int32Array(1);
      fgdGpuSelector.prepare(contextOf(given, pod))(0, 0, out);
      return out[0]!;
    };
    const running: Case["running"] = [[[0, 500, 1], [1]]];
    expect(choose({ gpuCount: 3, running, typical: [[1000, 600, 1]] }, [0, 500, 1])).toBe(1);
    // On GPU 1 ten thousandths of fragment go away, 50.2; on GPU 0 nothing changes, 50: a tie once truncated.
    expect(choose({ gpuCount: 2, running, typical: [[1000, 600, 1]] }, [0, 10, 1])).toBe(0);
    expect(choose({ gpuCount: 2, typical: [[1000, 500, 1]] }, [0, 500, 1])).toBe(0);
  });
});
