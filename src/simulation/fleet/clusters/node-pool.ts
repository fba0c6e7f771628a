import type { RandomStream } from "../../../engine/streams.js";
import type { MemberPoolSpec } from "./clusters-spec.js";
import type { Copy } from "./copy.js";
import type { FleetClock, FleetTimer } from "./fleet-clock.js";

/** `coming` is being provisioned, `down` is being repaired, `gone` was given back or taken. */
type NodeState = "coming" | "up" | "down" | "gone";

/** A machine of a pool. */
export interface PoolNode {
  state: NodeState;
  /** An upgrade has cordoned it: what holds it stays or is drained, and nothing new comes. */
  isClosed: boolean;
  freeGpus: number;
  readonly holders: Set<Holder>;
  /** Since when it is paid for. */
  paidFromS: number;
  lossTimer: FleetTimer | undefined;
  idleTimer: FleetTimer | undefined;
}

/** What may hold GPUs of a pool: a copy of a job, or something else of the fleet such as a Ray node. */
export type Holder = Copy | { readonly holderName: string };

/** What a pool tells its cluster. */
export interface PoolEvents {
  /** Room may have come. */
  changed(): void;
  /** A node went, and this was on it: what it held of the pool is to be given back. */
  lost(holder: Holder, why: string): void;
}

const HOUR_S = 3600;

/** Nodes of one kind: their GPUs, who holds them, how they come and go, and what they cost. */
export class NodePool {
  readonly nodes: PoolNode[] = [];
  coming = 0;
  launches = 0;
  losses = 0;
  gpuSecondsHeld = 0;
  /** Called when GPUs were given back or a node went. */
  watcher: (() => void) | undefined;
  /** Nodes that an upgrade has beyond those the pool had: no part of its size. */
  private surge = 0;
  private isHeld = false;
  private cost = 0;
  private nodeSecondsClosed = 0;
  private heldGpus = 0;
  private heldSinceS = 0;

  constructor(
    readonly spec: MemberPoolSpec,
    private readonly clock: FleetClock,
    private readonly stream: RandomStream,
    private readonly events: PoolEvents,
  ) {
    for (let node = 0; node < spec.count; node++) {
      this.add("up");
      this.isUp(node);
    }
  }

  get upCount(): number {
    return this.nodes.reduce((sum, { state }) => sum + Number(state === "up"), 0);
  }

  get freeGpus(): number {
    return this.nodes.reduce((sum, node) => sum + (isOpen(node) ? node.freeGpus : 0), 0);
  }

  /** GPUs of nodes that are up. */
  get gpus(): number {
    return this.upCount * this.spec.gpusPerNode;
  }

  /** Nodes the pool could have at most. */
  get nodesMax(): number {
    return this.spec.elastic?.max ?? this.spec.count;
  }

  /** Free GPUs by node, with those that a set of holders would give back; 0 on nodes that are not up or closed. */
  freeByNode(without?: ReadonlySet<Holder>): number[] {
    const free = this.nodes.map((node) => (isOpen(node) ? node.freeGpus : 0));
    for (const holder of without ?? []) {
      if (!("place" in holder) || holder.place === undefined) continue;
      if (this.isMine(holder))
        for (const node of holder.place.nodes)
          if (!this.nodes[node]!.isClosed)
            free[node] = free[node]! + holder.entry.job.group.gpusPerWorker;
    }
    return free;
  }

  /** @throws Error when a GPU would be held twice */
  take(holder: Holder, nodes: readonly number[], gpusPerWorker: number): void {
    this.count(nodes.length * gpusPerWorker);
    for (const index of nodes) {
      const node = this.nodes[index]!;
      node.freeGpus -= gpusPerWorker;
      if (!isOpen(node) || node.freeGpus < 0)
        throw new Error(
          `fleet pool ${this.spec.name}: node ${index} is ${node.state} and has ${node.freeGpus} GPUs free after taking, at second ${this.clock.nowS}`,
        );
      node.holders.add(holder);
      node.idleTimer?.cancel();
      node.idleTimer = undefined;
    }
  }

  /** @throws Error when more is given back than there is */
  give(holder: Holder, nodes: readonly number[], gpusPerWorker: number): void {
    this.count(-nodes.length * gpusPerWorker);
    for (const index of nodes) {
      const node = this.nodes[index]!;
      node.freeGpus += gpusPerWorker;
      if (node.freeGpus > this.spec.gpusPerNode)
        throw new Error(
          `fleet pool ${this.spec.name}: node ${index} has ${node.freeGpus} GPUs, at second ${this.clock.nowS}`,
        );
      node.holders.delete(holder);
    }
    for (const index of new Set(nodes)) this.watchIdle(index);
    this.watcher?.();
    this.events.changed();
  }

  /** An upgrade begins: until it is over, idle nodes are not given back. */
  hold(): void {
    this.isHeld = true;
    for (const node of this.nodes) {
      node.idleTimer?.cancel();
      node.idleTimer = undefined;
    }
  }

  /** The upgrade is over: what it left behind is the pool from now on. */
  release(): void {
    this.isHeld = false;
    this.surge = 0;
    this.nodes.forEach((_, index) => {
      this.watchIdle(index);
    });
    this.events.changed();
  }

  /** Orders a node for an upgrade, which says when it is there. */
  order(): PoolNode {
    this.surge += 1;
    return this.nodes[this.add("coming")]!;
  }

