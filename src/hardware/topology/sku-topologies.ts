import { findLink } from "../links.js";
import type { SourceId } from "../sources.js";
import type { NodeNic, NodeTopology, NvlinkPair, PcieSwitch } from "./node-topology.js";

const EIGHT = range(8);

function range(count: number, first = 0): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Equal adapters; numbered rails when each goes to a leaf switch of its own. */
function nics(count: number, link: string, hasRails = false): readonly NodeNic[] {
  const { bytesPerS } = findLink(link)!;
  return range(count).map((index) => ({ link, bytesPerS, ...(hasRails ? { rail: index } : {}) }));
}

/** A bridge for every part of a list, with its GPUs and the adapters of the same numbers. */
function bridges(groups: readonly (readonly number[])[]): readonly PcieSwitch[] {
  return groups.map((group) => ({ gpus: group, nics: group }));
}

function allToAll(link: string, linksPerGpu: number, gpus: readonly number[]) {
  return { nvswitch: { gpus, link, linksPerGpu } };
}

const RAILS_NOTE =
  "rails are numbered by adapter; whether each goes to a leaf switch of its own is up to the site";

/** ND A100 v4: each NUMA node has one bridge with two GPUs and two adapters, in an order that is not 0, 1, 2, 3. */
function ndA100v4(): NodeTopology {
  const order = [
    [2, 3],
    [0, 1],
    [6, 7],
    [4, 5],
  ] as const;
  return {
    gpuCount: 8,
    numaNodes: order.map((pair) => ({ gpus: pair, nics: pair })),
    pcieSwitches: bridges(order),
    ...allToAll("nvlink-3", 12, EIGHT),
    nics: nics(8, "infiniband-hdr", true),
    provenance: "published",
    note: RAILS_NOTE,
    sources: ["azhpc-topo", "azdocs", "nhc"],
  };
}

/** ND v5: two NUMA nodes with four bridges each, one GPU and one adapter on each bridge. */
function ndV5(provenance: NodeTopology["provenance"], note: string): NodeTopology {
  return {
    gpuCount: 8,
    numaNodes: [range(4), range(4, 4)].map((gpus) => ({ gpus, nics: gpus })),
    pcieSwitches: bridges(EIGHT.map((gpu) => [gpu])),
    ...allToAll("nvlink-4", 18, EIGHT),
    nics: nics(8, "infiniband-ndr", true),
    provenance,
    note,
    sources: ["azhpc-topo", "azdocs", "nhc"],
  };
}

/** Eight GPUs on NVLink switches, with nothing known of the host. */
function board(link: string, linksPerGpu: number, chips?: number): NodeTopology {
  const fabric = allToAll(link, linksPerGpu, EIGHT).nvswitch;
  return {
    gpuCount: 8,
    nvswitch: { ...fabric, ...(chips === undefined ? {} : { chips }) },
    provenance: "published",
    note: "sockets, PCIe and adapters are the host maker's",
    sources: chips === 6 ? ["stas-net", "nccl-1505"] : ["stas-net"],
  };
}

/** GPUs of an AWS instance on NVLink switches: NVLink and adapters are published, sockets and PCIe are not. */
function awsSwitched(
  fabric: readonly [link: string, linksPerGpu: number],
  adapters: readonly NodeNic[],
  sources: readonly SourceId[],
): NodeTopology {
  return {
    gpuCount: 8,
    ...allToAll(fabric[0], fabric[1], EIGHT),
    nics: adapters,
    provenance: "published",
    note: "sockets and PCIe bridges are not published",
    sources,
  };
}

function dgxHopper(): NodeTopology {
  return {
    gpuCount: 8,
    numaNodes: [range(4), range(4, 4)].map((gpus) => ({ gpus, nics: gpus })),
    pcieSwitches: bridges(EIGHT.map((gpu) => [gpu])),
    nvswitch: { gpus: EIGHT, link: "nvlink-4", linksPerGpu: 18, chips: 4 },
    nics: nics(8, "infiniband-ndr", true),
    provenance: "inferred",
    note: `NVLink, sockets and adapters are published; that each adapter shares a PCIe switch with the GPU of its number is inferred; ${RAILS_NOTE}`,
    sources: ["stas-net", "recipes-dgx"],
  };
}

