import { InvariantError } from "../../base/assert.js";
import type { ClusterControl } from "../batch/cluster-process.js";
import type { SparePool } from "./fault-spec.js";

/** What nodes are, worst first, and how long GPUs were in each state. */
export interface NodeStates {
  /** One more failure holds the node, or (with `by` -1) one fewer. */
  fail(node: number, by: 1 | -1): void;
  /** One more window of maintenance holds the node, or one fewer. */
  drain(node: number, by: 1 | -1): void;
  failGpus(node: number, gpus: readonly number[], by: 1 | -1): void;
  /** GPU-seconds up to now. */
  totals(): NodeStateTotals;
}

/** GPU-seconds by state, and what spares did. */
export interface NodeStateTotals {
  readonly failedGpuS: number;
  readonly drainedGpuS: number;
  readonly reservedGpuS: number;
  readonly takeovers: number;
}

const IN_SERVICE = 0;
const RESERVED = 1;
const DRAINED = 2;
const FAILED = 3;

const STATE_NAMES = [undefined, "reserved", "drained", "failed"] as const;

interface Pool {
  readonly nodes: readonly number[];
  readonly spares: number;
}

/**
 * Keeps who is in service: failures and windows are counted per node, and spares stand in.
 *
 * A pool of n nodes with s spares has n − s nodes in service as long as enough of them are up. When one goes,
 * the first spare that is up takes its place; a node that comes back becomes a spare when its place is taken,
 * so that no job moves twice.
 */
class CountingStates implements NodeStates {
  private readonly failures: Int32Array;
  private readonly windows: Int32Array;
  private readonly state: Uint8Array;
  private readonly failedGpus: Int32Array;
  private readonly gpuFailures = new Map<number, Int32Array>();
  private readonly poolOf = new Map<number, Pool>();
  private readonly gpuS = new Float64Array(4);
  private readonly gpusIn = new Float64Array(4);
  private lastS: number;
  private takeovers = 0;

  constructor(
    private readonly control: ClusterControl,
    pools: readonly SparePool[],
  ) {
    const { nodes } = control.cluster;
    this.lastS = control.nowS;
    this.failures = new Int32Array(nodes.length);
    this.windows = new Int32Array(nodes.length);
    this.state = new Uint8Array(nodes.length);
    this.failedGpus = new Int32Array(nodes.length);
    this.gpusIn[IN_SERVICE] = nodes.reduce((sum, node) => sum + node.gpuCount, 0);
    for (const pool of pools) {
      for (const node of pool.nodes) this.poolOf.set(node, pool);
      // The last ones stand by: the nodes before them are the same in a variant with more or fewer spares.
      for (const node of pool.nodes.slice(pool.nodes.length - pool.spares)) {
        this.set(node, RESERVED);
      }
    }
  }

  fail(node: number, by: 1 | -1): void {
    this.failures[node] = counted(this.failures[node]! + by, node);
    this.settle(node);
  }

  drain(node: number, by: 1 | -1): void {
    this.windows[node] = counted(this.windows[node]! + by, node);
    this.settle(node);
  }

  failGpus(node: number, gpus: readonly number[], by: 1 | -1): void {
    this.advance();
    const { gpuCount } = this.control.cluster.nodes[node]!;
    const counts = this.gpuFailures.get(node) ?? new Int32Array(gpuCount);
    this.gpuFailures.set(node, counts);
    for (const gpu of gpus) {
      const before = counts[gpu]!;
      counts[gpu] = counted(before + by, node);
      if (before === 0) this.control.takeGpus(node, [gpu]);
      if (before + by === 0) this.control.restoreGpus(node, [gpu]);
      const change = (before + by > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
      this.moveGpus(node, change);
    }
  }

  totals(): NodeStateTotals {
    this.advance();
    return {
      failedGpuS: this.gpuS[FAILED]!,
      drainedGpuS: this.gpuS[DRAINED]!,
      reservedGpuS: this.gpuS[RESERVED]!,
      takeovers: this.takeovers,
    };
  }

  private settle(node: number): void {
    const worst =
      this.failures[node]! > 0 ? FAILED : this.windows[node]! > 0 ? DRAINED : IN_SERVICE;
    const before = this.state[node]!;
    const isUp = before <= RESERVED;
    if (worst !== IN_SERVICE) {
      this.set(node, worst);
      if (before === IN_SERVICE) this.standIn(node);
    } else if (!isUp) {
      const pool = this.poolOf.get(node);
      this.set(node, pool !== undefined && this.isComplete(pool) ? RESERVED : IN_SERVICE);
    }
  }

  /** Calls in the first spare that is up for a node that has gone. */
  private standIn(gone: number): void {
    const pool = this.poolOf.get(gone);
    const spare = pool?.nodes.find((node) => this.state[node] === RESERVED);
    if (spare === undefined) return;
    this.takeovers++;
    this.set(spare, IN_SERVICE);
  }

  private isComplete({ nodes, spares }: Pool): boolean {
    let inService = 0;
    for (const node of nodes) if (this.state[node] === IN_SERVICE) inService++;
    return inService >= nodes.length - spares;
  }

  private set(node: number, state: number): void {
    if (this.state[node] === state) return;
    this.advance();
    const { gpuCount } = this.control.cluster.nodes[node]!;
    const whole = gpuCount - this.failedGpus[node]!;
    this.gpusIn[this.state[node]!]! -= whole;
    this.gpusIn[state]! += whole;
    this.state[node] = state;
    if (state === IN_SERVICE) this.control.restore(node);
    else this.control.take(node, STATE_NAMES[state]!);
  }

  /** GPUs of a node that have failed by themselves count as failed, whatever their node is. */
  private moveGpus(node: number, change: number): void {
    this.failedGpus[node]! += change;
    this.gpusIn[this.state[node]!]! -= change;
    this.gpusIn[FAILED]! += change;
  }

  private advance(): void {
    const elapsedS = this.control.nowS - this.lastS;
    for (let state = 0; state < this.gpusIn.length; state++) {
      this.gpuS[state]! += this.gpusIn[state]! * elapsedS;
    }
    this.lastS = this.control.nowS;
  }
}

function counted(count: number, node: number): number {
  if (count < 0)
    throw new InvariantError("faults: a node was repaired that had not failed", { node });
  return count;
}

/** All nodes in service except the spares. */
export function createNodeStates(control: ClusterControl, pools: readonly SparePool[]): NodeStates {
  return new CountingStates(control, pools);
}
