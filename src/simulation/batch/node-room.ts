import type { ClusterState } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { BackfillRoom, RoomOptions } from "./backfill-room.js";
import { FutureNodes } from "./future-nodes.js";
import type { JobList } from "./job-order.js";

const WHOLE_GPU_MILLI = 1000;
const NO_GPUS = new Int32Array(0);

/**
 * Nodes: the reservation names the nodes, the first in order that will have room. While a job is tried
 * that would run beyond the reserved time, what is free now on those nodes and will be needed then is
 * held by allocations of nobody, so that the placement policy works around it.
 */
class NodeRoom implements BackfillRoom {
  private readonly future: FutureNodes;
  private readonly cluster: ClusterState;
  private reservedNodes: readonly number[] = [];
  private holds: number[] = [];
  private holding = false;
  private readonly wholeGpus: Int32Array;

  constructor(
    private readonly options: RoomOptions,
    cluster: ClusterState,
    private readonly shapes: readonly PodRequest[],
  ) {
    this.cluster = cluster;
    this.future = new FutureNodes(cluster, shapes);
    this.wholeGpus = new Int32Array(cluster.gpuKindStride);
  }

  reserve(demand: number, running: JobList, expectedEndS: Float64Array): number {
    const { classes, launcher, gang } = this.options;
    const request = this.shapes[classes.shape[demand]!]!;
    const workers = classes.workers[demand]!;
    this.future.startFromNow();
    let pods = gang.podsThatFit!(demand);
    let atS = launcher.nowS;
    for (let place = 0; place < running.size; place++) {
      const job = running.at(place);
      const endS = Math.max(launcher.nowS, expectedEndS[job]!);
      if (pods >= workers && endS > atS) break;
      atS = endS;
      pods += this.future.withdraw(launcher.partsOf(job), this.requestOf(job), request);
    }
    this.reservedNodes = pods >= workers ? this.reserveNodes(request, workers) : [];
    return pods >= workers ? atS : Infinity;
  }

  mayStart(demand: number, isLong: boolean): boolean {
    // With holds in place a "no" would be about the wrong room.
    return isLong || this.holding || this.options.gang.mayFit(demand);
  }

  tryStart(job: number, isLong: boolean): boolean {
    this.setHolding(isLong);
    if (!this.options.launcher.tryStart(job)) return false;
    if (isLong) this.future.occupy(this.options.launcher.partsOf(job), this.requestOf(job));
    return true;
  }

  endPass(): void {
    this.setHolding(false);
  }

  private requestOf(job: number): PodRequest {
    const { classes } = this.options;
    return this.shapes[classes.shape[classes.classOf[job]!]!]!;
  }

  private reserveNodes(request: PodRequest, workers: number): readonly number[] {
    const nodes: number[] = [];
    let left = workers;
    for (let node = 0; node < this.cluster.nodeCount && left > 0; node++) {
      const pods = Math.min(left, this.future.podsOn(node, request));
      if (pods > 0) nodes.push(node);
      for (let pod = 0; pod < pods; pod++) this.future.reserve(node, request);
      left -= pods;
    }
    return nodes;
  }

  private setHolding(holding: boolean): void {
    if (holding === this.holding) return;
    this.holding = holding;
    if (holding) {
      for (const node of this.reservedNodes) this.hold(node);
      return;
    }
    for (const allocation of this.holds) this.cluster.release(allocation);
    this.holds = [];
  }

  private hold(node: number): void {
    const { cpuMilli, memoryBytes, pods, gpusWhole, shares } = this.future.holdOn(node);
    const before = this.holds.length;
    if (cpuMilli > 0 || memoryBytes > 0 || gpusWhole > 0) {
      this.lastWholeGpus(node, gpusWhole);
      const gpuMilli = gpusWhole > 0 ? WHOLE_GPU_MILLI : 0;
      this.allocate(
        node,
        { cpuMilli, memoryBytes, gpuCount: gpusWhole, gpuMilli, gpuModels: [] },
        this.wholeGpus,
      );
    }
    for (const { gpu, gpuMilli } of shares) {
      this.allocate(node, { ...NOTHING, gpuCount: 1, gpuMilli }, Int32Array.of(gpu));
    }
    while (this.holds.length - before < pods) this.allocate(node, NOTHING, NO_GPUS);
  }

  private allocate(node: number, request: PodRequest, gpus: Int32Array): void {
    this.holds.push(this.cluster.allocate(node, request, gpus));
  }

  /** The last wholly free GPUs of the node: placements that take the first stay undisturbed. */
  private lastWholeGpus(node: number, count: number): void {
    let found = 0;
    const offset = this.cluster.gpuOffset[node]!;
    for (let gpu = this.cluster.gpuOffset[node + 1]! - 1; gpu >= offset && found < count; gpu--) {
      if (this.cluster.gpuMilliFree[gpu] === WHOLE_GPU_MILLI)
        this.wholeGpus[found++] = gpu - offset;
    }
  }
}

const NOTHING: PodRequest = {
  cpuMilli: 0,
  memoryBytes: 0,
  gpuCount: 0,
  gpuMilli: 0,
  gpuModels: [],
};

/** The room of nodes that a placement policy fills. */
export function createNodeRoom(
  options: RoomOptions,
  cluster: ClusterState,
  shapes: readonly PodRequest[],
): BackfillRoom {
  return new NodeRoom(options, cluster, shapes);
}
