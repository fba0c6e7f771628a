import type { NodeTopology } from "./node-topology.js";

/**
 * How two devices of a node reach each other, nearest first, in the words of `nvidia-smi topo -m`:
 * NVLink; one PCIe switch (PIX); several (PXB); the host bridge (PHB); bridges of one NUMA node (NODE);
 * the link between NUMA nodes (SYS). `unknown` when nobody published it.
 */
export type DevicePath =
  /** `links` is absent when the bridge is known and its links are not. */
  | { readonly kind: "nvlink" | "xgmi"; readonly links?: number }
  | { readonly kind: "self" | "pix" | "pxb" | "phb" | "node" | "sys" | "unknown" };

/** A GPU or network adapter of a node. */
export interface Device {
  readonly kind: "gpu" | "nic";
  readonly index: number;
}

/** The best way between two devices. */
export function devicePath(topology: NodeTopology, left: Device, right: Device): DevicePath {
  if (left.kind === right.kind && left.index === right.index) return { kind: "self" };
  if (left.kind === "gpu" && right.kind === "gpu") {
    const nvlink = nvlinkPath(topology, left.index, right.index);
    if (nvlink !== undefined) return nvlink;
  }
  const { pcieSwitches, numaNodes } = topology;
  const shared = pcieSwitches?.find((each) => holds(each, left) && holds(each, right));
  if (shared !== undefined) return { kind: shared.hasSeveralBridges === true ? "pxb" : "pix" };
  if (numaNodes === undefined) return { kind: "unknown" };
  const homes = [left, right].map((device) => numaNodes.findIndex((node) => holds(node, device)));
  if (homes.includes(-1)) return { kind: "unknown" };
  return { kind: homes[0] === homes[1] ? "node" : "sys" };
}

function nvlinkPath(
  { nvswitch, nvlinks }: NodeTopology,
  left: number,
  right: number,
): DevicePath | undefined {
  if (nvswitch?.gpus.includes(left) === true && nvswitch.gpus.includes(right)) {
    return { kind: "nvlink", links: nvswitch.linksPerGpu };
  }
  const pair = nvlinks?.find(({ between }) => between.includes(left) && between.includes(right));
  if (pair === undefined) return undefined;
  const kind = pair.link.startsWith("xgmi") ? "xgmi" : "nvlink";
  return { kind, ...(pair.links === undefined ? {} : { links: pair.links }) };
}

function holds(
  part: { readonly gpus: readonly number[]; readonly nics?: readonly number[] },
  { kind, index }: Device,
): boolean {
  return (kind === "gpu" ? part.gpus : (part.nics ?? [])).includes(index);
}

/** The path as `nvidia-smi topo -m` prints it; `NV` without a number when the links are not known, `?` when nothing is. */
export function devicePathText(path: DevicePath): string {
  if (path.kind === "nvlink") return `NV${path.links ?? ""}`;
  if (path.kind === "xgmi") return "XGMI";
  if (path.kind === "self") return "X";
  return path.kind === "unknown" ? "?" : path.kind.toUpperCase();
}
