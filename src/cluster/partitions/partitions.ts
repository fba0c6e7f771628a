import { InvariantError } from "../../base/assert.js";
import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import type { PodRequest } from "../../workload/job-table.js";
import { WHOLE_GPU_MILLI } from "../gpu-milli.js";
import type { NodeSpec } from "../spec.js";
import type { ReadonlyNumbers } from "../readonly-numbers.js";
import { assertPartitioning } from "./assert-partitioning.js";
import type { Acceptance } from "./acceptance.js";
import { acceptanceOf, nodeKindOf, type NodeKind } from "./gpu-acceptance.js";
import { MigGpus } from "./mig-gpus.js";
import type { PartitionView } from "./partition-view.js";
import type { GpuMode, GpuService, HeldPart, MigInstance } from "./partitioning.js";
import { ReplicaGpus } from "./replica-gpus.js";

/** The columns of a cluster that thousandths are read from. */
export interface OpenColumns {
  readonly gpuOffset: ReadonlyNumbers;
  readonly gpuMilliFree: ReadonlyNumbers;
  readonly nodeGpusWhole: ReadonlyNumbers;
  /** 1 for what is out of service. */
  readonly nodeClosed: ReadonlyNumbers;
  readonly gpuClosed: ReadonlyNumbers;
}

/** Names a replica where instances are named by their position, which is below it. */
const REPLICA = 8;

/** How the GPUs of a cluster are handed out, and the parts given away; written by the cluster alone. */
export class Partitions implements PartitionView {
  readonly isUsed: boolean;
  readonly isDynamic: boolean;
  readonly mig: MigGpus;
  readonly replicas: ReplicaGpus;
  readonly #columns: OpenColumns;
  readonly #kinds: readonly NodeKind[];
  readonly #kindOf: Int32Array;
  readonly #anyLayoutOf: readonly boolean[];
  /** By identity: callers keep their requests, and what they drop is forgotten here too. */
  readonly #accepted = new WeakMap<PodRequest, (Acceptance | undefined)[]>();
  /** Compute units of busy parts, by kind: slices for MIG, replicas else. */
  readonly #unitsBusy: Float64Array;

  /** @param anyLayout true: MIG nodes that may change count as having whatever layout suits */
  constructor(nodes: readonly NodeSpec[], columns: OpenColumns, anyLayout: boolean) {
    this.#columns = columns;
    nodes.forEach(assertPartitioning);
    const kinds: NodeKind[] = [];
    this.#kindOf = Int32Array.from(nodes, (node) => indexOfKind(kinds, nodeKindOf(node)));
    this.#kinds = kinds;
    this.isUsed = nodes.some(({ partitioning }) => partitioning !== undefined);
    const changes = nodes.map(
      ({ partitioning }) =>
        partitioning?.mode === "mig" && partitioning.repartitioning !== undefined,
    );
    this.isDynamic = changes.includes(true);
    this.#anyLayoutOf = changes.map((mayChange) => mayChange && anyLayout);
    this.#unitsBusy = new Float64Array(kinds.length);
    this.mig = new MigGpus(
      nodes.flatMap((node, n) =>
        Array.from({ length: node.gpuCount }, () => kinds[this.#kindOf[n]!]!.table),
      ),
    );
    nodes.forEach(({ partitioning }, n) => {
      if (partitioning?.mode !== "mig" || partitioning.layouts === "by-demand") return;
      partitioning.layouts.forEach((layout, gpu) => {
        this.mig.setLayout(columns.gpuOffset[n]! + gpu, layout);
      });
    });
    this.replicas = new ReplicaGpus(columns.gpuOffset[nodes.length]!);
  }

  /** Compute of busy parts in thousandths of a GPU, over the cluster. */
  get milliBusy(): number {
    let milli = 0;
    this.#kinds.forEach((kind, index) => {
      const busy = this.#unitsBusy[index]!;
      if (busy > 0) milli += (busy * WHOLE_GPU_MILLI) / unitsOf(kind);
    });
    return milli;
  }

