import type { ClusterSpec } from "../../cluster/spec.js";
import type { OutState } from "./cluster-process.js";
import type { Lane } from "./lane.js";

const GPU_MILLI = 1000;
/** Classes of idle capacity that is out of service. */
export const OUT_STATES: readonly OutState[] = ["failed", "drained", "reserved"];

/** Which process holds what of a node out of service. */
interface NodeHolds {
  readonly node: Map<number, OutState>;
  readonly gpus: Map<number, Set<number>>;
}

/**
 * What is out of service, and on whose account.
 *
 * Several processes may hold the same node: it comes back when the last one lets go.
 */
export class NodeService {
  private readonly holds = new Map<number, NodeHolds>();
  private readonly laneOf: Int32Array;
  private readonly laneNodeOf: Int32Array;

  constructor(
    private readonly cluster: ClusterSpec,
    private readonly lanes: readonly Lane[],
  ) {
    this.laneOf = new Int32Array(cluster.nodes.length).fill(-1);
    this.laneNodeOf = new Int32Array(cluster.nodes.length);
    lanes.forEach(({ nodeMap }, lane) => {
      nodeMap.forEach((node, laneNode) => {
        this.laneOf[node] = lane;
        this.laneNodeOf[node] = laneNode;
      });
    });
  }

  /** @throws RangeError when there is no such node */
  laneIndex(node: number): number {
    const lane = this.laneOf[node];
    if (lane === undefined || lane < 0) {
      throw new RangeError(
        `cluster process: node must be 0..${this.cluster.nodes.length - 1}, got ${node}`,
      );
    }
    return lane;
  }

  stateOf(node: number): OutState | undefined {
    const states = [...(this.holds.get(node)?.node.values() ?? [])];
    return OUT_STATES.find((state) => states.includes(state));
  }

  /** The processes that hold the whole node. */
  holdersOf(node: number): readonly number[] {
    return [...(this.holds.get(node)?.node.keys() ?? [])];
  }

  /** True when the node went out of service by this. */
  take(process: number, node: number, state: OutState): boolean {
    const { node: holds } = this.holdsOn(node);
    const isFirst = holds.size === 0;
    holds.set(process, state);
    if (isFirst) this.lane(node).gang.close(this.laneNodeOf[node]!);
    return isFirst;
  }

  /** True when the node came back into service by this. */
  restore(process: number, node: number): boolean {
    const { node: holds } = this.holdsOn(node);
    const isLast = holds.delete(process) && holds.size === 0;
    if (isLast) this.lane(node).gang.open(this.laneNodeOf[node]!);
    this.forgetUnheld(node);
    return isLast;
  }

  /** True when some GPU went out of service by this. */
  takeGpus(process: number, node: number, gpus: readonly number[]): boolean {
    const { gpuCount } = this.cluster.nodes[node]!;
    const wrong = gpus.find((gpu) => !(Number.isInteger(gpu) && gpu >= 0 && gpu < gpuCount));
    if (wrong !== undefined)
      throw new RangeError(`cluster process: GPU must be 0..${gpuCount - 1}, got ${wrong}`);
    const { gpus: holds } = this.holdsOn(node);
    const fresh: number[] = [];
    for (const gpu of gpus) {
      const holders = holds.get(gpu) ?? new Set<number>();
      if (holders.size === 0) fresh.push(gpu);
      holds.set(gpu, holders.add(process));
    }
    if (fresh.length > 0) this.lane(node).gang.close(this.laneNodeOf[node]!, fresh);
    return fresh.length > 0;
  }

  /** True when some GPU came back into service by this. */
  restoreGpus(process: number, node: number, gpus: readonly number[]): boolean {
    const { gpus: holds } = this.holdsOn(node);
    const last = gpus.filter((gpu) => {
      const holders = holds.get(gpu);
      return holders?.delete(process) === true && holders.size === 0;
    });
    for (const gpu of last) holds.delete(gpu);
    if (last.length > 0) this.lane(node).gang.open(this.laneNodeOf[node]!, last);
    this.forgetUnheld(node);
    return last.length > 0;
  }

