import { InvariantError } from "../base/assert.js";
import type { PodRequest } from "../workload/job-table.js";
import { assertNode } from "./assert-node.js";
import { AllocationTable } from "./allocation-table.js";
import { ChangeLog } from "./change-log.js";
import { checkColumns } from "./check-columns.js";
import { ClosedCapacity } from "./closed-capacity.js";
import { WHOLE_GPU_MILLI } from "./gpu-milli.js";
import type { HeldPart } from "./partitions/partitioning.js";
import { Partitions } from "./partitions/partitions.js";
import type { MigPlacement } from "../hardware/mig/mig-geometry.js";
import { nonzeroCpuMilli, nonzeroMemoryBytes } from "./nonzero-request.js";
import type { ClusterSpec } from "./spec.js";
import type { ClusterState, ReadonlyNumbers } from "./view.js";

/**
 * Makes the empty cluster of a spec: the one writer of occupancy.
 *
 * Occupancy lives in typed-array columns. CPU and memory must be whole numbers (of thousandths of a
 * core, of bytes), so that sums are exact and a release restores what the allocation took, bit by bit.
 *
 * @throws RangeError when a node's numbers are negative, fractional or not finite, or what is said about
 * its MIG layouts or replicas is not possible
 */
export function createCluster(spec: ClusterSpec, options: ClusterOptions = {}): ClusterState {
  spec.nodes.forEach(assertNode);
  return new ColumnCluster(spec, options);
}

/** Options of `createCluster`. */
export interface ClusterOptions {
  /**
   * Count a MIG node whose layout may change as having whatever layout suits a pod: for the question
   * whether a pod could ever run. Such a cluster is not for allocating.
   */
  readonly anyLayout?: boolean;
}

class ColumnCluster implements ClusterState {
  readonly spec: ClusterSpec;
  readonly nodeCount: number;
  readonly gpuCount: number;
  readonly gpuOffset: Int32Array;
  readonly cpuMilliFree: Float64Array;
  readonly memoryBytesFree: Float64Array;
  readonly podsFree: Int32Array;
  readonly gpuMilliFree: Int32Array;
  readonly nodeGpuMilliFree: Int32Array;
  readonly nodeGpusWhole: Int32Array;
  readonly nodeModel: Int32Array;
  readonly gpuModels: readonly string[];
  readonly nonzeroCpuMilliUsed: Float64Array;
  readonly nonzeroMemoryBytesUsed: Float64Array;
  readonly podsByGpuKind: Int32Array;
  readonly gpuKindStride: number;
  readonly nodeGpuKinds: Int32Array;
  readonly partitions: Partitions;
  readonly #changes: ChangeLog;
  readonly #allocations = new AllocationTable();
  readonly #closed: ClosedCapacity;
  #gpuMilliUsed = 0;