  /** A node that was ordered is there. */
  arrive(node: PoolNode): void {
    node.state = "up";
    this.isUp(this.nodes.indexOf(node));
    this.events.changed();
  }

  /** Cordons a node, or lets it take work again. */
  setClosed(node: PoolNode, isClosed: boolean): void {
    node.isClosed = isClosed;
    if (!isClosed) this.events.changed();
  }

  /** Deletes a node that nothing is on. */
  remove(node: PoolNode): void {
    if (node.state === "gone") return;
    this.surge -= 1;
    this.end(node);
    this.events.changed();
  }

  /** Asks for a node; it comes after the time to provision. */
  launch(): void {
    const elastic = this.spec.elastic!;
    const index = this.add("coming");
    this.coming++;
    this.launches++;
    this.clock.at(this.clock.nowS + elastic.provisionS, "release", () => {
      this.coming--;
      this.nodes[index]!.state = "up";
      this.isUp(index);
      this.events.changed();
    });
  }

  /** Nodes that exist or are on their way, without those that an upgrade has beside them. */
  get alive(): number {
    return this.nodes.reduce((sum, { state }) => sum + Number(state !== "gone"), 0) - this.surge;
  }

  /** Money and node-hours up to a time, and GPU-seconds held. */
  totals(untilS: number): { cost: number; nodeHours: number; gpuSecondsHeld: number } {
    let { cost, nodeSecondsClosed: seconds } = this;
    for (const node of this.nodes) {
      if (node.state === "gone") continue;
      const openS = Math.max(0, untilS - node.paidFromS);
      seconds += openS;
      cost += (openS / HOUR_S) * this.spec.pricePerNodeHour;
    }
    this.count(0);
    return { cost, nodeHours: seconds / HOUR_S, gpuSecondsHeld: this.gpuSecondsHeld };
  }

  private isMine(copy: Copy): boolean {
    return copy.place!.nodes.every((node) => this.nodes[node]?.holders.has(copy) === true);
  }

  private count(gpus: number): void {
    const { nowS } = this.clock;
    this.gpuSecondsHeld += this.heldGpus * (nowS - this.heldSinceS);
    this.heldSinceS = nowS;
    this.heldGpus += gpus;
  }

  private add(state: NodeState): number {
    const node: PoolNode = {
      state,
      isClosed: false,
      freeGpus: this.spec.gpusPerNode,
      holders: new Set(),
      paidFromS: this.clock.nowS,
      lossTimer: undefined,
      idleTimer: undefined,
    };
    const gone = this.nodes.findIndex((other) => other.state === "gone");
    if (gone < 0) return this.nodes.push(node) - 1;
    this.nodes[gone] = node;
    return gone;
  }

  private isUp(index: number): void {
    const { loss } = this.spec;
    const node = this.nodes[index]!;
    if (loss !== undefined) {
      const atS = this.clock.nowS + this.stream.exponential(loss.meanLifeS);
      node.lossTimer = this.clock.at(atS, "release", () => {
        this.lose(index);
      });
    }
    this.watchIdle(index);
  }

  private lose(index: number): void {
    const node = this.nodes[index]!;
    const repairS = this.spec.loss!.repairS;
    this.losses++;
    node.lossTimer = undefined;
    node.idleTimer?.cancel();
    node.idleTimer = undefined;
    const why = repairS === undefined ? "spot capacity taken back" : "node failed";
    node.state = "down";
    for (const holder of [...node.holders]) this.events.lost(holder, why);
    if (repairS === undefined) this.end(node);
    else {
      this.clock.at(this.clock.nowS + repairS, "release", () => {
        node.state = "up";
        this.isUp(index);
        this.events.changed();
      });
    }
    this.watcher?.();
    this.events.changed();
  }

  private end(node: PoolNode): void {
    const seconds = this.clock.nowS - node.paidFromS;
    node.state = "gone";
    node.lossTimer?.cancel();
    node.idleTimer?.cancel();
    this.nodeSecondsClosed += seconds;
    this.cost += (seconds / HOUR_S) * this.spec.pricePerNodeHour;
  }

  private watchIdle(index: number): void {
    const { elastic } = this.spec;
    const node = this.nodes[index]!;
    if (elastic === undefined || this.isHeld) return;
    if (node.state !== "up" || node.holders.size > 0) return;
    node.idleTimer ??= this.clock.at(this.clock.nowS + elastic.idleTimeoutS, "sample", () => {
      node.idleTimer = undefined;
      if (this.alive > elastic.min) this.end(node);
    });
  }
}

function isOpen({ state, isClosed }: PoolNode): boolean {
  return state === "up" && !isClosed;
}

/**
 * Nodes for the workers of a gang, fullest first, the lower number between equals: each node takes as many
 * workers as it can before the next.
 *
 * @param free GPUs by node
 * @returns undefined when not all of them fit
 */
export function packGang(
  free: readonly number[],
  workers: number,
  gpusPerWorker: number,
): readonly number[] | undefined {
  const order = free
    .map((gpus, node) => ({ gpus, node }))
    .filter(({ gpus }) => gpus >= gpusPerWorker)
    .sort((left, right) => left.gpus - right.gpus || left.node - right.node);
  const nodes: number[] = [];
  for (const { gpus, node } of order) {
    const fits = Math.min(workers - nodes.length, Math.floor(gpus / gpusPerWorker));
    for (let worker = 0; worker < fits; worker++) nodes.push(node);
    if (nodes.length === workers) return nodes;
  }
  return undefined;
}
