// Placement and collectives trust these groups: a wrong nesting would send gangs over the slow path.
import { describe, expect, test } from "vitest";

import type { NodeTopology } from "../topology.js";
import { findLink } from "../links.js";
import { NODE_SKUS } from "../find-node-sku.js";
import {
  devicePath,
  devicePathText,
  gpuDomainLevels,
  gpuDomainsOf,
  nodeTopologyOf,
} from "../topology.js";
import { SKU_TOPOLOGIES } from "./sku-topologies.js";

const given = { provenance: "given", sources: [] } as const;

/** Four GPUs, one per NUMA node, bridged in pairs. */
const PAIRS: NodeTopology = {
  ...given,
  gpuCount: 4,
  numaNodes: [0, 1, 2, 3].map((gpu) => ({ gpus: [gpu] })),
  nvlinks: [
    { between: [0, 1], links: 12, link: "nvlink-3" },
    { between: [2, 3], link: "nvlink-3" },
  ],
};

/** Eight GPUs behind an NVSwitch; pairs share a PCIe bridge with two adapters. */
const SWITCHED: NodeTopology = {
  ...given,
  gpuCount: 8,
  numaNodes: [0, 1, 2, 3].map((node) => ({
    gpus: [2 * node, 2 * node + 1],
    nics: [2 * node, 2 * node + 1],
  })),
  pcieSwitches: [0, 1, 2, 3].map((node) => ({
    gpus: [2 * node, 2 * node + 1],
    nics: [2 * node, 2 * node + 1],
  })),
  nvswitch: { gpus: [0, 1, 2, 3, 4, 5, 6, 7], link: "nvlink-3", linksPerGpu: 12 },
  nics: Array.from({ length: 8 }, () => ({ link: "infiniband-hdr", bytesPerS: 25e9 })),
};

/** Eight GPUs on PCIe only: two switches in each of two sockets. */
const PCIE_ONLY: NodeTopology = {
  ...given,
  gpuCount: 8,
  numaNodes: [{ gpus: [0, 1, 2, 3] }, { gpus: [4, 5, 6, 7] }],
  pcieSwitches: [{ gpus: [0, 1] }, { gpus: [2, 3] }, { gpus: [4, 5] }, { gpus: [6, 7] }],
};

describe("paths", () => {
  const gpu = (index: number): { kind: "gpu"; index: number } => ({ kind: "gpu", index });
  const nic = (index: number): { kind: "nic"; index: number } => ({ kind: "nic", index });
  test.each([
    [PAIRS, gpu(0), gpu(1), "NV12"],
    [PAIRS, gpu(3), gpu(2), "NV"],
    [PAIRS, gpu(1), gpu(2), "SYS"],
    [SWITCHED, gpu(0), gpu(7), "NV12"],
    [SWITCHED, gpu(0), nic(1), "PIX"],
    [SWITCHED, gpu(0), nic(2), "SYS"],
    [SWITCHED, nic(4), nic(5), "PIX"],
    [SWITCHED, nic(4), nic(4), "X"],
    [PCIE_ONLY, gpu(0), gpu(1), "PIX"],
    [PCIE_ONLY, gpu(0), gpu(3), "NODE"],
    [PCIE_ONLY, gpu(0), gpu(4), "SYS"],
    [{ ...given, gpuCount: 2 }, gpu(0), gpu(1), "?"],
  ] as const)("%#", (topology, left, right, want) => {
    expect(devicePathText(devicePath(topology, left, right))).toBe(want);
    expect(devicePathText(devicePath(topology, right, left))).toBe(want);
  });
});