function dgxA100(): NodeTopology {
  const pairs = [
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
  ] as const;
  return {
    gpuCount: 8,
    numaNodes: pairs.map((pair, index) => ({ id: [3, 1, 7, 5][index]!, gpus: pair, nics: pair })),
    pcieSwitches: bridges(pairs).map((each) => ({ ...each, hasSeveralBridges: true })),
    nvswitch: { gpus: EIGHT, link: "nvlink-3", linksPerGpu: 12, chips: 6 },
    nics: nics(8, "infiniband-hdr", true),
    provenance: "inferred",
    note: `adapters are numbered with the GPUs they share bridges with, storage adapters are left out; ${RAILS_NOTE}`,
    sources: ["nccl-1505", "stas-net"],
  };
}

/** One tray of a rack whose NVLink switches join 72 GPUs. */
function nvl72Tray(
  provenance: NodeTopology["provenance"],
  adapters: readonly NodeNic[],
  sources: readonly SourceId[],
): NodeTopology {
  return {
    gpuCount: 4,
    numaNodes: [{ gpus: [0, 1] }, { gpus: [2, 3] }],
    ...allToAll("nvlink-5", 18, range(4)),
    rackDomain: { name: "NVL72", nodes: 18, gpus: 72 },
    nics: adapters,
    provenance,
    sources,
  };
}

function bridgedPairs(pairs: readonly NvlinkPair[], note?: string): NodeTopology {
  const gpuCount = pairs.length * 2;
  return {
    gpuCount,
    nvlinks: pairs,
    nics: [],
    provenance: "published",
    ...(note === undefined ? {} : { note }),
    sources: ["azdocs", "nhc"],
  };
}

function ncA100(gpuCount: number): NodeTopology {
  const firsts = range(Math.floor(gpuCount / 2)).map((pair) => 2 * pair);
  return {
    gpuCount,
    numaNodes: range(gpuCount).map((gpu) => ({ gpus: [gpu] })),
    nvlinks: firsts.map((gpu) => ({ between: [gpu, gpu + 1], links: 12, link: "nvlink-3" })),
    nics: [],
    provenance: "published",
    sources: ["azhpc-topo", "azdocs", "nhc"],
  };
}

/** NVLinks of eight V100 as in a DGX-1: [GPU, GPU, links]. */
const V100_MESH = [
  [0, 1, 1],
  [0, 2, 1],
  [0, 3, 2],
  [0, 4, 2],
  [1, 2, 2],
  [1, 3, 1],
  [1, 5, 2],
  [2, 3, 2],
  [2, 6, 1],
  [3, 7, 1],
  [4, 5, 1],
  [4, 6, 1],
  [4, 7, 2],
  [5, 6, 2],
  [5, 7, 1],
  [6, 7, 2],
] as const;

function nd40rsV2(): NodeTopology {
  return {
    gpuCount: 8,
    numaNodes: [{ gpus: range(4), nics: [0] }, { gpus: range(4, 4) }],
    nvlinks: V100_MESH.map(([left, right, links]) => ({
      between: [left, right],
      links,
      link: "nvlink-2",
    })),
    nics: nics(1, "infiniband-edr"),
    provenance: "inferred",
    note: "sockets and the adapter are published; the NVLink mesh is that of a DGX-1, and Azure may number the GPUs differently",
    sources: ["azhpc-topo", "nhc", "nccl-671"],
  };
}

function mi300x(): NodeTopology {
  return {
    gpuCount: 8,
    nvlinks: EIGHT.flatMap((left) =>
      range(7 - left, left + 1).map((right): NvlinkPair => ({
        between: [left, right],
        links: 1,
        link: "xgmi-mi300x",
      })),
    ),
    nics: nics(8, "infiniband-ndr"),
    provenance: "published",
    note: "sockets and PCIe bridges are not published",
    sources: ["nhc", "stas-acc"],
  };
}

/** PCIe cards in a host of unknown build: nothing but their number is known. */
function cards(gpuCount: number, sources: readonly SourceId[]): NodeTopology {
  return {
    gpuCount,
    provenance: "published",
    note: "no NVLink; sockets, PCIe switches and adapters differ between hosts and are not known here",
    sources,
  };
}

const NC_TOPOLOGY_NOTE = "sockets are not published";

