import { GIBIBYTE } from "./byte-units.js";
import type { NodeSku } from "./node-sku.js";
import type { SourceId } from "./sources.js";

const DGX_NOTE =
  "A host as NVIDIA sells it; the CPU and memory of other hosts with the same board differ. cpu counts cores.";
const BOARD_NOTE =
  "A baseboard with eight GPUs; CPU and memory are the host maker's: give cpu and memory.";
const SHAPE_NOTE =
  "A shape of machine, not a product: how many of these cards a maker puts into a host differs. Give cpu and memory.";

function board(name: string, gpuModel: string, sources: readonly SourceId[]): NodeSku {
  const note = BOARD_NOTE;
  return { name, aliases: [], hosting: "bare-metal", gpuCount: 8, gpuModel, note, sources };
}

function shape(
  name: string,
  gpuCount: number,
  gpuModel: string,
  sources: readonly SourceId[],
): NodeSku {
  const note = SHAPE_NOTE;
  return { name, aliases: [], hosting: "bare-metal", gpuCount, gpuModel, note, sources };
}

/** Hosts as NVIDIA sells them, the baseboards other makers build on, and rack-scale trays. */
export const NODE_SKUS_NVIDIA: readonly NodeSku[] = [
  {
    name: "DGX H100",
    aliases: [],
    hosting: "bare-metal",
    gpuCount: 8,
    gpuModel: "H100 SXM5-80GB",
    cpuMilli: 112000,
    memoryBytes: 2e12,
    powerMaxW: 10200,
    note: DGX_NOTE,
    sources: ["stas-net", "flash"],
  },
  {
    name: "DGX H200",
    aliases: [],
    hosting: "bare-metal",
    gpuCount: 8,
    gpuModel: "H200 SXM-141GB",
    cpuMilli: 112000,
    memoryBytes: 2e12,
    powerMaxW: 10200,
    note: DGX_NOTE,
    sources: ["stas-net", "flash"],
  },
  {
    name: "DGX A100",
    aliases: [],
    hosting: "bare-metal",
    gpuCount: 8,
    powerMaxW: 6500,
    note: "Sold with 40 GB and with 80 GB GPUs: name the gpu.",
    sources: ["flash", "stas-net"],
  },
  {
    name: "DGX B200",
    aliases: [],
    hosting: "bare-metal",
    gpuCount: 8,
    gpuModel: "B200",
    powerMaxW: 14300,
    sources: ["flash"],
  },
  board("HGX A100 40GB", "A100 SXM4-40GB", ["stas-net"]),
  board("HGX A100 80GB", "A100 SXM4-80GB", ["stas-net", "aic"]),
  board("HGX H100", "H100 SXM5-80GB", ["stas-net", "aic"]),
  board("HGX H200", "H200 SXM-141GB", ["stas-net", "aic"]),
  board("HGX B200", "B200", ["aic"]),
  {
    name: "GB200 NVL72 tray",
    aliases: ["GB200 NVL72"],
    hosting: "bare-metal",
    gpuCount: 4,
    gpuModel: "GB200",
    note: "18 trays share one NVLink domain of 72 GPUs.",
    sources: ["gb300pow", "stas-net", "aic"],
  },
  {
    name: "GB300 NVL72 tray",
    aliases: ["GB300 NVL72"],
    hosting: "bare-metal",
    gpuCount: 4,
    gpuModel: "GB300",
    powerMaxW: 7500,
    note: "18 trays share one NVLink domain of 72 GPUs; 135 kW per rack.",
    sources: ["gb300pow", "aic"],
  },
];

/** PCIe servers and edge machines. */
export const NODE_SKUS_PCIE: readonly NodeSku[] = [
  shape("PCIe server 4x L4", 4, "L4", ["aic"]),
  shape("PCIe server 8x L4", 8, "L4", ["aic"]),
  shape("PCIe server 4x L40S", 4, "L40S", ["aic"]),
  shape("PCIe server 8x L40S", 8, "L40S", ["aic", "aic-nccl"]),
  shape("PCIe server 4x RTX 6000 Ada", 4, "RTX 6000 Ada", ["grafik"]),
  shape("PCIe server 4x RTX PRO 6000", 4, "RTX PRO 6000 Blackwell Server", ["aic"]),
  shape("PCIe server 8x RTX PRO 6000", 8, "RTX PRO 6000 Blackwell Server", ["aic", "aic-nccl"]),
  shape("Edge box 1x A2", 1, "A2", ["azl-gpu"]),
  shape("Edge box 1x L4", 1, "L4", ["azl-gpu"]),
  ...[
    "ASUS NUC 14 Pro",
    "ASUS NUC 15 Pro",
    "Lenovo ThinkEdge SE30",
    "Lenovo ThinkEdge SE100",
    "OnLogic HX521",
    "OnLogic K521",
  ].map((name): NodeSku => ({
    name,
    aliases: [],
    hosting: "bare-metal",
    gpuCount: 0,
    note: "Small form factor that AKS on bare metal (preview) runs on, one node per cluster; no GPU is listed for it there.",
    sources: ["aks-bm"],
  })),
];

/** A shape of AKS on Azure Local: name, GPUs, virtual CPUs, memory in GiB. */
type ArcSize = readonly [name: string, gpus: number, vcpus: number, memoryGib: number];

function arc(gpuModel: string, sizes: readonly ArcSize[]): NodeSku[] {
  return sizes.map(([name, gpuCount, vcpus, memoryGib]) => ({
    name: `Standard_${name}`,
    aliases: [name],
    hosting: "vm",
    gpuCount,
    gpuModel,
    cpuMilli: vcpus * 1000,
    memoryBytes: memoryGib * GIBIBYTE,
    note: "AKS on Azure Local gives whole GPUs to virtual machines; partitions of GPUs are not supported there.",
    sources: ["aks-gpu", "kaito-sku"],
  }));
}

/** Machine sizes of AKS on Azure Local (Arc). */
export const NODE_SKUS_ARC: readonly NodeSku[] = [
  ...arc("T4", [
    ["NK6", 1, 6, 12],
    ["NK12", 2, 12, 24],
  ]),
  ...(["A2", "A16"] as const).flatMap((model) =>
    arc(model, [
      [`NC4_${model}`, 1, 4, 8],
      [`NC8_${model}`, 1, 8, 16],
      [`NC16_${model}`, 2, 16, 64],
      [`NC32_${model}`, 2, 32, 128],
    ]),
  ),
];
