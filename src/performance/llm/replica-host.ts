import { findGpu } from "../../hardware/find-gpu.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { migGeometryOf } from "../../hardware/mig/find-mig-geometry.js";
import { migProfileOf } from "../../hardware/mig/mig-geometry.js";
import type { NodeSku } from "../../hardware/node-sku.js";
import { topologyOfSku } from "../../hardware/topology.js";
import { pcieNode, switchedNode } from "../collectives.js";
import type { CollectiveFabric, CollectiveNode } from "../collectives.js";
import { migComputeShare } from "../sharing/mig-instance-rate.js";

/** Machines that replicas run on: all alike. */
export interface ReplicaHost {
  /** For people: a machine of the catalogue, or GPUs. */
  readonly name: string;
  readonly gpu: GpuSpec;
  /** GPUs (or instances of MIG) of one machine. */
  readonly gpusPerNode: number;
  /** How they hang together; absent where a replica has one of them only, as with MIG. */
  readonly node?: CollectiveNode;
  readonly fabric?: CollectiveFabric;
  /** Profile of MIG whose instances take the place of GPUs. */
  readonly migProfile?: string;
  /** What had to be assumed about the machine, each in a sentence. */
  readonly assumptions: readonly string[];
}

/** What became of a machine. */
export type HostLookup =
  | { readonly kind: "host"; readonly host: ReplicaHost }
  /** Why no replica can be put there, in words. */
  | { readonly kind: "refused"; readonly reason: string };

/** A machine of the catalogue (or of a user's own) as replicas see it. */
export function hostOfSku(sku: NodeSku, findGpuSpec = gpuNamed): HostLookup {
  if (sku.gpuCount === 0) return { kind: "refused", reason: `${sku.name} has no GPU` };
  const gpu = sku.gpuModel === undefined ? undefined : findGpuSpec(sku.gpuModel);
  if (gpu === undefined)
    return { kind: "refused", reason: `the catalogue does not say which GPU ${sku.name} has` };
  const topology = topologyOfSku(sku);
  const host = hostOfGpus(gpu, sku.gpuCount, sku.name);
  if (topology === undefined) return { kind: "host", host };
  const gpus = Array.from({ length: topology.gpuCount }, (_, index) => index);
  return {
    kind: "host",
    host: { ...host, node: { gpu, topology, gpus }, assumptions: [] },
  };
}

/**
 * Some GPUs of a model as one machine. Those with NVLinks of their own meet in a switch, others over PCIe;
 * either is an assumption of the answer where there are several.
 */
export function hostOfGpus(gpu: GpuSpec, count: number, name?: string): ReplicaHost {
  const ofGpus = Math.max(count, 1);
  const isSwitched = gpu.nvlink !== undefined && / SXM|^B\d|^GB\d/.test(gpu.name);
  const built = isCatalogued(gpu)
    ? isSwitched
      ? switchedNode(gpu.name, ofGpus, { ofGpus })
      : pcieNode(gpu.name, ofGpus, ofGpus)
    : undefined;
  return {
    name: name ?? (count === 1 ? gpu.name : `${count} × ${gpu.name}`),
    gpu,
    gpusPerNode: ofGpus,
    ...(built === undefined ? {} : { node: built }),
    assumptions:
      ofGpus === 1
        ? []
        : [
            isSwitched
              ? `the ${ofGpus} GPUs meet in one NVSwitch`
              : `the ${ofGpus} GPUs meet over PCIe, in two halves on two NUMA nodes`,
          ],
  };
}

/**
 * Instances of a MIG profile in place of GPUs: compute by multiprocessors, memory and bandwidth by memory
 * slots. They share no links, so a replica has one.
 *
 * *Source*: hardware sheet's profile tables; bandwidth in proportion to slots is NVIDIA's MIG user guide.
 *
 * @returns undefined when the GPU has no such profile
 */
export function hostOfMig(gpu: GpuSpec, profile: string, gpus = 1): ReplicaHost | undefined {
  const geometry = migGeometryOf(gpu.name);
  const found = geometry === undefined ? undefined : migProfileOf(geometry, profile);
  if (geometry === undefined || found === undefined) return undefined;
  const { share, basis } = migComputeShare(gpu.name, profile);
  const slots = found.slots / geometry.slots;
  const whole = gpu.memoryReportedBytes ?? gpu.memoryBytes;
  // What was measured on a whole GPU says nothing of an instance.
  const {
    nvlink: _nvlink,
    memoryReportedBytes: _reported,
    memoryReportedSource: _reportedSource,
    measured: _measured,
    ...rest
  } = gpu;
  const times = (factor: number, ...names: readonly (keyof GpuSpec)[]): Partial<GpuSpec> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = gpu[name];
        return typeof value === "number" ? [[name, value * factor]] : [];
      }),
    );
  return {
    name: `${gpu.name} ${profile}`,
    gpu: {
      ...rest,
      name: `${gpu.name} ${profile}`,
      memoryBytes: found.memoryBytes ?? whole * slots,
      ...times(slots, "memoryBytesPerS"),
      ...times(share, "bf16FlopPerS", "fp16FlopPerS", "fp8FlopPerS", "fp4FlopPerS", "int8OpPerS"),
      ...times(share, "achievedBf16FlopPerS", "achievedFp8FlopPerS"),
    },
    gpusPerNode: found.instancesMax * gpus,
    migProfile: profile,
    assumptions: [
      `an instance has the compute of its ${basis === "slices" ? "compute slices" : "multiprocessors"} (${(100 * share).toFixed(1)} % of the GPU) and bandwidth in proportion to its memory slots (${(100 * slots).toFixed(1)} %)`,
    ],
  };
}

function gpuNamed(name: string): GpuSpec | undefined {
  const found = findGpu(name);
  return found.kind === "found" ? found.gpu : undefined;
}

function isCatalogued(gpu: GpuSpec): boolean {
  return gpuNamed(gpu.name) !== undefined;
}