  /** Lets the action see nodes of the lane as if they were in service: a job may be put back where it was. */
  asIfOpen<Result>(nodes: readonly number[], action: () => Result): Result {
    const held = nodes.filter((node) => this.holds.has(node));
    for (const node of held) this.setOpen(node, true);
    const result = action();
    for (const node of held) this.setOpen(node, false);
    return result;
  }

  /** Writes thousandths of a GPU out of service per state, from `offset` on; they sum to what is out. */
  measure(out: Float64Array, offset: number): void {
    out.fill(0, offset, offset + OUT_STATES.length);
    const pools = new Set<Lane>();
    for (const [node, holds] of this.holds) {
      const lane = this.lane(node);
      if (lane.gang.cluster === undefined) pools.add(lane);
      else this.measureNode(node, holds, lane.gang.cluster.gpuMilliAside, out, offset);
    }
    for (const lane of pools) this.measurePool(lane, out, offset);
  }

  private measureNode(
    node: number,
    { gpus }: NodeHolds,
    aside: { readonly [gpu: number]: number },
    out: Float64Array,
    offset: number,
  ): void {
    const laneNode = this.laneNodeOf[node]!;
    const { gpuOffset, partitions } = this.lane(node).gang.cluster!;
    const first = gpuOffset[laneNode]!;
    const state = this.stateOf(node);
    for (let gpu = 0; gpu < this.cluster.nodes[node]!.gpuCount; gpu++) {
      const gpuState = gpus.has(gpu) ? "failed" : (state ?? "failed");
      const isOut = state !== undefined || gpus.has(gpu);
      const milli =
        isOut && partitions.hasParts(laneNode)
          ? partitions.idleMilliExactly(laneNode, gpu)
          : aside[first + gpu]!;
      out[offset + OUT_STATES.indexOf(gpuState)]! += milli;
    }
  }

  /** Nobody knows whose GPUs of a pool still work on: those of the worst state count as the first to be gone. */
  private measurePool(lane: Lane, out: Float64Array, offset: number): void {
    const held = new Float64Array(OUT_STATES.length);
    for (const [node, { gpus }] of this.holds) {
      if (this.lane(node) !== lane) continue;
      const state = this.stateOf(node);
      const wholeMilli = GPU_MILLI * this.cluster.nodes[node]!.gpuCount;
      if (state === "failed") held[0]! += wholeMilli;
      else held[0]! += GPU_MILLI * gpus.size;
      if (state === "reserved") held[2]! += wholeMilli - GPU_MILLI * gpus.size;
    }
    const outMilli = lane.gang.gpuMilliOut;
    const failedMilli = Math.min(outMilli, held[0]!);
    const reservedMilli = Math.min(outMilli - failedMilli, held[2]!);
    out[offset]! += failedMilli;
    out[offset + 1]! += outMilli - failedMilli - reservedMilli;
    out[offset + 2]! += reservedMilli;
  }

  private setOpen(node: number, open: boolean): void {
    const { gang } = this.lane(node);
    const laneNode = this.laneNodeOf[node]!;
    const holds = this.holds.get(node)!;
    const change = (gpus?: readonly number[]): void => {
      if (open) gang.open(laneNode, gpus);
      else gang.close(laneNode, gpus);
    };
    if (holds.node.size > 0) change();
    if (holds.gpus.size > 0) change([...holds.gpus.keys()]);
  }

  private lane(node: number): Lane {
    return this.lanes[this.laneIndex(node)]!;
  }

  private holdsOn(node: number): NodeHolds {
    this.laneIndex(node);
    let holds = this.holds.get(node);
    if (holds === undefined) {
      holds = { node: new Map(), gpus: new Map() };
      this.holds.set(node, holds);
    }
    return holds;
  }

  private forgetUnheld(node: number): void {
    const holds = this.holds.get(node)!;
    if (holds.node.size === 0 && holds.gpus.size === 0) this.holds.delete(node);
  }
}
