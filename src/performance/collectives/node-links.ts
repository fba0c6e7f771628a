import { devicePath, type NodeTopology } from "../../hardware/topology.js";
import { INTEL_PEER_OVERHEAD } from "./nccl-constants.js";
import type { NcclGpu } from "./nccl-gpu.js";
import type { CollectiveHost } from "./types.js";

/** One direction of a link of a node that traffic between two GPUs occupies. */
export interface LinkUse {
  readonly link: string;
  readonly bytesPerS: number;
  /** Bytes the link carries per byte sent; more than 1 where the host costs extra. */
  readonly load: number;
}

/** NVLinks of a pair whose bridge is known and whose links are not, as on the bridge of an A100 pair. */
const BRIDGE_LINKS_ASSUMED = 12;

/** Direct NVLinks between two GPUs; undefined through a switch or without any. */
export function bridgeLinks(
  topology: NodeTopology,
  left: number,
  right: number,
): number | undefined {
  const pair = topology.nvlinks?.find(
    ({ between }) => between.includes(left) && between.includes(right) && left !== right,
  );
  return pair === undefined ? undefined : (pair.links ?? BRIDGE_LINKS_ASSUMED);
}

/** True when some NVLinks among these GPUs have an assumed count. */
export function hasAssumedBridge(topology: NodeTopology, gpus: readonly number[]): boolean {
  return (topology.nvlinks ?? []).some(
    ({ between, links }) => links === undefined && between.every((gpu) => gpus.includes(gpu)),
  );
}

/** True when all these GPUs hang on one NVSwitch. */
export function areSwitched(topology: NodeTopology, gpus: readonly number[]): boolean {
  return gpus.every((gpu) => topology.nvswitch?.gpus.includes(gpu) === true);
}

/**
 * Links that data from one GPU to another occupies, one direction each.
 *
 * NVLink where there is one; otherwise the PCIe slot of both, the uplinks of PCIe switches on the way and the
 * link between NUMA nodes, when its rate is known.
 */
export function linksBetween(
  node: {
    readonly topology: NodeTopology;
    readonly host?: CollectiveHost;
    readonly ncclGpu: NcclGpu;
  },
  from: number,
  to: number,
): readonly LinkUse[] {
  const { topology, host, ncclGpu } = node;
  const { nvlinkBytesPerS, pcieBytesPerS } = ncclGpu;
  if (areSwitched(topology, [from, to])) {
    const bytesPerS = topology.nvswitch!.linksPerGpu * nvlinkBytesPerS;
    return [
      { link: `NVSwitch, from GPU ${from}`, bytesPerS, load: 1 },
      { link: `NVSwitch, to GPU ${to}`, bytesPerS, load: 1 },
    ];
  }
  const links = bridgeLinks(topology, from, to);
  if (links !== undefined) {
    return [
      { link: `NVLink from GPU ${from} to ${to}`, bytesPerS: links * nvlinkBytesPerS, load: 1 },
    ];
  }
  const path = devicePath(topology, { kind: "gpu", index: from }, { kind: "gpu", index: to });
  const throughHost = path.kind !== "pix" && path.kind !== "pxb";
  const load = throughHost && host?.cpuVendor === "intel" ? INTEL_PEER_OVERHEAD : 1;
  const slots = [
    { link: `PCIe from GPU ${from}`, bytesPerS: pcieBytesPerS, load },
    { link: `PCIe to GPU ${to}`, bytesPerS: pcieBytesPerS, load },
  ];
  return throughHost ? [...slots, ...hostLinks(node, from, to, load)] : slots;
}

function hostLinks(
  {
    topology,
    host,
    ncclGpu,
  }: {
    readonly topology: NodeTopology;
    readonly host?: CollectiveHost;
    readonly ncclGpu: NcclGpu;
  },
  from: number,
  to: number,
  load: number,
): readonly LinkUse[] {
  const switchOf = (gpu: number): number =>
    topology.pcieSwitches?.findIndex(({ gpus }) => gpus.includes(gpu)) ?? -1;
  const numaOf = (gpu: number): number =>
    topology.numaNodes?.findIndex(({ gpus }) => gpus.includes(gpu)) ?? -1;
  const { pcieBytesPerS: bytesPerS } = ncclGpu;
  const uses: LinkUse[] = [];
  if (switchOf(from) !== -1)
    uses.push({ link: `PCIe switch ${switchOf(from)} up`, bytesPerS, load });
  if (switchOf(to) !== -1) uses.push({ link: `PCIe switch ${switchOf(to)} down`, bytesPerS, load });
  const [home, away] = [numaOf(from), numaOf(to)];
  if (host?.numaLinkBytesPerS !== undefined && home !== away && home !== -1 && away !== -1) {
    uses.push({
      link: `link from NUMA node ${home} to ${away}`,
      bytesPerS: host.numaLinkBytesPerS,
      load,
    });
  }
  return uses;
}
