import type { SourceId } from "./sources.js";

/** A kind of link between GPUs, to the host, or to the network. A figure nobody published is absent. */
export interface LinkSpec {
  readonly name: string;
  readonly kind: "nvlink" | "pcie" | "xgmi" | "infiniband" | "efa" | "ethernet" | "chip-to-chip";
  /** What one link (one PCIe slot, one adapter) carries in one direction, by its signalling rate. */
  readonly bytesPerS: number;
  /** What of it collective operations reach, as NCCL's own tables assume, in one direction. */
  readonly achievedBytesPerS?: number;
  readonly note?: string;
  readonly sources: readonly SourceId[];
}

/** 128 of 130 bits carry data from PCIe generation 3 to 5. */
function pcieBytesPerS(transfersPerS: number, lanes: number): number {
  return (transfersPerS * lanes * 128) / 130 / 8;
}

const GIGABIT = 1e9 / 8;

/** Every kind of link the catalogue knows. */
export const LINKS = [
  {
    name: "nvlink-2",
    kind: "nvlink",
    bytesPerS: 25e9,
    achievedBytesPerS: 20e9,
    note: "6 per V100: 300 GB/s in both directions together",
    sources: ["stas-net", "nccl-topo"],
  },
  {
    name: "nvlink-3",
    kind: "nvlink",
    bytesPerS: 25e9,
    achievedBytesPerS: 20e9,
    note: "12 per A100: 600 GB/s in both directions together",
    sources: ["stas-net", "nccl-topo"],
  },
  {
    name: "nvlink-4",
    kind: "nvlink",
    bytesPerS: 25e9,
    achievedBytesPerS: 20.6e9,
    note: "18 per H100 or H200: 900 GB/s in both directions together",
    sources: ["stas-net", "nccl-topo"],
  },
  {
    name: "nvlink-5",
    kind: "nvlink",
    bytesPerS: 50e9,
    achievedBytesPerS: 40.1e9,
    note: "18 per B200 or GB200: 1800 GB/s in both directions together",
    sources: ["stas-net", "nccl-topo"],
  },
  {
    name: "nvlink-c2c",
    kind: "chip-to-chip",
    bytesPerS: 450e9,
    note: "between a Grace CPU and its GPU",
    sources: ["stas-net"],
  },
  {
    name: "xgmi-mi300x",
    kind: "xgmi",
    bytesPerS: 64e9,
    note: "7 per MI300X, one to each of the other GPUs: a mesh, not a switch",
    sources: ["stas-acc", "stas-net"],
  },
  {
    name: "pcie-3-x16",
    kind: "pcie",
    bytesPerS: pcieBytesPerS(8e9, 16),
    achievedBytesPerS: 12e9,
    note: "rate computed from 8 GT/s per lane and 128/130 coding",
    sources: ["nccl-topo"],
  },
  {
    name: "pcie-4-x8",
    kind: "pcie",
    bytesPerS: pcieBytesPerS(16e9, 8),
    note: "rate computed from 16 GT/s per lane and 128/130 coding",
    sources: ["azhpc-topo"],
  },
  {
    name: "pcie-4-x16",
    kind: "pcie",
    bytesPerS: pcieBytesPerS(16e9, 16),
    note: "rate computed from 16 GT/s per lane and 128/130 coding; a node of Azure's ND A100 v4 is accepted from 21 GB/s host to device",
    sources: ["azhpc-topo", "nhc"],
  },
  {
    name: "pcie-5-x16",
    kind: "pcie",
    bytesPerS: pcieBytesPerS(32e9, 16),
    note: "rate computed from 32 GT/s per lane and 128/130 coding; 55.4 GB/s were measured host to device on H200",
    sources: ["azhpc-topo", "stas-net"],
  },
  {
    name: "pcie-6-x16",
    kind: "pcie",
    bytesPerS: 128e9,
    sources: ["aic"],
  },
  { name: "infiniband-edr", kind: "infiniband", bytesPerS: 100 * GIGABIT, sources: ["nhc"] },
  {
    name: "infiniband-hdr",
    kind: "infiniband",
    bytesPerS: 200 * GIGABIT,
    note: "a node is accepted from 180 Gb/s with GPUDirect RDMA",
    sources: ["nhc", "azdocs"],
  },
  {
    name: "infiniband-ndr",
    kind: "infiniband",
    bytesPerS: 400 * GIGABIT,
    note: "a node is accepted from 380 Gb/s with GPUDirect RDMA (H100), 360 (H200)",
    sources: ["nhc", "azdocs"],
  },
  { name: "infiniband-xdr", kind: "infiniband", bytesPerS: 800 * GIGABIT, sources: ["aic"] },
  { name: "efa-100", kind: "efa", bytesPerS: 100 * GIGABIT, sources: ["stas-net", "torchx"] },
  {
    name: "efa-200",
    kind: "efa",
    bytesPerS: 200 * GIGABIT,
    note: "193.7 Gb/s were measured",
    sources: ["stas-net", "torchx"],
  },
  { name: "efa-400", kind: "efa", bytesPerS: 400 * GIGABIT, sources: ["stas-net"] },
  {
    name: "ethernet-100",
    kind: "ethernet",
    bytesPerS: 100 * GIGABIT,
    note: "NCCL over TCP reached at most 60 % of a 32 Gb/s network (2019)",
    sources: ["nccl-209"],
  },
] as const satisfies readonly LinkSpec[];

/** Name of a link of the catalogue. */
export type LinkName = (typeof LINKS)[number]["name"];

/** The link of that name, or undefined. */
export function findLink(name: string): LinkSpec | undefined {
  const lowered = name.trim().toLowerCase();
  return LINKS.find((link) => link.name === lowered);
}
