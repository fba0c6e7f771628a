import type { RandomStreams } from "../../../../engine/streams.js";
import { decideLaunch } from "../../../../policy/ray/autoscaler.js";
import { idleNodes, launchesNow } from "../../../../policy/ray/idle-termination.js";
import type { ResourceRequest, Resources } from "../../../../policy/ray/resource-demand.js";
import type { FleetClock } from "../fleet-clock.js";
import type { MemberCluster } from "../member-cluster.js";
import { packGang } from "../node-pool.js";
import { emptyOutcome, RayMeter, type RayNode, type RayOutcome } from "./ray-meter.js";
import type { RayClusterSpec, RayWorkerSpec } from "./ray-spec.js";
import { createRayWork } from "./ray-work.js";
import { fits, type RayWork } from "./ray-work-types.js";

/** One Ray cluster on a member: its autoscaler, its nodes and its work. */
export class RayRun {
  readonly outcome: RayOutcome;
  private readonly meter: RayMeter;
  private readonly works: RayWork[] = [];
  private nodes: RayNode[] = [];
  private toCome: number;
  private isAdmitted = false;
  private isTicking = false;
  private isAssignDue = false;
  private number = 0;

  constructor(
    private readonly spec: RayClusterSpec,
    private readonly member: MemberCluster,
    private readonly clock: FleetClock,
    private readonly streams: RandomStreams,
  ) {
    this.toCome = spec.work.length;
    this.outcome = emptyOutcome(spec.name);
    this.meter = new RayMeter(this.outcome, clock);
  }

  start(): void {
    for (const work of this.spec.work) {
      this.clock.at(work.submitS, "arrive", () => {
        this.toCome--;
        const stream = this.streams.stream(`fleet ray/${this.spec.name}/${work.name}`);
        const created = createRayWork(work, {
          clock: this.clock,
          stream,
          open: () => this.nodes.filter(({ state }) => state === "up"),
          take: (node, resources) => {
            this.meter.change(node as RayNode, resources, -1);
          },
          give: (node, resources) => {
            this.meter.change(node as RayNode, resources, 1);
          },
          changed: () => {
            this.dueAssign();
          },
          roomFor: (resources) => this.roomFor(resources),
        });
        this.works.push(created);
        this.outcome.work.push(created.outcome);
        this.member.due();
        this.dueAssign();
      });
    }
  }

  /** Called before the member admits jobs: asks for its quota, and places nodes that wait for GPUs. */
  takeRoom(): void {
    if (this.member.isDown) return;
    if (!this.isAdmitted && this.works.some(({ outcome }) => outcome.endS === undefined))
      this.admit();
    if (!this.isAdmitted) return;
    for (const node of this.nodes) if (node.state === "placing") this.placeNode(node);
    this.tellDemand();
  }

  /** A node of the member went, and a Ray node with it. */
  lost(holder: object): void {
    const node = this.nodes.find((one) => one === holder);
    if (node === undefined) return;
    this.outcome.losses++;
    this.meter.note({ GPU: (node.type.resources["GPU"] ?? 0) - (node.free["GPU"] ?? 0) }, 1);
    for (const work of this.works) work.lost(node);
    this.end(node);
    this.dueAssign();
  }

  /** Counts what still runs when the run ends. */
  finish(): void {
    this.meter.note({}, 1);
    for (const node of this.nodes) this.meter.countNode(node);
  }

  private admit(): void {
    const { tenant, admission } = this.spec;
    const gpus = admission === "whole" ? this.gpusMax() : 0;
    if (gpus > this.member.quotaLeft(tenant)) return;
    this.isAdmitted = true;
    this.outcome.admittedS ??= this.clock.nowS;
    this.member.tenantGpus.set(tenant, (this.member.tenantGpus.get(tenant) ?? 0) + gpus);
    if (!this.isTicking) this.tick();
  }

  /** GPUs it may grow to. */
  gpusMax(): number {
    let room = this.spec.nodesMax ?? Infinity;
    let gpus = 0;
    for (const type of [...this.spec.workers].sort((left, right) => right.gpus - left.gpus)) {
      const nodes = Math.min(room, type.max);
      gpus += nodes * type.gpus;
      room -= nodes;
    }
    return gpus;
  }

  /** How many of these the cluster could ever hold at once: more need not be asked for. */
  private roomFor(wanted: Resources): number {
    return this.spec.workers.reduce((sum, { max, resources }) => {
      const fits = Object.entries(wanted).map(([kind, amount]) =>
        amount === 0 ? Infinity : Math.floor((resources[kind] ?? 0) / amount),
      );
      return sum + max * Math.min(...fits);
    }, 0);
  }

  private tick(): void {
    this.isTicking = true;
    this.clock.at(this.clock.nowS, "decide", () => {
      this.decide();
      this.isTicking = false;
      if (!this.isAdmitted) return;
      this.isTicking = true;
      this.clock.at(this.clock.nowS + this.spec.tickS, "arrive", () => {
        this.tick();
      });
    });
  }

  private decide(): void {
    if (!this.isAdmitted) return;
    if (this.endWhenDone()) return;
    const demands = this.works.map((work) => work.demand());
    const { launch } = decideLaunch({
      types: this.spec.workers,
      instances: this.nodes.map(({ type, state, free }) => ({
        type: type.name,
        ...(state === "up" ? { available: free } : {}),
      })),
      requests: demands.flatMap(({ requests }) => requests),
      gangs: demands.flatMap(({ gangs }) => gangs),
      ...(this.spec.nodesMax === undefined ? {} : { nodesMax: this.spec.nodesMax }),
    });
    for (const type of this.spec.workers)
      for (let count = launch[type.name] ?? 0; count > 0; count--) this.queue(type);
    this.launchQueued();
    const bundles = demands.flatMap(({ gangs }) => gangs.flatMap((gang) => gang.bundles));
    this.endIdle(this.neededNodes([...bundles, ...demands.flatMap(({ requests }) => requests)]));
    this.member.due();
  }

