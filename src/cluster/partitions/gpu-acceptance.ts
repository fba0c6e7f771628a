import { migGeometryOf, migTableOf } from "../../hardware/mig/find-mig-geometry.js";
import type { MigGeometry } from "../../hardware/mig/mig-geometry.js";
import { migProfileOf } from "../../hardware/mig/mig-geometry.js";
import type { MigTable } from "../../hardware/mig/mig-occupancy.js";
import type { PodRequest } from "../../workload/job-table.js";
import { WHOLE_GPU_MILLI } from "../gpu-milli.js";
import type { NodeSpec } from "../spec.js";
import type { Acceptance } from "./acceptance.js";
import type { GpuMode } from "./partitioning.js";

/** What nodes whose GPUs are handed out alike have in common. */
export interface NodeKind {
  readonly mode: GpuMode;
  /** Places of the GPU model; undefined without MIG. */
  readonly table: MigTable | undefined;
  /** Replicas per GPU; 0 without them. */
  readonly replicas: number;
  /** Memory of one GPU in bytes; undefined when nobody said. */
  readonly gpuMemoryBytes: number | undefined;
}

const NOTHING: Acceptance = { gpuMilli: 0, profiles: [], replica: false, memoryBytes: 0 };

/** The kind of a node. @throws RangeError when its GPU model has no MIG geometry and it asks for one */
export function nodeKindOf(node: NodeSpec): NodeKind {
  const { partitioning, gpuMemoryBytes } = node;
  const mode = partitioning?.mode ?? "open";
  const geometry = mode === "mig" ? migGeometryOf(node.gpuModel) : undefined;
  if (mode === "mig" && geometry === undefined) {
    throw new RangeError(`cluster: node "${node.name}": ${node.gpuModel} has no MIG geometry`);
  }
  const isReplicated = partitioning?.mode === "time-slicing" || partitioning?.mode === "mps";
  return {
    mode,
    table: geometry === undefined ? undefined : migTableOf(geometry),
    replicas: isReplicated ? partitioning.replicas : 0,
    gpuMemoryBytes,
  };
}

/**
 * What a pod accepts of a kind of node.
 *
 * Whole-GPU pods stay on whole GPUs: instances and replicas are for pods that name profiles, ask for a
 * share or for memory, or say that a replica is enough. Without profiles of its own a pod takes the
 * smallest instance with enough memory and, for a share, with at least that part of the compute slices
 * and (where it names no memory) of the memory slots; larger ones will do when that is not free.
 */
export function acceptanceOf(request: PodRequest, kind: NodeKind): Acceptance {
  const { gpuPart, gpuCount, gpuMilli } = request;
  if (gpuCount === 0) return NOTHING;
  const memoryBytes = gpuPart?.gpuMemoryBytes ?? 0;
  switch (kind.mode) {
    case "open":
    case "whole": {
      if (gpuPart?.isMigOnly === true) return NOTHING;
      if (memoryBytes > (memoryBytes === 0 ? 0 : (kind.gpuMemoryBytes ?? 0))) return NOTHING;
      if (kind.mode === "whole") return { ...NOTHING, gpuMilli: WHOLE_GPU_MILLI };
      return { ...NOTHING, gpuMilli: openMilli(gpuMilli, memoryBytes, kind) };
    }
    case "mig":
      return { ...NOTHING, profiles: profilesFor(request, kind.table!.geometry) };
    case "time-slicing":
    case "mps":
      return { ...NOTHING, replica: acceptsReplica(request, kind), memoryBytes };
  }
}

/** A share of an open GPU comes with the same share of its memory. */
function openMilli(gpuMilli: number, memoryBytes: number, { gpuMemoryBytes }: NodeKind): number {
  if (memoryBytes === 0 || gpuMilli === WHOLE_GPU_MILLI || gpuMemoryBytes === undefined)
    return gpuMilli;
  return Math.max(gpuMilli, Math.ceil((memoryBytes * WHOLE_GPU_MILLI) / gpuMemoryBytes));
}

function profilesFor(request: PodRequest, geometry: MigGeometry): readonly number[] {
  const { gpuPart, gpuMilli, gpuCount } = request;
  const memoryBytes = gpuPart?.gpuMemoryBytes ?? 0;
  const hasMemory = (index: number): boolean =>
    memoryBytes === 0 || (geometry.profiles[index]!.memoryBytes ?? 0) >= memoryBytes;
  if (gpuPart !== undefined && gpuPart.migProfiles.length > 0) {
    return gpuPart.migProfiles
      .map((name) => migProfileOf(geometry, name))
      .flatMap((profile) => (profile === undefined ? [] : [geometry.profiles.indexOf(profile)]))
      .filter(hasMemory);
  }
  const asksForPart = gpuMilli < WHOLE_GPU_MILLI || memoryBytes > 0;
  // Several instances have no link between them: only a pod that names profiles gets several.
  if (!asksForPart || gpuCount > 1) return [];
  const share = gpuMilli < WHOLE_GPU_MILLI ? gpuMilli : 0;
  return geometry.profiles
    .map((profile, index) => ({ profile, index }))
    .filter(
      ({ profile, index }) =>
        profile.extension === undefined &&
        profile.computeSlices * WHOLE_GPU_MILLI >= share * geometry.computeSlices &&
        (memoryBytes > 0
          ? hasMemory(index)
          : profile.slots * WHOLE_GPU_MILLI >= share * geometry.slots),
    )
    .sort(
      (left, right) =>
        left.profile.computeSlices - right.profile.computeSlices ||
        left.profile.slots - right.profile.slots,
    )
    .map(({ index }) => index);
}

function acceptsReplica(request: PodRequest, kind: NodeKind): boolean {
  const { gpuPart, gpuMilli, gpuCount } = request;
  if (gpuCount > 1 || gpuPart?.isMigOnly === true) return false;
  const memoryBytes = gpuPart?.gpuMemoryBytes ?? 0;
  const asksForPart =
    gpuMilli < WHOLE_GPU_MILLI || memoryBytes > 0 || gpuPart?.isReplicaEnough === true;
  if (!asksForPart) return false;
  if (memoryBytes === 0) return true;
  if (kind.gpuMemoryBytes === undefined) return false;
  const limitBytes =
    kind.mode === "mps" ? Math.floor(kind.gpuMemoryBytes / kind.replicas) : kind.gpuMemoryBytes;
  return memoryBytes <= limitBytes;
}
