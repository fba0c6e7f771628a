import { findGpu } from "../hardware/find-gpu.js";
import type { GpuSpec } from "../hardware/gpu-spec.js";
import { sourceText } from "../hardware/sources.js";
import { nodeTopologyOf, type NodeNic, type NodeTopology } from "../hardware/topology.js";
import type { Provenance } from "../performance/virtualization/hosting-profile.js";
import type { NodeLinks } from "../simulation/batch/rates/placement-rate.js";

/** Links of a kind of node, and where they are from. */
export interface KnownLinks {
  readonly links: NodeLinks;
  readonly what: string;
  readonly provenance: Provenance;
  readonly source: string;
}

/** A node whose links are asked for. */
export interface LinkedNode {
  readonly gpuModel: string;
  readonly gpuCount: number;
  /** Machine of the catalogue that it is, or whose links it has. */
  readonly machine?: string | undefined;
  /** True when the scenario says what adapters nodes have. */
  readonly hasAdaptersGiven: boolean;
}

const GIGABIT = 1e9 / 8;

interface BoardAdapters {
  readonly gigabits: number;
  readonly source: string;
}

/** Adapters that hosts with eight GPUs on an NVSwitch board usually have, by generation of NVLink. */
const BOARD_ADAPTERS: Readonly<Record<number, BoardAdapters>> = {
  3: {
    gigabits: 200,
    source: "one HDR adapter for every GPU, as in DGX A100 and Azure ND A100 v4",
  },
  4: {
    gigabits: 400,
    source: "one NDR adapter for every GPU, as in DGX H100 and Azure ND H100 v5",
  },
  5: {
    gigabits: 400,
    source: "eight adapters of 400 Gb/s, as in the B200 nodes measured by stas00",
  },
};

/**
 * Links of a node: those of the machine it is, else, for eight GPUs that are sold on NVSwitch boards, of the
 * board. Undefined for anything else: PCIe cards hang together in ways that only their host's maker knows.
 */
export function findNodeLinks(node: LinkedNode): KnownLinks | undefined {
  const found = findGpu(node.gpuModel);
  if (found.kind !== "found") return undefined;
  const { gpu } = found;
  const ofMachine = node.machine === undefined ? undefined : nodeTopologyOf(node.machine);
  const topology = ofMachine ?? boardOf(gpu, node.gpuCount);
  if (topology === undefined || topology.gpuCount < node.gpuCount) return undefined;
  const adapters = BOARD_ADAPTERS[gpu.nvlink?.generation ?? 0];
  const addsAdapters =
    topology.nics === undefined && !node.hasAdaptersGiven && adapters !== undefined;
  const isPublished = ofMachine?.provenance === "published" && !addsAdapters;
  const source = [
    ofMachine === undefined
      ? `${gpu.name} with eight GPUs is sold on NVSwitch boards`
      : `${node.machine!}: ${ofMachine.sources.length === 0 ? "as given" : sourceText(ofMachine.sources)}`,
    ...(addsAdapters ? [adapters.source] : []),
  ].join("; ");
  const whole = addsAdapters ? { ...topology, nics: boardNics(adapters) } : topology;
  return {
    links: { gpu, topology: whole },
    what: describe(whole),
    provenance: isPublished ? "published" : "assumed",
    source,
  };
}

/** The links as a guest sees them whose GPUs may not reach each other directly: everything over the host. */
export function withoutPeerToPeer({ links, ...known }: KnownLinks): KnownLinks {
  const { nvswitch: _switch, nvlinks: _links, rackDomain: _rack, ...topology } = links.topology;
  return { ...known, links: { ...links, topology } };
}

function boardOf(gpu: GpuSpec, gpuCount: number): NodeTopology | undefined {
  if (gpuCount !== 8 || gpu.nvlink === undefined || !isBoardGpu(gpu)) return undefined;
  const { generation, links } = gpu.nvlink;
  if (BOARD_ADAPTERS[generation] === undefined) return undefined;
  const gpus = Array.from({ length: gpuCount }, (_, index) => index);
  return {
    gpuCount,
    nvswitch: { gpus, link: `nvlink-${generation}`, linksPerGpu: links },
    provenance: "inferred",
    sources: [],
  };
}

/** SXM modules and B200; PCIe and NVL cards have NVLink bridges at most. */
function isBoardGpu({ name }: GpuSpec): boolean {
  return /\bSXM/.test(name) || name === "B200";
}

function boardNics({ gigabits }: BoardAdapters): readonly NodeNic[] {
  return Array.from({ length: 8 }, (_, rail) => ({
    link: `${gigabits} Gb/s`,
    bytesPerS: gigabits * GIGABIT,
    rail,
  }));
}

function describe({ gpuCount, nvswitch, nvlinks = [], nics }: NodeTopology): string {
  const inside =
    nvswitch === undefined
      ? `${gpuCount} GPUs ${nvlinks.length > 0 ? "with NVLink bridges" : "on PCIe"}`
      : `${gpuCount} GPUs on NVSwitch, ${nvswitch.linksPerGpu} NVLinks each`;
  if (nics === undefined) return `${inside}; adapters as given`;
  const [first] = nics;
  if (first === undefined) return `${inside}; no adapters for GPUs`;
  return `${inside}; ${nics.length} adapters of ${Math.round(first.bytesPerS / GIGABIT)} Gb/s`;
}