  constructor(spec: ClusterSpec, { anyLayout = false }: ClusterOptions) {
    const { nodes } = spec;
    this.spec = spec;
    this.nodeCount = nodes.length;
    this.gpuOffset = new Int32Array(nodes.length + 1);
    nodes.forEach((node, n) => {
      this.gpuOffset[n + 1] = this.gpuOffset[n]! + node.gpuCount;
    });
    this.gpuCount = this.gpuOffset[nodes.length]!;
    this.cpuMilliFree = Float64Array.from(nodes, (node) => node.cpuMilli);
    this.memoryBytesFree = Float64Array.from(nodes, (node) => node.memoryBytes);
    this.podsFree = Int32Array.from(nodes, (node) => node.podsMax);
    this.gpuMilliFree = new Int32Array(this.gpuCount).fill(WHOLE_GPU_MILLI);
    this.nodeGpuMilliFree = Int32Array.from(nodes, (node) => node.gpuCount * WHOLE_GPU_MILLI);
    this.nodeGpusWhole = Int32Array.from(nodes, (node) => node.gpuCount);
    this.gpuModels = [
      ...new Set(nodes.filter((node) => node.gpuCount > 0).map((node) => node.gpuModel)),
    ];
    const modelIndex = new Map(this.gpuModels.map((model, index) => [model, index]));
    this.nodeModel = Int32Array.from(nodes, (node) =>
      node.gpuCount > 0 ? modelIndex.get(node.gpuModel)! : -1,
    );
    this.nonzeroCpuMilliUsed = new Float64Array(nodes.length);
    this.nonzeroMemoryBytesUsed = new Float64Array(nodes.length);
    this.gpuKindStride = nodes.reduce((most, node) => Math.max(most, node.gpuCount), 0) + 1;
    this.podsByGpuKind = new Int32Array(nodes.length * this.gpuKindStride);
    this.nodeGpuKinds = new Int32Array(nodes.length);
    this.#changes = new ChangeLog(nodes.length);
    this.#closed = new ClosedCapacity(this, (node, gpu, change) => {
      this.#addGpuMilli(node, gpu, change);
      // What is out of service is not given away.
      this.#gpuMilliUsed += change;
    });
    this.partitions = new Partitions(nodes, this, anyLayout);
    nodes.forEach((_node, n) => {
      if (!this.partitions.hasParts(n)) return;
      this.gpuMilliFree.fill(0, this.gpuOffset[n]!, this.gpuOffset[n + 1]!);
      this.nodeGpusWhole[n] = 0;
    });
  }

  get revision(): number {
    return this.#changes.revision;
  }

  get nodeRevision(): ReadonlyNumbers {
    return this.#changes.nodeRevision;
  }

  get gpuMilliUsed(): number {
    return this.partitions.isUsed
      ? this.#gpuMilliUsed + this.partitions.milliBusy
      : this.#gpuMilliUsed;
  }

  get nodeClosed(): ReadonlyNumbers {
    return this.#closed.nodeClosed;
  }

  get gpuClosed(): ReadonlyNumbers {
    return this.#closed.gpuClosed;
  }

  get gpuMilliOut(): number {
    return this.partitions.isUsed
      ? this.#closed.gpuMilliOut + this.partitions.milliOut
      : this.#closed.gpuMilliOut;
  }

  get gpuMilliAside(): ReadonlyNumbers {
    return this.#closed.gpuMilliAside;
  }

  changedSince(revision: number, out: Int32Array): number {
    return this.#changes.changedSince(revision, out);
  }

  closeNode(node: number): void {
    this.#closed.setNode(node, 1);
    this.#noteService(node);
  }

  openNode(node: number): void {
    this.#closed.setNode(node, 0);
    this.#noteService(node);
  }

  closeGpus(node: number, gpus: readonly number[]): void {
    this.#closed.setGpus(node, gpus, 1);
    this.#noteService(node);
  }

  openGpus(node: number, gpus: readonly number[]): void {
    this.#closed.setGpus(node, gpus, 0);
    this.#noteService(node);
  }

  allocate(node: number, request: PodRequest, gpus: ReadonlyNumbers): number {
    this.#assertFits(node, request, gpus);
    const { cpuMilli, memoryBytes, gpuCount } = request;
    const base = this.gpuOffset[node]!;
    const hasParts = gpuCount > 0 && this.partitions.hasParts(node);
    const gpuMilli = gpuCount === 0 || hasParts ? 0 : this.partitions.gpuMilliOn(node, request);
    const parts = hasParts ? this.#takeParts(node, request, gpus) : undefined;
    if (!hasParts)
      for (let i = 0; i < gpuCount; i += 1) this.#addGpuMilli(node, base + gpus[i]!, -gpuMilli);
    this.#addHost(node, cpuMilli, memoryBytes, 1);
    if (gpuCount > 0) this.#addGpuKind(node, gpuMilli < WHOLE_GPU_MILLI ? 0 : gpuCount, 1);
    this.#changes.note(node);
    const gpuMemoryBytes = hasParts ? this.partitions.memoryBytesOn(node, request) : 0;
    const row = { node, cpuMilli, memoryBytes, gpuMilli, gpuMemoryBytes };
    return this.#allocations.add(row, base, gpus, gpuCount, parts);
  }

  release(handle: number): void {
    const table = this.#allocations;
    const slot = this.#liveSlot(handle, "release");
    const node = table.nodeAt(slot);
    const gpuMilli = table.gpuMilliAt(slot);
    const hasParts = this.partitions.hasParts(node);
    let gpuCount = 0;
    for (let entry = table.firstEntryAt(slot); entry >= 0; entry = table.entryAfter(entry)) {
      const gpu = table.entryGpu(entry);
      if (hasParts) {
        const memoryBytes = table.gpuMemoryBytesAt(slot);
        this.partitions.give(node, gpu, table.entryPart(entry), memoryBytes);
      } else this.#addGpuMilli(node, gpu, gpuMilli);
      gpuCount += 1;
    }
    if (hasParts) this.nodeGpuMilliFree[node] = this.partitions.idleMilliOn(node);
    this.#addHost(node, table.cpuMilliAt(slot), table.memoryBytesAt(slot), -1);
    if (gpuCount > 0) this.#addGpuKind(node, gpuMilli < WHOLE_GPU_MILLI ? 0 : gpuCount, -1);
    if (this.#closed.touches[node] === 1) this.#closed.settle(node);
    this.#changes.note(node);
    table.remove(slot);
  }

  forEachPart(handle: number, visit: (part: HeldPart) => void): void {
    const table = this.#allocations;
    const slot = this.#liveSlot(handle, "look-up");
    const node = table.nodeAt(slot);
    if (!this.partitions.hasParts(node)) return;
    for (let entry = table.firstEntryAt(slot); entry >= 0; entry = table.entryAfter(entry))
      visit(this.partitions.heldPart(node, table.entryGpu(entry), table.entryPart(entry)));
  }

  drainGpu(node: number, gpu: number): void {
    this.partitions.mig.drain(this.gpuOffset[node]! + gpu);
    this.#noteService(node);
  }

  undrainGpu(node: number, gpu: number): void {
    this.partitions.mig.undrain(this.gpuOffset[node]! + gpu);
    this.#noteService(node);
  }

  beginRepartition(node: number, gpu: number, layout: readonly MigPlacement[]): void {
    this.partitions.mig.beginRepartition(this.gpuOffset[node]! + gpu, layout);
    this.#noteService(node);
  }

  finishRepartition(node: number, gpu: number): void {
    this.partitions.mig.finishRepartition(this.gpuOffset[node]! + gpu);
    this.#noteService(node);
  }

  checkInvariants(): void {
    checkColumns(this, this.#allocations);
  }

  /** Takes in that GPUs of the node went out of service, or came back. */
  #noteService(node: number): void {
    if (this.partitions.hasParts(node))
      this.nodeGpuMilliFree[node] = this.partitions.idleMilliOn(node);
    this.#changes.note(node);
  }

  #liveSlot(handle: number, what: string): number {
    const slot = this.#allocations.slotOf(handle);
    if (slot < 0)
      throw new InvariantError(`cluster: ${what} of handle ${handle}, which is not live`);
    return slot;
  }

  /** Takes (`sign` 1) or gives back (-1) what a pod has of the host. */
  #addHost(node: number, cpuMilli: number, memoryBytes: number, sign: 1 | -1): void {
    this.cpuMilliFree[node]! -= sign * cpuMilli;
    this.memoryBytesFree[node]! -= sign * memoryBytes;
    this.nonzeroCpuMilliUsed[node]! += sign * nonzeroCpuMilli(cpuMilli);
    this.nonzeroMemoryBytesUsed[node]! += sign * nonzeroMemoryBytes(memoryBytes);
    this.podsFree[node]! -= sign;
  }

  #takeParts(node: number, request: PodRequest, gpus: ReadonlyNumbers): readonly number[] {
    const parts: number[] = [];
    for (let i = 0; i < request.gpuCount; i += 1)
      parts.push(this.partitions.take(node, gpus[i]!, request));
    this.nodeGpuMilliFree[node] = this.partitions.idleMilliOn(node);
    return parts;
  }

  #addGpuMilli(node: number, gpu: number, change: number): void {
    const before = this.gpuMilliFree[gpu]!;
    const after = before + change;
    this.gpuMilliFree[gpu] = after;
    this.nodeGpuMilliFree[node]! += change;
    this.#gpuMilliUsed -= change;
    if (before === WHOLE_GPU_MILLI) this.nodeGpusWhole[node]! -= 1;
    if (after === WHOLE_GPU_MILLI) this.nodeGpusWhole[node]! += 1;
  }

  #addGpuKind(node: number, kind: number, change: number): void {
    const at = node * this.gpuKindStride + kind;
    const before = this.podsByGpuKind[at]!;
    this.podsByGpuKind[at] = before + change;
    if (before === 0) this.nodeGpuKinds[node]! += 1;
    else if (before + change === 0) this.nodeGpuKinds[node]! -= 1;
  }

  #assertFits(node: number, request: PodRequest, gpus: ReadonlyNumbers): void {
    if (!Number.isInteger(node) || node < 0 || node >= this.nodeCount) {
      throw new InvariantError(
        `cluster: there is no node ${node}, nodes are 0..${this.nodeCount - 1}`,
      );
    }
    const { cpuMilli, memoryBytes, gpuMilli, gpuCount, gpuModels } = request;
    const refuse = (what: string): never => {
      throw new InvariantError(`cluster: node ${node} "${this.spec.nodes[node]!.name}": ${what}`);
    };
    if (!Number.isSafeInteger(cpuMilli) || cpuMilli < 0)
      refuse(`cpuMilli of a pod must be a whole number >= 0, got ${cpuMilli}`);
    if (!Number.isSafeInteger(memoryBytes) || memoryBytes < 0)
      refuse(`memoryBytes of a pod must be a whole number >= 0, got ${memoryBytes}`);
    if (cpuMilli > this.cpuMilliFree[node]!)
      refuse(`${cpuMilli} cpuMilli asked, ${this.cpuMilliFree[node]!} free`);
    if (memoryBytes > this.memoryBytesFree[node]!)
      refuse(`${memoryBytes} memoryBytes asked, ${this.memoryBytesFree[node]!} free`);
    if (this.podsFree[node]! < 1) refuse("no pod slot is free");
    if (gpuCount === 0) return;
    const shareIsValid = Number.isInteger(gpuMilli) && gpuMilli >= 1 && gpuMilli <= WHOLE_GPU_MILLI;
    if (!shareIsValid) refuse(`gpuMilli must be a whole number in 1..1000, got ${gpuMilli}`);
    const hasParts = this.partitions.hasParts(node);
    if (gpuCount > 1 && gpuMilli < WHOLE_GPU_MILLI && !hasParts)
      refuse(`a pod with ${gpuCount} GPUs takes whole ones, got gpuMilli ${gpuMilli}`);
    const model = this.gpuModels[this.nodeModel[node]!];
    if (gpuModels.length > 0 && (model === undefined || !gpuModels.includes(model)))
      refuse(
        `the pod accepts GPU models ${gpuModels.join("|")}, the node has "${model ?? "none"}"`,
      );
    this.#assertGpusFree(node, request, gpus, refuse);
  }

  #assertGpusFree(
    node: number,
    request: PodRequest,
    gpus: ReadonlyNumbers,
    refuse: (what: string) => never,
  ): void {
    const base = this.gpuOffset[node]!;
    const count = this.gpuOffset[node + 1]! - base;
    const hasParts = this.partitions.hasParts(node);
    const gpuMilli = hasParts ? 0 : this.partitions.gpuMilliOn(node, request);
    for (let i = 0; i < request.gpuCount; i += 1) {
      const gpu = gpus[i];
      if (gpu === undefined || !Number.isInteger(gpu) || gpu < 0 || gpu >= count)
        refuse(`gpus[${i}] must be a GPU index 0..${count - 1}, got ${gpu}`);
      if (hasParts) continue;
      const free = this.gpuMilliFree[base + gpu!]!;
      if (gpuMilli === 0) refuse("its whole GPUs will not do for the pod");
      if (free < gpuMilli) refuse(`GPU ${gpu}: ${gpuMilli} gpuMilli asked, ${free} free`);
      for (let j = 0; j < i; j += 1)
        if (gpus[j] === gpu) refuse(`GPU ${gpu} is given twice to one pod`);
    }
    if (hasParts && !this.partitions.canTake(node, request, gpus))
      refuse("no part of these GPUs that will do for the pod is free");
  }
}
