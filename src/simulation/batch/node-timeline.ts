import { selectedNodes } from "../../cluster/selected-nodes.js";
import type { ClusterView } from "../../cluster/view.js";
import { acceptedModels } from "../../policy/gang/fit-index.js";
import type { NodeRooms, PlannedPart } from "../../policy/gang/foresight.js";
import type { GangParts } from "../../policy/gang/types.js";
import type { PodRequest } from "../../workload/job-table.js";
import { VectorProfile } from "./node-profile.js";

const WHOLE_GPU_MILLI = 1000;
/** Places in the vector of a node; GPUs follow. */
const CPU = 0;
const MEMORY = 1;
const PODS = 2;
const GPUS = 3;

/** What one job holds on one node: CPU, memory, pods, then GPUs. */
export interface NodeHolding {
  readonly node: number;
  readonly amounts: Float64Array;
}

/**
 * The nodes of a cluster over future time: what runs until it is expected to end, and what is reserved.
 *
 * Where all jobs ask for whole GPUs, GPUs of a node are alike and are counted; a count that never exceeds
 * what there is can always be served. Where some ask for parts, every reservation names its GPUs.
 */
export class NodeTimeline {
  readonly namesGpus: boolean;
  private nodes: readonly VectorProfile[] = [];
  /** Thousandths of a GPU of all nodes: says cheaply when it is not worth looking at the nodes. */
  private total = new VectorProfile(0, Float64Array.of(0));
  private readonly models = new Map<PodRequest, Uint8Array | undefined>();
  private readonly least: Float64Array;

  constructor(
    private readonly cluster: ClusterView,
    shapes: readonly PodRequest[],
  ) {
    this.namesGpus = shapes.some(
      ({ gpuCount, gpuMilli }) => gpuCount > 0 && gpuMilli < WHOLE_GPU_MILLI,
    );
    for (const shape of shapes) this.models.set(shape, acceptedModels(cluster, shape));
    this.least = new Float64Array(GPUS + cluster.gpuKindStride);
  }

  /** Starts from what is free now and what the running jobs will give back. */
  reset(nowS: number, running: Iterable<readonly NodeHolding[]>): void {
    const { cluster } = this;
    const capacity = Array.from({ length: cluster.nodeCount }, (_, node) => this.freeNow(node));
    for (const holdings of running) {
      for (const { node, amounts } of holdings) {
        const there = capacity[node]!;
        for (let index = 0; index < amounts.length; index += 1) there[index]! += amounts[index]!;
      }
    }
    const totalMilli = capacity.reduce((sum, vector) => sum + this.milliOf(vector), 0);
    this.nodes = capacity.map((vector) => new VectorProfile(nowS, vector));
    this.total = new VectorProfile(nowS, Float64Array.of(totalMilli));
  }

  advance(nowS: number): void {
    for (const node of this.nodes) if (node.stepCount > 1) node.advance(nowS);
    this.total.advance(nowS);
  }

  /** Promises the holdings (`sign` -1) or takes the promise back (`sign` 1). */
  change(fromS: number, toS: number, holdings: readonly NodeHolding[], sign: 1 | -1): void {
    let milli = 0;
    for (const { node, amounts } of holdings) {
      // A node without promises has not been told what time it is.
      this.nodes[node]!.advance(this.total.startS);
      this.nodes[node]!.change(fromS, toS, amounts, sign);
      milli += this.milliOf(amounts);
    }
    this.total.change(fromS, toS, [milli], sign);
  }

  /** First time from `fromS` on at which `milli` of all GPUs are free for `lengthS`: no earlier one will do. */
  nextStart(fromS: number, milli: number, lengthS: number): number | undefined {
    return this.total.nextStart(fromS, milli, lengthS);
  }

  /** First time after `afterS` at which somebody gives room back; undefined when nobody does. */
  nextEnd(afterS: number): number | undefined {
    return this.total.nextEnd(afterS);
  }

  /** True when the node may have room for one pod throughout `lengthS` from some time in [fromS, beforeS) on. */
  mayTake(
    node: number,
    request: PodRequest,
    window: { readonly fromS: number; readonly beforeS: number; readonly lengthS: number },
  ): boolean {
    const { fromS, beforeS, lengthS } = window;
    return this.nodes[node]!.holdsFor(
      fromS,
      beforeS,
      lengthS,
      (free) => this.podsIn(node, request, free) > 0,
    );
  }

  /** What every node has throughout the time between. */
  roomsBetween(fromS: number, toS: number): NodeRooms {
    return {
      podsOn: (node, request) => {
        const least = this.leastFree(node, fromS, toS);
        return this.podsIn(node, request, least);
      },
    };
  }

  /** Free amounts of the node throughout the time between; overwritten by the next call. */
  leastFree(node: number, fromS: number, toS: number): Float64Array {
    const least = this.least.subarray(0, this.widthOf(node));
    this.nodes[node]!.leastFree(fromS, toS, least);
    return least;
  }

  /** What the node has free at present, by the cluster's own books. */
  freeNow(node: number): Float64Array {
    const { cluster } = this;
    const free = new Float64Array(this.widthOf(node));
    free[CPU] = cluster.cpuMilliFree[node]!;
    free[MEMORY] = cluster.memoryBytesFree[node]!;
    free[PODS] = cluster.podsFree[node]!;
    if (!this.namesGpus) free[GPUS] = cluster.nodeGpusWhole[node]!;
    else {
      const offset = cluster.gpuOffset[node]!;
      for (let gpu = offset; gpu < cluster.gpuOffset[node + 1]!; gpu += 1)
        free[GPUS + gpu - offset] = cluster.gpuMilliFree[gpu]!;
    }
    return free;
  }