/** Topologies by the name of the machine; a machine with one GPU needs none. */
export const SKU_TOPOLOGIES: Readonly<Record<string, NodeTopology>> = {
  Standard_ND96asr_v4: ndA100v4(),
  Standard_ND96amsr_A100_v4: ndA100v4(),
  Standard_ND96isr_H100_v5: ndV5("published", RAILS_NOTE),
  Standard_ND96isr_H200_v5: ndV5(
    "inferred",
    `two NUMA nodes, NVLink and adapters are published; bridges are those of ND96isr_H100_v5; ${RAILS_NOTE}`,
  ),
  Standard_ND96isr_MI300X_v5: mi300x(),
  Standard_ND128isr_NDR_GB200_v6: nvl72Tray("inferred", nics(4, "infiniband-ndr", true), [
    "azdocs",
    "aic",
  ]),
  Standard_ND128isr_GB300_v6: nvl72Tray("inferred", nics(4, "infiniband-ndr", true), [
    "azai",
    "aic",
  ]),
  Standard_NC48ads_A100_v4: ncA100(2),
  Standard_NC96ads_A100_v4: ncA100(4),
  Standard_NC80adis_H100_v5: bridgedPairs(
    [{ between: [0, 1], link: "nvlink-4" }],
    `the number of links of the bridge is not published; ${NC_TOPOLOGY_NOTE}`,
  ),
  Standard_NC64as_T4_v3: cards(4, ["azdocs"]),
  Standard_NV72ads_A10_v5: cards(2, ["azdocs"]),
  Standard_NC256ds_xl_RTXPRO6000BSE_v6: cards(2, ["azdocs"]),
  Standard_NC320ds_xl_RTXPRO6000BSE_v6: cards(2, ["azdocs"]),
  Standard_NC12s_v3: cards(2, ["price-az"]),
  Standard_NC24s_v3: cards(4, ["price-az"]),
  Standard_NC24rs_v3: cards(4, ["price-az"]),
  Standard_ND40rs_v2: nd40rsV2(),
  Standard_NK12: cards(2, ["aks-gpu"]),
  Standard_NC16_A2: cards(2, ["aks-gpu", "kaito-sku"]),
  Standard_NC32_A2: cards(2, ["aks-gpu", "kaito-sku"]),
  Standard_NC16_A16: cards(2, ["aks-gpu", "kaito-sku"]),
  Standard_NC32_A16: cards(2, ["aks-gpu", "kaito-sku"]),
  "p4d.24xlarge": awsSwitched(["nvlink-3", 12], nics(4, "efa-100"), ["stas-net", "torchx"]),
  "p4de.24xlarge": awsSwitched(["nvlink-3", 12], nics(4, "efa-100"), ["stas-net", "torchx"]),
  "p5.48xlarge": awsSwitched(["nvlink-4", 18], nics(32, "efa-100"), ["stas-net", "torchx"]),
  "p5e.48xlarge": awsSwitched(["nvlink-4", 18], nics(32, "efa-100"), ["stas-net", "torchx"]),
  "p5en.48xlarge": awsSwitched(["nvlink-4", 18], nics(16, "efa-200"), ["stas-net", "torchx"]),
  "g5.12xlarge": cards(4, ["torchx"]),
  "g5.24xlarge": cards(4, ["torchx"]),
  "g5.48xlarge": cards(8, ["torchx"]),
  "g6.12xlarge": cards(4, ["kaito-sku"]),
  "g6.24xlarge": cards(4, ["kaito-sku"]),
  "g6.48xlarge": cards(8, ["kaito-sku"]),
  "g6e.12xlarge": cards(4, ["torchx"]),
  "g6e.24xlarge": cards(4, ["torchx"]),
  "g6e.48xlarge": cards(8, ["torchx"]),
  "DGX H100": dgxHopper(),
  "DGX H200": dgxHopper(),
  "DGX A100": dgxA100(),
  "DGX B200": board("nvlink-5", 18),
  "HGX A100 40GB": board("nvlink-3", 12, 6),
  "HGX A100 80GB": board("nvlink-3", 12, 6),
  "HGX H100": board("nvlink-4", 18, 4),
  "HGX H200": board("nvlink-4", 18, 4),
  "HGX B200": board("nvlink-5", 18),
  "GB200 NVL72 tray": nvl72Tray("published", nics(4, "infiniband-ndr", true), ["stas-net", "aic"]),
  "GB300 NVL72 tray": nvl72Tray("published", nics(4, "infiniband-xdr", true), ["gb300pow", "aic"]),
  "PCIe server 4x L4": cards(4, ["aic"]),
  "PCIe server 8x L4": cards(8, ["aic"]),
  "PCIe server 4x L40S": cards(4, ["aic"]),
  "PCIe server 8x L40S": cards(8, ["aic", "aic-nccl"]),
  "PCIe server 4x RTX 6000 Ada": cards(4, ["grafik"]),
  "PCIe server 4x RTX PRO 6000": cards(4, ["aic"]),
  "PCIe server 8x RTX PRO 6000": cards(8, ["aic", "aic-nccl"]),
};
