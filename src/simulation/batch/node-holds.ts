import type { ClusterState } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";

const WHOLE_GPU_MILLI = 1000;
const NO_GPUS = new Int32Array(0);

/** What is to be kept from others on one node. */
export interface KeptRoom {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
  /** Wholly free GPUs, whichever. */
  readonly gpusWhole: number;
  /** Parts of GPUs that are in use: index within the node, and thousandths. */
  readonly shares: readonly { readonly gpu: number; readonly gpuMilli: number }[];
}

/** Holds free room by allocations of nobody, so that a placement policy works around it. */
export class NodeHolds {
  private held: number[] = [];
  private readonly gpus: Int32Array;

  constructor(private readonly cluster: ClusterState) {
    this.gpus = new Int32Array(cluster.gpuKindStride);
  }

  /**
   * Keeps free room of one node until `releaseAll`.
   *
   * Every allocation takes a pod of its own, so CPU and memory go with the first one that is needed anyway.
   */
  hold(node: number, { cpuMilli, memoryBytes, pods, gpusWhole, shares }: KeptRoom): void {
    const before = this.held.length;
    if (gpusWhole > 0) {
      this.lastWholeGpus(node, gpusWhole);
      const gpuMilli = WHOLE_GPU_MILLI;
      this.allocate(
        node,
        { ...NOTHING, cpuMilli, memoryBytes, gpuCount: gpusWhole, gpuMilli },
        this.gpus,
      );
    }
    for (const { gpu, gpuMilli } of shares) {
      const isFirst = this.held.length === before;
      const request = isFirst ? { ...NOTHING, cpuMilli, memoryBytes } : NOTHING;
      this.allocate(node, { ...request, gpuCount: 1, gpuMilli }, Int32Array.of(gpu));
    }
    if (this.held.length === before && (cpuMilli > 0 || memoryBytes > 0))
      this.allocate(node, { ...NOTHING, cpuMilli, memoryBytes }, NO_GPUS);
    while (this.held.length - before < pods && this.cluster.podsFree[node]! > 0)
      this.allocate(node, NOTHING, NO_GPUS);
  }

  releaseAll(): void {
    for (const allocation of this.held) this.cluster.release(allocation);
    this.held = [];
  }

  private allocate(node: number, request: PodRequest, gpus: Int32Array): void {
    // A node without a free pod takes nobody: there is nothing to keep from others.
    if (this.cluster.podsFree[node] === 0) return;
    this.held.push(this.cluster.allocate(node, request, gpus));
  }

  /** The last wholly free GPUs of the node: placements that take the first stay undisturbed. */
  private lastWholeGpus(node: number, count: number): void {
    let found = 0;
    const offset = this.cluster.gpuOffset[node]!;
    for (let gpu = this.cluster.gpuOffset[node + 1]! - 1; gpu >= offset && found < count; gpu--) {
      if (this.cluster.gpuMilliFree[gpu] === WHOLE_GPU_MILLI) this.gpus[found++] = gpu - offset;
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
