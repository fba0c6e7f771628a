import { GPU_CATALOGUE } from "../../hardware/find-gpu.js";
import type { NodeTopology } from "../../hardware/topology.js";
import { MEASURED_SYSTEMS } from "./measured/measured-table.js";
import type { MeasuredSystem } from "./measured/measured-system.js";
import type { CollectiveGpu, CollectiveHost, CollectiveNode } from "./types.js";

/** GPUs that were measured and are not in the catalogue: what their machines share with B200. */
const BEYOND_CATALOGUE: readonly CollectiveGpu[] = ["B300", "GB300"].map((name) => ({
  name,
  computeCapability: "10.3",
  nvlink: { generation: 5, links: 18, bothWaysBytesPerS: 1800e9 },
}));

/**
 * GPU of the catalogue by its exact name, or one that was only measured.
 *
 * @throws RangeError for any other name
 */
export function referenceGpu(name: string): CollectiveGpu {
  const gpu = [...GPU_CATALOGUE, ...BEYOND_CATALOGUE].find((each) => each.name === name);
  if (gpu === undefined) throw new RangeError(`collectives: there is no GPU "${name}"`);
  return gpu;
}

/** Some GPUs of a node whose GPUs all hang on NVSwitch, each with all its NVLinks. */
export function switchedNode(
  gpuModel: string,
  gpuCount: number,
  options: {
    readonly ofGpus?: number;
    readonly nics?: number;
    readonly nicBytesPerS?: number;
  } = {},
): CollectiveNode {
  const gpu = referenceGpu(gpuModel);
  const { nics, nicBytesPerS = 0, ofGpus = gpuCount } = options;
  const topology: NodeTopology = {
    gpuCount: ofGpus,
    nvswitch: {
      gpus: Array.from({ length: ofGpus }, (_unused, at) => at),
      link: `nvlink-${gpu.nvlink?.generation ?? 0}`,
      linksPerGpu: gpu.nvlink?.links ?? 0,
    },
    ...(nics === undefined
      ? {}
      : {
          nics: Array.from({ length: nics }, () => ({ link: "network", bytesPerS: nicBytesPerS })),
        }),
    provenance: "given",
    sources: [],
  };
  return { gpu, topology, gpus: Array.from({ length: gpuCount }, (_unused, at) => at) };
}

/** GPUs that are bridged in pairs (0-1, 2-3, ...), each GPU on a NUMA node of its own. */
export function pairedNode(
  gpuModel: string,
  gpus: readonly number[],
  options: {
    readonly ofGpus: number;
    readonly linksPerBridge?: number;
    readonly host?: CollectiveHost;
  },
): CollectiveNode {
  const { ofGpus, linksPerBridge, host } = options;
  const topology: NodeTopology = {
    gpuCount: ofGpus,
    numaNodes: Array.from({ length: ofGpus }, (_unused, gpu) => ({ gpus: [gpu] })),
    nvlinks: Array.from({ length: Math.floor(ofGpus / 2) }, (_unused, pair) => ({
      between: [2 * pair, 2 * pair + 1] as const,
      ...(linksPerBridge === undefined ? {} : { links: linksPerBridge }),
      link: "nvlink-bridge",
    })),
    provenance: "given",
    sources: [],
  };
  return { gpu: referenceGpu(gpuModel), topology, gpus, ...(host === undefined ? {} : { host }) };
}

/** GPUs that meet over PCIe only, in two halves on two NUMA nodes. */
export function pcieNode(gpuModel: string, gpuCount: number, ofGpus = 8): CollectiveNode {
  const half = Math.ceil(ofGpus / 2);
  const all = Array.from({ length: ofGpus }, (_unused, gpu) => gpu);
  return {
    gpu: referenceGpu(gpuModel),
    topology: {
      gpuCount: ofGpus,
      numaNodes: [{ gpus: all.slice(0, half) }, { gpus: all.slice(half) }],
      provenance: "given",
      sources: [],
    },
    gpus: all.slice(0, gpuCount),
  };
}

/** The machine a system was measured on, with so many of its GPUs in use. */
export function measuredNode(system: MeasuredSystem, gpuCount: number): CollectiveNode {
  return system.joinedBy === "nvswitch"
    ? switchedNode(system.gpuModel, gpuCount, { ofGpus: system.name.includes("tray") ? 4 : 8 })
    : pcieNode(system.gpuModel, gpuCount);
}

/** A measured system by its name. */
export function measuredSystem(name: string): MeasuredSystem {
  const system = MEASURED_SYSTEMS.find((each) => each.name === name);
  if (system === undefined) throw new RangeError(`collectives: "${name}" was not measured`);
  return system;
}
