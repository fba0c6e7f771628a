import { acceptedModels } from "../../policy/gang/fit-index.js";
import type { GangParts } from "../../policy/gang/types.js";
import { selectedNodes } from "../../cluster/selected-nodes.js";
import type { ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";

const WHOLE_GPU_MILLI = 1000;

/** What each part of a gang holds: the same for all, or by its number of GPUs. */
export type PartRequest = PodRequest | ((gpuCount: number) => PodRequest);

/** What a node has now that must not be given away beyond a reserved time. */
export interface NodeHold {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
  /** Wholly free GPUs, whichever. */
  readonly gpusWhole: number;
  /** Parts of GPUs that are in use now: index within the node, and thousandths. */
  readonly shares: readonly { readonly gpu: number; readonly gpuMilli: number }[];
}

/**
 * The nodes of a cluster as they will be at some later time: what runs is taken away, what is reserved is
 * added. Whole GPUs of a node are alike, so they are counted; parts of GPUs are kept by GPU.
 */
export class FutureNodes {
  private readonly cpuMilli: Float64Array;
  private readonly memoryBytes: Float64Array;
  private readonly pods: Int32Array;
  private readonly whole: Int32Array;
  private readonly gpuMilli: Int32Array;
  private readonly models: ReadonlyMap<PodRequest, Uint8Array | undefined>;
  private revision = -1;
  private readonly changed: Int32Array;
  /** Nodes that differ from the present by what was done here. */
  private readonly touched: Uint8Array;
  private touchedNodes: number[] = [];

  constructor(
    private readonly cluster: ClusterView,
    shapes: readonly PodRequest[],
  ) {
    this.cpuMilli = new Float64Array(cluster.nodeCount);
    this.memoryBytes = new Float64Array(cluster.nodeCount);
    this.pods = new Int32Array(cluster.nodeCount);
    this.whole = new Int32Array(cluster.nodeCount);
    this.gpuMilli = new Int32Array(cluster.gpuCount);
    this.changed = new Int32Array(cluster.nodeCount);
    this.touched = new Uint8Array(cluster.nodeCount);
    this.models = new Map(shapes.map((shape) => [shape, acceptedModels(cluster, shape)]));
  }

  /** Makes the future equal to the present. */
  startFromNow(): void {
    const { cluster } = this;
    const count = this.revision < 0 ? -1 : cluster.changedSince(this.revision, this.changed);
    if (count < 0) for (let node = 0; node < cluster.nodeCount; node++) this.copy(node);
    for (let index = 0; index < count; index++) this.copy(this.changed[index]!);
    for (const node of this.touchedNodes) {
      this.copy(node);
      this.touched[node] = 0;
    }
    this.touchedNodes = [];
    this.revision = cluster.revision;
  }

  /** Lets a job be gone; returns how many more pods of the shape its nodes then take. */
  withdraw(parts: GangParts, request: PartRequest, wanted: PodRequest): number {
    let more = 0;
    for (let index = 0; index < parts.length; index += 2 + parts.values[index + 1]!) {
      more -= this.podsOn(parts.values[index]!, wanted);
      this.applyPart(parts, index, request, 1);
      more += this.podsOn(parts.values[index]!, wanted);
    }
    return more;
  }

  /** Lets a job that starts now be there still. */
  occupy(parts: GangParts, request: PartRequest): void {
    for (let index = 0; index < parts.length; index += 2 + parts.values[index + 1]!) {
      this.applyPart(parts, index, request, -1);
    }
  }

  /** Takes a job's part of one node away (`sign` 1) or puts it back (`sign` -1). */
  changeOn(node: number, parts: GangParts, request: PartRequest, sign: 1 | -1): void {
    for (let index = 0; index < parts.length; index += 2 + parts.values[index + 1]!) {
      if (parts.values[index] === node) this.applyPart(parts, index, request, sign);
    }
  }

  /** Pods of the shape that the node could take then. */
  podsOn(node: number, request: PodRequest): number {
    if (this.cluster.nodeClosed[node] === 1) return 0;
    if (
      request.nodeSelector !== undefined &&
      selectedNodes(this.cluster.spec, request)![node] === 0
    )
      return 0;
    const models = this.models.get(request);
    if (models !== undefined && models[this.cluster.nodeModel[node]! + 1] === 0) return 0;
    let pods = this.pods[node]!;
    if (request.cpuMilli > 0)
      pods = Math.min(pods, Math.floor(this.cpuMilli[node]! / request.cpuMilli));
    if (request.memoryBytes > 0)
      pods = Math.min(pods, Math.floor(this.memoryBytes[node]! / request.memoryBytes));
    if (request.gpuCount === 0 || pods <= 0) return Math.max(0, pods);
    if (request.gpuMilli === WHOLE_GPU_MILLI)
      return Math.min(pods, Math.floor(this.whole[node]! / request.gpuCount));
    let shares = 0;
    for (let gpu = this.cluster.gpuOffset[node]!; gpu < this.cluster.gpuOffset[node + 1]!; gpu++) {
      shares += Math.floor(this.gpuMilli[gpu]! / request.gpuMilli);
    }
    return Math.min(pods, shares);
  }

  /** Reserves room for one pod on a node that has it; a part of a GPU comes from the GPU with the least free. */
  reserve(node: number, request: PodRequest): void {
    this.add(node, request, -1);
    if (request.gpuCount === 0) return;
    if (request.gpuMilli === WHOLE_GPU_MILLI) {
      this.whole[node]! -= request.gpuCount;
      return;
    }
    let tightest = -1;
    for (let gpu = this.cluster.gpuOffset[node]!; gpu < this.cluster.gpuOffset[node + 1]!; gpu++) {
      const free = this.gpuMilli[gpu]!;
      if (free >= request.gpuMilli && (tightest < 0 || free < this.gpuMilli[tightest]!))
        tightest = gpu;
    }
    this.addGpu(node, tightest, -request.gpuMilli);
  }

  /** What is free on the node now and will not be then. */
  holdOn(node: number): NodeHold {
    const { cluster } = this;
    const shares: { gpu: number; gpuMilli: number }[] = [];
    const offset = cluster.gpuOffset[node]!;
    for (let gpu = offset; gpu < cluster.gpuOffset[node + 1]!; gpu++) {
      const freeNow = cluster.gpuMilliFree[gpu]!;
      const excess = freeNow - this.gpuMilli[gpu]!;
      if (freeNow < WHOLE_GPU_MILLI && excess > 0)
        shares.push({ gpu: gpu - offset, gpuMilli: excess });
    }
    return {
      cpuMilli: Math.max(0, cluster.cpuMilliFree[node]! - this.cpuMilli[node]!),
      memoryBytes: Math.max(0, cluster.memoryBytesFree[node]! - this.memoryBytes[node]!),
      pods: Math.max(0, cluster.podsFree[node]! - this.pods[node]!),
      gpusWhole: Math.max(0, cluster.nodeGpusWhole[node]! - this.whole[node]!),
      shares,
    };
  }

  private applyPart(parts: GangParts, index: number, of: PartRequest, sign: 1 | -1): void {
    const node = parts.values[index]!;
    const request = typeof of === "function" ? of(parts.values[index + 1]!) : of;
    this.add(node, request, sign);
    const offset = this.cluster.gpuOffset[node]!;
    for (let at = 0; at < parts.values[index + 1]!; at++) {
      const gpu = offset + parts.values[index + 2 + at]!;
      // What leaves a GPU that is out of service does not come free.
      if (this.cluster.gpuClosed[gpu] === 0) this.addGpu(node, gpu, sign * request.gpuMilli);
    }
  }

  private add(node: number, request: PodRequest, sign: 1 | -1): void {
    if (this.touched[node] === 0) {
      this.touched[node] = 1;
      this.touchedNodes.push(node);
    }
    this.cpuMilli[node]! += sign * request.cpuMilli;
    this.memoryBytes[node]! += sign * request.memoryBytes;
    this.pods[node]! += sign;
  }

  private addGpu(node: number, gpu: number, changeMilli: number): void {
    const before = this.gpuMilli[gpu]!;
    const after = before + changeMilli;
    this.gpuMilli[gpu] = after;
    if (before === WHOLE_GPU_MILLI) this.whole[node]!--;
    if (after === WHOLE_GPU_MILLI) this.whole[node]!++;
  }

  private copy(node: number): void {
    const { cluster } = this;
    this.cpuMilli[node] = cluster.cpuMilliFree[node]!;
    this.memoryBytes[node] = cluster.memoryBytesFree[node]!;
    this.pods[node] = cluster.podsFree[node]!;
    this.whole[node] = cluster.nodeGpusWhole[node]!;
    for (let gpu = cluster.gpuOffset[node]!; gpu < cluster.gpuOffset[node + 1]!; gpu++) {
      this.gpuMilli[gpu] = cluster.gpuMilliFree[gpu]!;
    }
  }
}