describe("domains", () => {
  test("pairs that span NUMA nodes are pairs; single GPUs make no group", () => {
    expect(gpuDomainLevels(PAIRS)).toEqual([
      {
        kind: "nvlink",
        groups: [
          [0, 1],
          [2, 3],
        ],
      },
    ]);
  });

  test("behind an NVSwitch all GPUs are alike", () => {
    expect(gpuDomainsOf(SWITCHED)).toBeUndefined();
  });

  test("switches lie inside sockets", () => {
    expect(gpuDomainsOf(PCIE_ONLY)).toEqual([
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
    ]);
  });

  test("two kinds that group alike are one level", () => {
    const { nvswitch: _, ...rest } = SWITCHED;
    expect(gpuDomainLevels(rest).map(({ kind }) => kind)).toEqual(["pcie-switch"]);
  });

  test("a mesh of eight is two quads", () => {
    const quad = (first: number): readonly (readonly [number, number])[] => [
      [first, first + 1],
      [first, first + 2],
      [first, first + 3],
      [first + 1, first + 2],
      [first + 1, first + 3],
      [first + 2, first + 3],
    ];
    const between = [...quad(0), ...quad(4), [0, 4], [1, 5], [2, 6], [3, 7]] as const;
    const mesh: NodeTopology = {
      ...given,
      gpuCount: 8,
      nvlinks: between.map((pair) => ({ between: pair, link: "nvlink-2" })),
    };
    expect(gpuDomainsOf(mesh)).toEqual([
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
    ]);
  });
});

describe("machines of the catalogue", () => {
  test("every machine with several GPUs has a topology of as many, and no topology is left over", () => {
    const several = NODE_SKUS.filter(({ gpuCount }) => gpuCount > 1);
    expect(several.map(({ name }) => name).sort()).toEqual(Object.keys(SKU_TOPOLOGIES).sort());
    for (const sku of several) expect(nodeTopologyOf(sku.name)!.gpuCount).toBe(sku.gpuCount);
  });

  test.each(Object.entries(SKU_TOPOLOGIES))("%s is consistent", (_, topology) => {
    const { gpuCount, numaNodes, pcieSwitches, nvlinks, nvswitch, nics } = topology;
    const all = Array.from({ length: gpuCount }, (_unused, gpu) => gpu);
    if (numaNodes !== undefined) {
      expect(numaNodes.flatMap(({ gpus }) => gpus).sort()).toEqual(all);
      const adapters = numaNodes.flatMap((node) => node.nics ?? []);
      for (const nic of adapters) expect(nic).toBeLessThan(nics!.length);
    }
    const parts = [...(pcieSwitches ?? []), ...(nvswitch === undefined ? [] : [nvswitch])];
    for (const { gpus } of parts) for (const gpu of gpus) expect(all).toContain(gpu);
    const perGpu = new Map<number, number>();
    for (const { between, links, link } of nvlinks ?? []) {
      expect(findLink(link), link).toBeDefined();
      for (const gpu of between) perGpu.set(gpu, (perGpu.get(gpu) ?? 0) + (links ?? 0));
    }
    // Every GPU of a mesh has all of its links in use, on both ends of each.
    expect(new Set(perGpu.values()).size).toBeLessThanOrEqual(1);
    for (const nic of nics ?? []) expect(findLink(nic.link)!.bytesPerS).toBe(nic.bytesPerS);
    if (nvswitch !== undefined) expect(findLink(nvswitch.link)!.kind).toBe("nvlink");
  });

  test.each([
    [
      "Standard_NC96ads_A100_v4",
      [
        [
          [0, 1],
          [2, 3],
        ],
      ],
    ],
    [
      "Standard_ND40rs_v2",
      [
        [
          [0, 1, 2, 3],
          [4, 5, 6, 7],
        ],
      ],
    ],
    ["Standard_ND96isr_H100_v5", undefined],
    ["GB200 NVL72 tray", undefined],
    ["Standard_ND96isr_MI300X_v5", undefined],
    ["g5.48xlarge", undefined],
    ["Standard_NC4as_T4_v3", undefined],
  ])("domains of %s", (name, domains) => {
    expect(gpuDomainsOf(nodeTopologyOf(name)!)).toEqual(domains);
  });

  test("adapters of ND A100 v4 hang with the GPUs of their pair", () => {
    const topology = nodeTopologyOf("ND96asr_v4")!;
    const path = (gpu: number, nic: number): string =>
      devicePathText(
        devicePath(topology, { kind: "gpu", index: gpu }, { kind: "nic", index: nic }),
      );
    expect([path(0, 0), path(0, 1), path(0, 2), path(6, 7), path(4, 7)]).toEqual([
      "PIX",
      "PIX",
      "SYS",
      "PIX",
      "SYS",
    ]);
    expect(nodeTopologyOf("no such machine")).toBeUndefined();
  });
});