  /** What a running job holds, as far as it will come free again. */
  holdingsOfParts(
    parts: GangParts,
    requestOf: (gpuCount: number) => PodRequest,
  ): readonly NodeHolding[] {
    const { values, length } = parts;
    const byNode = new Map<number, Float64Array>();
    for (let index = 0; index < length;) {
      const node = values[index]!;
      const gpuCount = values[index + 1]!;
      const request = requestOf(gpuCount);
      if (this.cluster.nodeClosed[node] !== 1) {
        const amounts = this.amountsOn(byNode, node, request);
        for (let at = 0; at < gpuCount; at += 1) {
          const gpu = values[index + 2 + at]!;
          // What leaves a GPU that is out of service does not come free.
          if (this.cluster.gpuClosed[this.cluster.gpuOffset[node]! + gpu] === 1) continue;
          if (this.namesGpus) amounts[GPUS + gpu]! += request.gpuMilli;
          else amounts[GPUS]! += 1;
        }
      }
      index += 2 + gpuCount;
    }
    return Array.from(byNode, ([node, amounts]) => ({ node, amounts }));
  }

  /** What a planned gang will hold in the time between; names its GPUs where that is needed. */
  holdingsOfPlan(plan: readonly PlannedPart[], fromS: number, toS: number): readonly NodeHolding[] {
    const byNode = new Map<number, Float64Array>();
    for (const { node, request, pods } of plan) {
      for (let pod = 0; pod < pods; pod += 1) {
        const amounts = this.amountsOn(byNode, node, request);
        if (!this.namesGpus) amounts[GPUS]! += request.gpuCount;
        else this.nameGpus(node, request, this.leastFree(node, fromS, toS), amounts);
      }
    }
    return Array.from(byNode, ([node, amounts]) => ({ node, amounts }));
  }

  /** The holding of the node so far, with CPU, memory and one pod more. */
  private amountsOn(
    byNode: Map<number, Float64Array>,
    node: number,
    request: PodRequest,
  ): Float64Array {
    let amounts = byNode.get(node);
    if (amounts === undefined) {
      amounts = new Float64Array(this.widthOf(node));
      byNode.set(node, amounts);
    }
    amounts[CPU]! += request.cpuMilli;
    amounts[MEMORY]! += request.memoryBytes;
    amounts[PODS]! += 1;
    return amounts;
  }

  /** Whole GPUs from the lowest index; a part comes from the GPU that has the least and enough. */
  private nameGpus(
    node: number,
    request: PodRequest,
    free: Float64Array,
    held: Float64Array,
  ): void {
    const { gpuCount, gpuMilli } = request;
    for (let found = 0; found < gpuCount; found += 1) {
      let chosen = -1;
      for (let index = GPUS; index < this.widthOf(node); index += 1) {
        const left = free[index]! - held[index]!;
        if (left < gpuMilli) continue;
        if (chosen < 0 || left < free[chosen]! - held[chosen]!) chosen = index;
      }
      held[chosen]! += gpuMilli;
    }
  }

  private podsIn(node: number, request: PodRequest, free: Float64Array): number {
    const { cluster } = this;
    if (cluster.nodeClosed[node] === 1) return 0;
    if (request.nodeSelector !== undefined && selectedNodes(cluster.spec, request)![node] === 0)
      return 0;
    const models = this.models.get(request);
    if (models !== undefined && models[cluster.nodeModel[node]! + 1] === 0) return 0;
    const { cpuMilli, memoryBytes, gpuCount, gpuMilli } = request;
    let pods = free[PODS]!;
    if (cpuMilli > 0) pods = Math.min(pods, Math.floor(free[CPU]! / cpuMilli));
    if (memoryBytes > 0) pods = Math.min(pods, Math.floor(free[MEMORY]! / memoryBytes));
    if (gpuCount === 0 || pods <= 0) return Math.max(0, pods);
    let gpus = 0;
    if (!this.namesGpus) gpus = free[GPUS]!;
    else
      for (let index = GPUS; index < free.length; index += 1)
        gpus += Math.floor(free[index]! / gpuMilli);
    return Math.min(pods, Math.floor(gpus / gpuCount));
  }

  private widthOf(node: number): number {
    if (!this.namesGpus) return GPUS + 1;
    return GPUS + this.cluster.gpuOffset[node + 1]! - this.cluster.gpuOffset[node]!;
  }

  private milliOf(amounts: Float64Array): number {
    let sum = 0;
    for (let index = GPUS; index < amounts.length; index += 1) sum += amounts[index]!;
    return this.namesGpus ? sum : sum * WHOLE_GPU_MILLI;
  }
}

/** True for equal amounts on the same nodes, in whatever order. */
export function holdsTheSame(left: readonly NodeHolding[], right: readonly NodeHolding[]): boolean {
  const there = new Map(right.map(({ node, amounts }) => [node, amounts]));
  return (
    left.length === right.length &&
    left.every(({ node, amounts }) => {
      const other = there.get(node);
      return other !== undefined && amounts.every((amount, index) => amount === other[index]);
    })
  );
}