  private queue(type: RayWorkerSpec): void {
    this.nodes.push({
      holderName: `${this.spec.name} node ${++this.number}`,
      type,
      free: { ...type.resources },
      state: "queued",
      pool: -1,
      nodes: [],
      placedS: 0,
      idleSinceS: undefined,
    });
  }

  private launchQueued(): void {
    for (const type of this.spec.workers) {
      const mine = this.nodes.filter((node) => node.type === type);
      const queued = mine.filter(({ state }) => state === "queued");
      const allocated = mine.filter(({ state }) => state === "up").length;
      const asked = launchesNow(
        { queued: queued.length, requested: mine.length - queued.length - allocated, allocated },
        this.spec.upscalingSpeed,
        this.spec.concurrentLaunchesMax,
      );
      for (const node of queued.slice(0, asked)) {
        node.state = "placing";
        this.outcome.launches++;
      }
    }
  }

  private placeNode(node: RayNode): void {
    const { gpus } = node.type;
    if (gpus > 0) {
      const found = this.member.poolsFor(this.gangOf(node)).flatMap((pool) => {
        const nodes = packGang(this.member.pools[pool]!.freeByNode(), 1, gpus);
        return nodes === undefined ? [] : [{ pool, nodes }];
      })[0];
      if (found === undefined) return;
      node.pool = found.pool;
      node.nodes = found.nodes;
      this.member.pools[found.pool]!.take(node, found.nodes, gpus);
    }
    node.state = "booting";
    node.placedS = this.clock.nowS;
    this.clock.at(this.clock.nowS + this.spec.bootS, "release", () => {
      if (node.state !== "booting") return;
      node.state = "up";
      node.idleSinceS = this.clock.nowS;
      this.outcome.nodesMax = Math.max(
        this.outcome.nodesMax,
        this.nodes.filter(({ state }) => state === "up").length,
      );
      this.dueAssign();
    });
  }

  private gangOf({ type }: RayNode) {
    const { gpuModel } = this.spec;
    return {
      workers: 1,
      gpusPerWorker: type.gpus,
      ...(gpuModel === undefined ? {} : { gpuModels: [gpuModel] }),
    };
  }

  private tellDemand(): void {
    for (const type of this.spec.workers) {
      const key = `ray ${this.spec.name}/${type.name}`;
      const placing = this.nodes.filter((node) => node.type === type && node.state === "placing");
      if (placing.length === 0 || type.gpus === 0) this.member.otherDemand.delete(key);
      else this.member.otherDemand.set(key, { count: placing.length, ...this.gangOf(placing[0]!) });
    }
  }

  /** Nodes that waiting work would be put on, first fit: Ray keeps them although they have none yet. */
  private neededNodes(requests: readonly ResourceRequest[]): ReadonlySet<RayNode> {
    const up = this.nodes.filter(({ state }) => state === "up");
    const free = up.map((node) => ({ ...node.free }));
    const needed = new Set<RayNode>();
    for (const { resources } of requests) {
      const at = free.findIndex((one) => fits(one, resources));
      if (at < 0) continue;
      for (const [kind, amount] of Object.entries(resources)) free[at]![kind]! -= amount;
      needed.add(up[at]!);
    }
    return needed;
  }

  private endIdle(needed: ReadonlySet<RayNode>): void {
    const spare = new Map(
      this.spec.workers.map((type) => [
        type,
        this.nodes.filter((node) => node.type === type).length - type.min,
      ]),
    );
    const names = idleNodes(
      this.nodes
        .filter(({ state, idleSinceS }) => state === "up" && idleSinceS !== undefined)
        .map((node) => {
          const idleS = this.clock.nowS - node.idleSinceS!;
          const isOver = idleS > this.spec.idleTimeoutS && !needed.has(node);
          const left = spare.get(node.type)!;
          if (isOver) spare.set(node.type, left - 1);
          return {
            name: node.holderName,
            idleS,
            idleTimeoutS: this.spec.idleTimeoutS,
            isNeeded: left <= 0 || needed.has(node),
          };
        }),
    );
    for (const name of names) this.end(this.nodes.find((node) => node.holderName === name)!);
  }

  private endWhenDone(): boolean {
    if (this.toCome > 0 || this.works.some(({ outcome }) => outcome.endS === undefined))
      return false;
    for (const node of [...this.nodes]) this.end(node);
    this.tellDemand();
    const { tenant, admission } = this.spec;
    const gpus = admission === "whole" ? this.gpusMax() : 0;
    this.member.tenantGpus.set(tenant, this.member.tenantGpus.get(tenant)! - gpus);
    this.isAdmitted = false;
    this.outcome.endS = this.clock.nowS;
    this.member.due();
    return true;
  }

  private end(node: RayNode): void {
    this.meter.countNode(node);
    if (node.nodes.length > 0) {
      this.member.pools[node.pool]!.give(node, node.nodes, node.type.gpus);
      node.nodes = [];
    }
    node.state = "gone";
    this.nodes = this.nodes.filter((one) => one !== node);
  }

  private dueAssign(): void {
    if (this.isAssignDue) return;
    this.isAssignDue = true;
    this.clock.at(this.clock.nowS, "decide", () => {
      this.isAssignDue = false;
      for (const work of this.works) work.assign();
    });
  }
}
