import type { ClusterSpec } from "../../cluster/spec.js";

const GPU_MILLI = 1000;

/** GPUs of a pool by number: how many there are, are used, and are out of service. Thousandths of a GPU. */
export interface PoolCapacity {
  readonly totalMilli: number;
  readonly usedMilli: number;
  /** What is not out of service; while gangs hold more than that, nothing is free. */
  readonly inServiceMilli: number;
  /** What could be given away now. */
  readonly freeMilli: number;
  /** Takes that much if it is free. */
  take(milli: number): boolean;
  /** Takes back what was given up since the last `take`, also where it is out of service. */
  retake(milli: number): boolean;
  give(milli: number): void;
  close(node: number, gpus?: readonly number[]): void;
  open(node: number, gpus?: readonly number[]): void;
}

class CountedCapacity implements PoolCapacity {
  readonly totalMilli: number;
  usedMilli = 0;
  /** What was taken out of service; while gangs still hold some of it, nothing is free. */
  private closedMilli = 0;
  /** Most that may be used: what is in service, or more while gangs hold what is not. */
  private ceilingMilli: number;
  private readonly closedNodes = new Set<number>();
  private readonly closedGpus = new Map<number, Set<number>>();

  constructor(private readonly spec: ClusterSpec) {
    this.totalMilli = spec.nodes.reduce((sum, node) => sum + node.gpuCount * GPU_MILLI, 0);
    this.ceilingMilli = this.totalMilli;
  }

  get inServiceMilli(): number {
    return this.totalMilli - this.closedMilli;
  }

  get freeMilli(): number {
    return Math.max(0, this.totalMilli - this.closedMilli - this.usedMilli);
  }

  take(milli: number): boolean {
    if (milli > this.freeMilli) return false;
    this.usedMilli += milli;
    this.ceilingMilli = Math.max(this.totalMilli - this.closedMilli, this.usedMilli);
    return true;
  }

  retake(milli: number): boolean {
    if (milli > this.ceilingMilli - this.usedMilli) return false;
    this.usedMilli += milli;
    return true;
  }

  give(milli: number): void {
    this.usedMilli -= milli;
  }

  close(node: number, gpus?: readonly number[]): void {
    this.recount(node, () => {
      if (gpus === undefined) this.closedNodes.add(node);
      else this.closedGpus.set(node, new Set([...(this.closedGpus.get(node) ?? []), ...gpus]));
    });
  }

  open(node: number, gpus?: readonly number[]): void {
    this.recount(node, () => {
      if (gpus === undefined) this.closedNodes.delete(node);
      else for (const gpu of gpus) this.closedGpus.get(node)?.delete(gpu);
    });
  }

  private recount(node: number, change: () => void): void {
    this.closedMilli -= this.closedOn(node);
    change();
    this.closedMilli += this.closedOn(node);
    this.ceilingMilli = Math.max(this.totalMilli - this.closedMilli, this.usedMilli);
  }

  private closedOn(node: number): number {
    const { gpuCount } = this.spec.nodes[node]!;
    const closed = this.closedNodes.has(node) ? gpuCount : (this.closedGpus.get(node)?.size ?? 0);
    return closed * GPU_MILLI;
  }
}

/** The GPUs of all nodes, none of them used. */
export function createPoolCapacity(spec: ClusterSpec): PoolCapacity {
  return new CountedCapacity(spec);
}
