// The rate of a ring depends on which GPUs of a node it visits, not on how many.
import { describe, expect, test } from "vitest";

import { nodeTopologyOf, type NodeTopology } from "../../hardware/topology.js";
import { intraNodeRates } from "./intra-node-rates.js";
import { nvlinkRingCount } from "./nvlink-rings.js";
import { pairedNode, pcieNode, referenceGpu, switchedNode } from "./reference-nodes.js";
import type { CollectiveNode } from "./types.js";

const GIGA = 1e9;

/** Eight V100 as in ND40rs and DGX-1: each GPU has six links, doubled within and between the quads. */
const MESH: NodeTopology = {
  gpuCount: 8,
  provenance: "given",
  sources: [],
  nvlinks: (
    [
      [0, 1, 1],
      [0, 2, 1],
      [0, 3, 2],
      [0, 4, 2],
      [1, 2, 2],
      [1, 3, 1],
      [1, 5, 2],
      [2, 3, 1],
      [2, 6, 2],
      [3, 7, 2],
      [4, 5, 1],
      [4, 6, 1],
      [4, 7, 2],
      [5, 6, 2],
      [5, 7, 1],
      [6, 7, 1],
    ] as const
  ).map(([left, right, links]) => ({ between: [left, right], links, link: "nvlink-2" })),
};
const mesh = (gpus: readonly number[]): CollectiveNode => ({
  gpu: referenceGpu("V100 SXM2-32GB"),
  topology: MESH,
  gpus,
});

describe("ring rate over the actual GPUs", () => {
  test.each<[string, CollectiveNode, number]>([
    ["A100 behind a switch: 12 links of 20", switchedNode("A100 SXM4-80GB", 8), 240],
    [
      "two of eight H200 have all 18 links",
      switchedNode("H200 SXM-141GB", 2, { ofGpus: 8 }),
      370.8,
    ],
    ["B200: 18 links of 40.1", switchedNode("B200", 8), 721.8],
    [
      "a bridged pair of A100",
      pairedNode("A100 PCIe-80GB", [0, 1], { ofGpus: 4, linksPerBridge: 12 }),
      240,
    ],
    [
      "two of different pairs meet over PCIe 4",
      pairedNode("A100 PCIe-80GB", [1, 2], { ofGpus: 4, linksPerBridge: 12 }),
      24,
    ],
    [
      "two pairs: the ring crosses PCIe twice, once each way",
      pairedNode("A100 PCIe-80GB", [0, 1, 2, 3], { ofGpus: 4, linksPerBridge: 12 }),
      24,
    ],
    [
      "the order asked does not matter",
      pairedNode("A100 PCIe-80GB", [0, 2, 1, 3], { ofGpus: 4, linksPerBridge: 12 }),
      24,
    ],
    ["PCIe 5", pcieNode("RTX PRO 6000 Blackwell Server", 2), 48],
    ["eight lanes are half", pcieNode("A2", 2), 12],
    ["eight V100 in the mesh: six links of 20", mesh([0, 1, 2, 3, 4, 5, 6, 7]), 120],
    ["a quad of it: four links per GPU", mesh([0, 1, 2, 3]), 80],
    ["two with double links", mesh([0, 3]), 40],
    ["two with one link", mesh([0, 1]), 20],
    ["two without a link meet over PCIe 3", mesh([0, 7]), 12],
  ])("%s", (_name, node, want) => {
    expect(intraNodeRates(node).ringBytesPerS / GIGA).toBeCloseTo(want, 9);
  });

  test("a known link between NUMA nodes counts, and an Intel host costs a fifth more", () => {
    const pair = { ofGpus: 4, linksPerBridge: 12 };
    const slow = pairedNode("A100 PCIe-80GB", [0, 1, 2, 3], {
      ...pair,
      host: { numaLinkBytesPerS: 16 * GIGA, cpuVendor: "amd" },
    });
    expect(intraNodeRates(slow)).toMatchObject({ ringBytesPerS: 16 * GIGA, assumptions: [] });
    expect(intraNodeRates(slow).limitedBy).toContain("NUMA");
    const intel = pairedNode("A100 PCIe-80GB", [1, 2], { ...pair, host: { cpuVendor: "intel" } });
    expect(intraNodeRates(intel).ringBytesPerS / GIGA).toBeCloseTo(20, 9);
  });

  test("says what it had to assume", () => {
    const bridge = pairedNode("H100 NVL-94GB", [0, 1], { ofGpus: 2 });
    expect(intraNodeRates(bridge).assumptions.join()).toContain("12 NVLinks per bridge assumed");
    const across = pairedNode("A100 PCIe-80GB", [1, 2], { ofGpus: 4, linksPerBridge: 12 });
    expect(intraNodeRates(across).assumptions.join()).toContain("NUMA nodes not counted");
  });

  test("GPUs behind one PCIe switch share its uplink, and not their own slots", () => {
    const topology: NodeTopology = {
      gpuCount: 4,
      numaNodes: [{ gpus: [0, 1] }, { gpus: [2, 3] }],
      pcieSwitches: [{ gpus: [0, 1] }, { gpus: [2, 3] }],
      provenance: "given",
      sources: [],
    };
    const node = { gpu: referenceGpu("A100 PCIe-80GB"), topology };
    // A ring leaves and enters each switch once, whatever is behind it.
    expect(intraNodeRates({ ...node, gpus: [0, 1, 2, 3] }).ringBytesPerS).toBe(24 * GIGA);
    // All-to-all: four flows of four leave each switch over one uplink.
    expect(intraNodeRates({ ...node, gpus: [0, 1, 2, 3] }).allToAllBytesPerS).toBe(18 * GIGA);
  });

  test("refuses a GPU of another vendor that nobody measured", () => {
    expect(() => intraNodeRates({ ...mesh([0, 1]), gpu: { name: "MI210" } })).toThrow(
      "MI210 has no compute capability",
    );
  });

  test("eight MI300X: seven links of the rate two were measured at, within 15 % of eight measured", () => {
    const topology = nodeTopologyOf("Standard_ND96isr_MI300X_v5")!;
    const gpu = referenceGpu("MI300X");
    const rates = intraNodeRates({ gpu, topology, gpus: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect(rates.ringBytesPerS / GIGA).toBeCloseTo(7 * 47.671, 6);
    expect(Math.abs(rates.ringBytesPerS / GIGA / 312.912 - 1)).toBeLessThan(0.15);
    expect(rates.assumptions.join()).toContain("RCCL on MI300X");
  });
});

test("rings of direct links: pairs count links, more count both directions", () => {
  expect(nvlinkRingCount([[0, 4], [4, 0]])).toBe(4); // prettier-ignore
  expect(nvlinkRingCount([[0, 1, 1], [1, 0, 1], [1, 1, 0]])).toBe(2); // prettier-ignore
  expect(nvlinkRingCount([[0, 1, 1], [1, 0, 0], [1, 0, 0]])).toBe(0); // prettier-ignore
  const four = [0, 1, 2, 3].map((left) => [0, 1, 2, 3].map((right) => (left === right ? 0 : 1)));
  expect(nvlinkRingCount(four)).toBe(2);
});