  /** Idle compute on closed nodes and GPUs with parts, in thousandths of a GPU. */
  get milliOut(): number {
    const { gpuOffset, nodeClosed } = this.#columns;
    let milli = 0;
    for (let node = 0; node < nodeClosed.length; node += 1) {
      if (!this.hasParts(node)) continue;
      const gpus = gpuOffset[node + 1]! - gpuOffset[node]!;
      for (let gpu = 0; gpu < gpus; gpu += 1)
        if (this.#isClosed(node, gpu)) milli += this.#idleMilli(node, gpu);
    }
    return milli;
  }

  modeOf(node: number): GpuMode {
    return this.#kind(node).mode;
  }

  hasParts(node: number): boolean {
    const { mode } = this.#kind(node);
    return mode === "mig" || mode === "time-slicing" || mode === "mps";
  }

  suits(node: number, request: PodRequest): boolean {
    if (request.gpuCount === 0) return true;
    const { gpuMilli, profiles, replica } = this.#acceptance(node, request);
    return gpuMilli > 0 || profiles.length > 0 || replica;
  }

  gpuMilliOn(node: number, request: PodRequest): number {
    return this.isUsed || request.gpuPart !== undefined
      ? this.#acceptance(node, request).gpuMilli
      : request.gpuMilli;
  }

  podsOn(node: number, request: PodRequest): number {
    const accepted = this.#acceptance(node, request);
    const kind = this.#kind(node);
    const first = this.#columns.gpuOffset[node]!;
    const end = this.#columns.gpuOffset[node + 1]!;
    const parts = ((): number => {
      switch (kind.mode) {
        case "open":
        case "whole":
          return this.#openParts(node, accepted.gpuMilli);
        case "mig":
          return this.#migParts(node, accepted.profiles);
        case "time-slicing":
        case "mps": {
          let free = 0;
          for (let gpu = first; gpu < end; gpu += 1)
            if (!this.#isClosed(node, gpu - first)) free += this.#replicasFor(gpu, kind, accepted);
          return free;
        }
      }
    })();
    return Math.floor(parts / request.gpuCount);
  }

  canTake(node: number, request: PodRequest, gpus: ReadonlyNumbers): boolean {
    const accepted = this.#acceptance(node, request);
    const first = this.#columns.gpuOffset[node]!;
    for (let i = 0; i < request.gpuCount; i += 1) {
      const gpu = gpus[i]!;
      let before = 0;
      for (let j = 0; j < i; j += 1) if (gpus[j] === gpu) before += 1;
      if (this.hasParts(node)) {
        if (this.preferenceOn(node, gpu, request, before) < 0) return false;
        continue;
      }
      const { gpuMilli } = accepted;
      if (before > 0 || gpuMilli === 0) return false;
      if (this.#columns.gpuMilliFree[first + gpu]! < gpuMilli) return false;
    }
    return true;
  }

  preferenceOn(node: number, gpu: number, request: PodRequest, taken: number): number {
    const kind = this.#kind(node);
    const accepted = this.#acceptance(node, request);
    if (this.#isClosed(node, gpu)) return -1;
    const at = this.#columns.gpuOffset[node]! + gpu;
    if (kind.mode !== "mig") return this.#replicasFor(at, kind, accepted) > taken ? 0 : -1;
    let left = taken;
    for (let rank = 0; rank < accepted.profiles.length; rank += 1) {
      const free = this.mig.freeOf(at, accepted.profiles[rank]!);
      if (free > left) return rank;
      left -= free;
    }
    return -1;
  }

  idleMilliOf(node: number, gpu: number): number {
    return this.#isClosed(node, gpu) ? 0 : Math.floor(this.#idleMilli(node, gpu));
  }

  idleMilliExactly(node: number, gpu: number): number {
    return this.#idleMilli(node, gpu);
  }

  acceptanceOn(node: number, request: PodRequest): Acceptance {
    return this.#acceptance(node, request);
  }

  idleMilliOn(node: number): number {
    const gpus = this.#columns.gpuOffset[node + 1]! - this.#columns.gpuOffset[node]!;
    let milli = 0;
    for (let gpu = 0; gpu < gpus; gpu += 1) milli += this.idleMilliOf(node, gpu);
    return milli;
  }

  instancesOf(node: number, gpu: number): readonly MigInstance[] {
    if (this.#kind(node).mode !== "mig") return [];
    return this.mig.instances(this.#columns.gpuOffset[node]! + gpu);
  }

  nextLayoutOf(node: number, gpu: number): readonly MigPlacement[] {
    return this.mig.nextLayout(this.#columns.gpuOffset[node]! + gpu);
  }

  serviceOf(node: number, gpu: number): GpuService {
    if (this.#kind(node).mode !== "mig") return "in-service";
    return this.mig.service(this.#columns.gpuOffset[node]! + gpu);
  }

  busyPartsOf(node: number, gpu: number): number {
    const at = this.#columns.gpuOffset[node]! + gpu;
    return this.#kind(node).mode === "mig" ? this.mig.busyCount(at) : this.replicas.used(at);
  }

  /** Takes one part of a GPU of a node with parts. @returns what `give` needs to free it */
  take(node: number, gpu: number, request: PodRequest): number {
    const kind = this.#kind(node);
    const accepted = this.#acceptance(node, request);
    const at = this.#columns.gpuOffset[node]! + gpu;
    if (kind.mode === "mig") {
      for (const profile of accepted.profiles) {
        const part = this.mig.take(at, profile);
        if (part < 0) continue;
        this.#addUnits(node, kind.table!.geometry.profiles[profile]!.computeSlices);
        return part;
      }
      throw new InvariantError(
        `cluster: node ${node}, GPU ${gpu}: no instance is free for the pod`,
      );
    }
    if (this.#replicasFor(at, kind, accepted) === 0)
      throw new InvariantError(`cluster: node ${node}, GPU ${gpu}: no replica is free for the pod`);
    this.replicas.take(at, accepted.memoryBytes);
    this.#addUnits(node, 1);
    return REPLICA;
  }

  /** Gives back what `take` took. @param gpu cluster-wide index */
  give(node: number, gpu: number, part: number, memoryBytes: number): void {
    if (part === REPLICA) {
      this.replicas.give(gpu, memoryBytes);
      this.#addUnits(node, -1);
    } else {
      this.#addUnits(node, -this.mig.placeAt(gpu, part).profile.computeSlices);
      this.mig.give(gpu, part);
    }
  }

  /** Memory that a pod is promised of a time-sliced GPU, in bytes. */
  memoryBytesOn(node: number, request: PodRequest): number {
    return this.#acceptance(node, request).memoryBytes;
  }

  /** What a part is, for models of speed. @param gpu cluster-wide index */
  heldPart(node: number, gpu: number, part: number): HeldPart {
    const { mode } = this.#kind(node);
    if (mode === "open" || mode === "whole")
      throw new InvariantError(`cluster: node ${node} hands out no parts`);
    return {
      node,
      gpu: gpu - this.#columns.gpuOffset[node]!,
      mode,
      profile: part === REPLICA ? undefined : this.mig.placeAt(gpu, part).profile.name,
    };
  }

  #isClosed(node: number, gpu: number): boolean {
    const { nodeClosed, gpuClosed, gpuOffset } = this.#columns;
    return nodeClosed[node] === 1 || gpuClosed[gpuOffset[node]! + gpu] === 1;
  }

  #idleMilli(node: number, gpu: number): number {
    const units = unitsOf(this.#kind(node));
    return ((units - this.#busyUnits(node, gpu)) * WHOLE_GPU_MILLI) / units;
  }

  /** @returns busy units of a GPU with parts: compute slices, or replicas */
  #busyUnits(node: number, gpu: number): number {
    const at = this.#columns.gpuOffset[node]! + gpu;
    return this.#kind(node).mode === "mig" ? this.mig.busySlices(at) : this.replicas.used(at);
  }

  #openParts(node: number, gpuMilli: number): number {
    if (gpuMilli === 0) return 0;
    const { gpuMilliFree, nodeGpusWhole, gpuOffset } = this.#columns;
    if (gpuMilli === WHOLE_GPU_MILLI) return nodeGpusWhole[node]!;
    let parts = 0;
    for (let gpu = gpuOffset[node]!; gpu < gpuOffset[node + 1]!; gpu += 1)
      parts += Math.floor(gpuMilliFree[gpu]! / gpuMilli);
    return parts;
  }

  #migParts(node: number, profiles: readonly number[]): number {
    const { gpuOffset } = this.#columns;
    const geometry = this.#kind(node).table!.geometry;
    let parts = 0;
    for (let gpu = gpuOffset[node]!; gpu < gpuOffset[node + 1]!; gpu += 1) {
      if (this.#isClosed(node, gpu - gpuOffset[node]!)) continue;
      if (this.#anyLayoutOf[node] === true) {
        parts += profiles.reduce(
          (most, profile) => Math.max(most, geometry.profiles[profile]!.instancesMax),
          0,
        );
      } else {
        for (const profile of profiles) parts += this.mig.freeOf(gpu, profile);
      }
    }
    return parts;
  }

  #replicasFor(gpu: number, kind: NodeKind, { replica, memoryBytes }: Acceptance): number {
    if (!replica) return 0;
    const free = kind.replicas - this.replicas.used(gpu);
    if (memoryBytes === 0 || kind.mode === "mps") return free;
    const left = kind.gpuMemoryBytes! - this.replicas.memoryBytesUsed(gpu);
    return Math.min(free, Math.floor(left / memoryBytes));
  }

  #addUnits(node: number, change: number): void {
    this.#unitsBusy[this.#kindOf[node]!]! += change;
  }

  #kind(node: number): NodeKind {
    return this.#kinds[this.#kindOf[node]!]!;
  }

  #acceptance(node: number, request: PodRequest): Acceptance {
    let byKind = this.#accepted.get(request);
    if (byKind === undefined) {
      byKind = this.#kinds.map(() => undefined);
      this.#accepted.set(request, byKind);
    }
    const index = this.#kindOf[node]!;
    return (byKind[index] ??= acceptanceOf(request, this.#kinds[index]!));
  }
}

/** Compute units of a GPU with parts: slices for MIG, replicas else. */
function unitsOf({ table, replicas }: NodeKind): number {
  return table?.geometry.computeSlices ?? replicas;
}

function indexOfKind(kinds: NodeKind[], kind: NodeKind): number {
  const known = kinds.findIndex(
    ({ mode, table, replicas, gpuMemoryBytes }) =>
      mode === kind.mode &&
      table === kind.table &&
      replicas === kind.replicas &&
      gpuMemoryBytes === kind.gpuMemoryBytes,
  );
  if (known >= 0) return known;
  kinds.push(kind);
  return kinds.length - 1;
}
