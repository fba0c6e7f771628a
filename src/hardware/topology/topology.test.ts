// Placement and collectives trust these groups: a wrong nesting would send gangs over the slow path.
import { describe, expect, test } from "vitest";

import type { NodeTopology } from "../topology.js";
import { devicePath, devicePathText, gpuDomainLevels, gpuDomainsOf } from "../topology.js";

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
