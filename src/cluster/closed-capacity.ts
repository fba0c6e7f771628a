import type { ReadonlyNumbers } from "./view.js";

/** The free columns of a cluster, as far as taking capacity out of service changes them. */
export interface FreeColumns {
  readonly nodeCount: number;
  readonly gpuCount: number;
  readonly gpuOffset: ReadonlyNumbers;
  readonly cpuMilliFree: Float64Array;
  readonly memoryBytesFree: Float64Array;
  readonly podsFree: Int32Array;
  readonly gpuMilliFree: ReadonlyNumbers;
}

/**
 * What is out of service, and what was taken from the free columns for it.
 *
 * Free capacity is moved aside instead of given to a pod of nobody: scorers that look at the pods of a node
 * then see what runs there and nothing else.
 */
export class ClosedCapacity {
  readonly nodeClosed: Uint8Array;
  readonly gpuClosed: Uint8Array;
  /** 1 for a node that is closed or has a closed GPU. */
  readonly touches: Uint8Array;
  /** Thousandths moved aside per GPU, and over all GPUs. */
  readonly gpuMilliAside: Int32Array;
  gpuMilliOut = 0;
  readonly #cpuMilli: Float64Array;
  readonly #memoryBytes: Float64Array;
  readonly #pods: Int32Array;

  /** @param addGpuMilli changes what is free on a GPU, given by its number in the cluster */
  constructor(
    private readonly free: FreeColumns,
    private readonly addGpuMilli: (node: number, gpu: number, change: number) => void,
  ) {
    this.nodeClosed = new Uint8Array(free.nodeCount);
    this.touches = new Uint8Array(free.nodeCount);
    this.gpuClosed = new Uint8Array(free.gpuCount);
    this.#cpuMilli = new Float64Array(free.nodeCount);
    this.#memoryBytes = new Float64Array(free.nodeCount);
    this.#pods = new Int32Array(free.nodeCount);
    this.gpuMilliAside = new Int32Array(free.gpuCount);
  }

  /** Marks a node as closed (1) or open (0) and moves its free capacity accordingly. */
  setNode(node: number, closed: 0 | 1): void {
    this.nodeClosed[node] = closed;
    this.#settleAfterChange(node);
  }

  /** Like `setNode`, for GPUs by their index within the node. */
  setGpus(node: number, gpus: readonly number[], closed: 0 | 1): void {
    for (const gpu of gpus) this.gpuClosed[this.free.gpuOffset[node]! + gpu] = closed;
    this.#settleAfterChange(node);
  }

  /** Moves aside what is free and closed, and back what is open again. */
  settle(node: number): void {
    const { free } = this;
    const nodeClosed = this.nodeClosed[node] === 1;
    for (let gpu = free.gpuOffset[node]!; gpu < free.gpuOffset[node + 1]!; gpu += 1) {
      const isClosed = nodeClosed || this.gpuClosed[gpu] === 1;
      const change = isClosed ? -free.gpuMilliFree[gpu]! : this.gpuMilliAside[gpu]!;
      if (change === 0) continue;
      this.addGpuMilli(node, gpu, change);
      this.gpuMilliAside[gpu]! -= change;
      this.gpuMilliOut -= change;
    }
    move(node, nodeClosed, free.cpuMilliFree, this.#cpuMilli);
    move(node, nodeClosed, free.memoryBytesFree, this.#memoryBytes);
    move(node, nodeClosed, free.podsFree, this.#pods);
  }

  #settleAfterChange(node: number): void {
    const { gpuOffset } = this.free;
    const gpus = this.gpuClosed.subarray(gpuOffset[node]!, gpuOffset[node + 1]!);
    this.touches[node] = this.nodeClosed[node] === 1 || gpus.includes(1) ? 1 : 0;
    this.settle(node);
  }
}

type Column = Float64Array | Int32Array;

function move(node: number, nodeClosed: boolean, free: Column, aside: Column): void {
  const [from, to] = nodeClosed ? [free, aside] : [aside, free];
  to[node]! += from[node]!;
  from[node] = 0;
}
