import { describe, expect, test } from "vitest";

import type { GpuPartRequest, PodRequest } from "../../workload/job-table.js";
import type { NodeSpec } from "../spec.js";
import { acceptanceOf, nodeKindOf } from "./gpu-acceptance.js";
import type { NodePartitioning } from "./partitioning.js";

const GIB = 2 ** 30;

function node(partitioning: NodePartitioning | undefined, gpuModel = "A100 SXM4-80GB"): NodeSpec {
  return {
    name: "n",
    cpuMilli: 0,
    memoryBytes: 0,
    podsMax: 1,
    gpuCount: 1,
    gpuModel,
    gpuMemoryBytes: 80e9,
    ...(partitioning === undefined ? {} : { partitioning }),
  };
}

function request(gpuMilli: number, part?: Partial<GpuPartRequest>, gpuCount = 1): PodRequest {
  const gpuPart = {
    migProfiles: [],
    isMigOnly: false,
    gpuMemoryBytes: 0,
    isReplicaEnough: false,
    ...part,
  };
  const base = { cpuMilli: 0, memoryBytes: 0, gpuCount, gpuMilli, gpuModels: [] };
  return part === undefined ? base : { ...base, gpuPart };
}

const mig: NodePartitioning = { mode: "mig", layouts: [[]] };

describe("MIG profiles for a pod, in order of preference", () => {
  const kind = nodeKindOf(node(mig));
  const names = (pod: PodRequest): string[] =>
    acceptanceOf(pod, kind).profiles.map((index) => kind.table!.geometry.profiles[index]!.name);

  test.each<[string, PodRequest, readonly string[]]>([
    ["a whole GPU: none", request(1000), []],
    [
      "a tenth: the smallest, then larger ones",
      request(100),
      ["1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
    ],
    // 1g has 14.3 % of the slices and 12.5 % of the memory.
    [
      "12.5 %: still the smallest",
      request(125),
      ["1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
    ],
    [
      "13 %: its memory is too small",
      request(130),
      ["1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
    ],
    ["45 %: 3g has 3 of 7 slices", request(450), ["4g.40gb", "7g.80gb"]],
    [
      "as written, what the GPU has",
      request(1000, { migProfiles: ["2g.20gb", "1g.5gb", "1g.10gb"], isMigOnly: true }),
      ["2g.20gb", "1g.10gb"],
    ],
    // Usable memory of 1g.10gb is 9.62 GiB.
    [
      "9 GiB",
      request(1000, { gpuMemoryBytes: 9 * GIB }),
      ["1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
    ],
    [
      "10 GiB",
      request(1000, { gpuMemoryBytes: 10 * GIB }),
      ["1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
    ],
    ["79 GiB: more than a 7g has", request(1000, { gpuMemoryBytes: 79 * GIB }), []],
    ["two GPUs by memory: instances have no link", request(1000, { gpuMemoryBytes: GIB }, 2), []],
    [
      "profiles too small for the memory",
      request(1000, { migProfiles: ["1g.10gb", "3g.40gb"], gpuMemoryBytes: 20 * GIB }),
      ["3g.40gb"],
    ],
  ])("%s", (_what, pod, want) => {
    expect(names(pod)).toEqual(want);
  });
});

describe("replicas", () => {
  const mps = nodeKindOf(node({ mode: "mps", replicas: 4 }));
  const slicing = nodeKindOf(node({ mode: "time-slicing", replicas: 4 }));
  test.each<[string, PodRequest, boolean, boolean]>([
    ["a share", request(200), true, true],
    ["a whole GPU", request(1000), false, false],
    [
      "a whole GPU that is content with a replica",
      request(1000, { isReplicaEnough: true }),
      true,
      true,
    ],
    ["a quarter of the memory", request(200, { gpuMemoryBytes: 20e9 }), true, true],
    ["more than a quarter", request(200, { gpuMemoryBytes: 21e9 }), false, true],
    ["more than all", request(200, { gpuMemoryBytes: 81e9 }), false, false],
    ["MIG only", request(1000, { migProfiles: ["1g.10gb"], isMigOnly: true }), false, false],
  ])("%s: MPS %s, time-slicing %s", (_what, pod, underMps, underSlicing) => {
    expect(acceptanceOf(pod, mps).replica).toBe(underMps);
    expect(acceptanceOf(pod, slicing).replica).toBe(underSlicing);
  });
});

describe("thousandths of open and whole GPUs", () => {
  test.each<[string, PodRequest, number, number]>([
    ["a share", request(200), 200, 1000],
    ["a whole GPU", request(1000), 1000, 1000],
    ["a share too small for its memory", request(100, { gpuMemoryBytes: 20e9 }), 250, 1000],
    ["more memory than there is", request(1000, { gpuMemoryBytes: 81e9 }), 0, 0],
    ["MIG only", request(1000, { migProfiles: ["1g.10gb"], isMigOnly: true }), 0, 0],
  ])("%s: %d open, %d whole", (_what, pod, open, whole) => {
    expect(acceptanceOf(pod, nodeKindOf(node(undefined))).gpuMilli).toBe(open);
    expect(acceptanceOf(pod, nodeKindOf(node({ mode: "whole" }))).gpuMilli).toBe(whole);
  });
});

test.each<[NodePartitioning, string, string]>([[mig, "L40S", "L40S has no MIG geometry"]])(
  "a node without MIG cannot be cut: %j %s",
  (partitioning, gpuModel, message) => {
    expect(() => nodeKindOf(node(partitioning, gpuModel))).toThrow(message);
  },
);
