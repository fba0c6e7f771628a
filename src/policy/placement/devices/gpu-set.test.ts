import { describe, expect, test } from "vitest";
import { createCluster } from "../../../cluster/cluster.js";
import type { NodeSpec } from "../../../cluster/spec.js";
import { createGpuSetChooser } from "./gpu-set.js";

/** Pairs on NVLink bridges, two of them on each processor. */
const PAIRS_AND_QUADS = [
  [
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
  ],
  [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ],
] as const;

function chosen(
  gpuDomains: NodeSpec["gpuDomains"],
  busy: readonly number[],
  count: number,
  gpuCount = 8,
): number[] {
  const cluster = createCluster({
    nodes: [
      {
        name: "n0",
        cpuMilli: 0,
        memoryBytes: 0,
        podsMax: 110,
        gpuCount,
        gpuModel: "A100",
        ...(gpuDomains === undefined ? {} : { gpuDomains }),
      },
    ],
  });
  const request = { cpuMilli: 0, memoryBytes: 0, gpuCount: 1, gpuMilli: 1000, gpuModels: [] };
  for (const gpu of busy) cluster.allocate(0, request, [gpu]);
  const out = new Int32Array(gpuCount);
  const chooser = createGpuSetChooser(cluster);
  chooser.choose(0, count, out);
  const first = Array.from(out.subarray(0, count));
  // Remembered answers are the same answers.
  chooser.choose(0, count, out);
  expect(Array.from(out.subarray(0, count))).toEqual(first);
  return first;
}

describe("pairs and quads", () => {
  test.each<[string, readonly number[], number, readonly number[]]>([
    ["two GPUs are a pair", [], 2, [0, 1]],
    ["two GPUs skip a broken pair", [0], 2, [2, 3]],
    ["one GPU goes to a broken pair", [0], 1, [1]],
    ["one GPU goes to the broken pair, wherever it is", [5], 1, [4]],
    ["four GPUs are a quad", [], 4, [0, 1, 2, 3]],
    ["four GPUs skip a broken quad", [1], 4, [4, 5, 6, 7]],
    ["three GPUs stay in the quad with the least room that holds them", [7], 3, [4, 5, 6]],
    ["three GPUs in a fresh quad: a pair and one of the next", [], 3, [0, 1, 2]],
    ["two GPUs without a whole pair stay in one quad", [0, 2, 4, 5, 6], 2, [1, 3]],
    ["two GPUs with one in each quad: what there is", [0, 1, 2, 4, 5, 6], 2, [3, 7]],
    // Neither quad holds six: the one with most room first, the rest where it fits tightest.
    ["six GPUs: a quad and a pair", [], 6, [0, 1, 2, 3, 4, 5]],
    ["five GPUs of seven: the whole quad and the single GPU", [0], 5, [1, 4, 5, 6, 7]],
  ])("%s", (_what, busy, count, want) => {
    expect(chosen(PAIRS_AND_QUADS, busy, count)).toEqual(want);
  });
});

test("nodes whose GPUs are alike give the lowest free ones", () => {
  expect(chosen(undefined, [0, 2], 3)).toEqual([1, 3, 4]);
  expect(chosen([], [0, 2], 3)).toEqual([1, 3, 4]);
});

test("a GPU in no group is alone", () => {
  expect(chosen([[[1, 2]]], [], 2, 4)).toEqual([1, 2]);
  expect(chosen([[[1, 2]]], [], 1, 4)).toEqual([0]);
});

test.each<[string, NodeSpec["gpuDomains"], string]>([
  ["outside", [[[0, 8]]], "GPU must be a number 0..7, got 8"],
  [
    "twice",
    [
      [
        [0, 1],
        [1, 2],
      ],
    ],
    "GPU 1 is in two groups",
  ],
  ["not nested", [[[0, 1]], [[0], [1, 2]]], "must lie inside one of kind 1"],
])("refuses groups that are wrong: %s", (_what, gpuDomains, message) => {
  expect(() => chosen(gpuDomains, [], 1)).toThrow(message);
});
