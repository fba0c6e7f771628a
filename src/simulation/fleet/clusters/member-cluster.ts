import type { RandomStreams } from "../../../engine/streams.js";
import type { MemberSpec } from "./clusters-spec.js";
import { gpusOf, type Copy, type GangPlace } from "./copy.js";
import type { FleetClock } from "./fleet-clock.js";
import { findVictims } from "./find-victims.js";
import { growPools } from "./grow-pools.js";
import type { GangDemand, MemberView } from "./member-view.js";
import { NodePool, packGang, type Holder } from "./node-pool.js";

/** For whom a copy was stopped: another one, the upgrade of a node, or nobody. */
export type StoppedBy = Copy | "upgrade" | undefined;

/** What a member tells the hub. */
export interface MemberEvents {
  /** The copy holds its GPUs from now on. */
  admitted(copy: Copy): void;
  /** The copy was stopped and waits again; its GPUs are free. @returns GPU-seconds of work to be done again */
  stopped(copy: Copy, why: string, by: StoppedBy): number;
  /** The copy could run after stopping others, and may not. */
  gated(copy: Copy): void;
  /** What is no job, such as replicas of services, may take room before jobs do. */
  beforeAdmission(member: number): void;
  /** Something else that held GPUs lost its node. */
  holderLost(holder: Holder, why: string): void;
  /** Room, queue or state changed. */
  changed(): void;
}

/** Counts of one member. */
export interface MemberCounts {
  admitted: number;
  finished: number;
  preemptions: number;
  wastedPreemptions: number;
  /** GPU-seconds of work lost by the stops that turned out to be for nothing. */
  wastedGpuSeconds: number;
  lossStops: number;
  lossGpuSeconds: number;
  duplicateGpuSeconds: number;
  jobCost: number;
}

/**
 * One cluster of a fleet: its queue, its quotas and its nodes.
 *
 * Copies are admitted by priority and then by when they came. A gang is admitted as a whole when its tenant's
 * quota allows it and one pool has room for every worker.
 */
export class MemberCluster implements MemberView {
  readonly pools: readonly NodePool[];
  readonly queue: Copy[] = [];
  readonly running = new Set<Copy>();
  readonly tenantGpus = new Map<string, number>();
  readonly counts: MemberCounts = {
    admitted: 0,
    finished: 0,
    preemptions: 0,
    wastedPreemptions: 0,
    wastedGpuSeconds: 0,
    lossStops: 0,
    lossGpuSeconds: 0,
    duplicateGpuSeconds: 0,
    jobCost: 0,
  };
  /** GPUs that something else than jobs waits for, for pools that can grow. */
  readonly otherDemand = new Map<string, GangDemand & { readonly count: number }>();
  isDown = false;
  /** The line to everywhere else is cut. */
  isCut = false;
  /** It is up and its line is not cut. */
  isConnected = true;
  disconnectedSinceS: number | undefined;
  private isDue = false;

  constructor(
    readonly index: number,
    readonly spec: MemberSpec,
    readonly clock: FleetClock,
    streams: RandomStreams,
    private readonly events: MemberEvents,
  ) {
    this.pools = spec.pools.map(
      (pool) =>
        new NodePool(pool, clock, streams.stream(`fleet nodes/${spec.name}/${pool.name}`), {
          changed: () => {
            this.due();
          },
          lost: (holder, why) => {
            this.lose(holder, why);
          },
        }),
    );
  }

  /** Puts a copy into the queue, at the place that its priority and the present time give it. */
  enqueue(copy: Copy): void {
    copy.state = "waiting";
    copy.queuedS = this.clock.nowS;
    const at = this.queue.findIndex((other) => goesBefore(copy, other));
    this.queue.splice(at < 0 ? this.queue.length : at, 0, copy);
    this.due();
  }

  /** Takes a copy away, wherever it stands; what it held is free. */
  remove(copy: Copy): void {
    if (copy.state === "waiting") this.queue.splice(this.queue.indexOf(copy), 1);
    if (copy.state === "opening" || copy.state === "admitted") this.free(copy);
    this.due();
  }

  /** Stops a copy that holds GPUs and puts it back into the queue. @returns GPU-seconds of work to be done again */
  stop(copy: Copy, why: string, by?: StoppedBy): number {
    this.free(copy);
    const lostGpuS = this.events.stopped(copy, why, by);
    this.enqueue(copy);
    return lostGpuS;
  }

  /** All nodes go down, or come back. */
  setDown(isDown: boolean): void {
    this.isDown = isDown;
    if (isDown) {
      for (const copy of [...this.running]) this.stop(copy, "cluster down");
      for (const pool of this.pools)
        for (const node of pool.nodes)
          for (const holder of [...node.holders]) this.events.holderLost(holder, "cluster down");
    }
    this.due();
  }

  /** Asks for a decision at the end of this instant. */
  due(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.clock.at(this.clock.nowS, "decide", () => {
      this.isDue = false;
      this.decide();
      this.events.changed();
    });
  }

  /** GPUs of a tenant's quota that are left; Infinity without one. */
  quotaLeft(tenant: string): number {
    const quota = this.spec.queue.quotaGpus[tenant];
    return quota === undefined ? Infinity : quota - (this.tenantGpus.get(tenant) ?? 0);
  }

  /** Pools whose GPUs the gang accepts and whose nodes are large enough. */
  poolsFor({ gpuModels, gpusPerWorker }: GangDemand): readonly number[] {
    return this.pools.flatMap(({ spec }, index) =>
      spec.gpusPerNode >= gpusPerWorker && gpuModels?.includes(spec.gpuModel) !== false
        ? [index]
        : [],
    );
  }

  private decide(): void {
    if (this.isDown) return;
    this.events.beforeAdmission(this.index);
    // Jobs of a group are alike: where one has no room, the next has none.
    const refused = new Set<string>();
    for (const copy of [...this.queue]) {
      if (copy.state !== "waiting") continue;
      const kind = `${copy.entry.job.groupIndex} ${copy.canPreempt ? "open" : "gated"}`;
      if (!refused.has(kind) && (this.tryAdmit(copy) || this.tryPreempt(copy))) continue;
      if (this.spec.queue.order === "strict") break;
      if (copy.canPreempt || this.spec.queue.preemption === "never") refused.add(kind);
    }
    growPools(this);
  }

  private tryAdmit(copy: Copy): boolean {
    const { group } = copy.entry.job;
    if (gpusOf(group) > this.quotaLeft(group.tenant)) return false;
    for (const pool of this.poolsFor(group)) {
      const nodes = packGang(this.pools[pool]!.freeByNode(), group.workers, group.gpusPerWorker);
      if (nodes === undefined) continue;
      this.hold(copy, { pool, nodes });
      this.open(copy);
      return true;
    }
    return false;
  }

  private tryPreempt(copy: Copy): boolean {
    if (this.spec.queue.preemption === "never") return false;
    const found = findVictims(this, copy);
    if (found === undefined) return false;
    if (!copy.canPreempt) {
      copy.gatedS ??= this.clock.nowS;
      this.events.gated(copy);
      return false;
    }
    for (const victim of found.victims) {
      copy.victims++;
      this.counts.preemptions++;
      this.stop(victim, "preempted", copy);
    }
    this.hold(copy, found.place);
    copy.state = "opening";
    copy.openTimer = this.clock.at(this.clock.nowS + this.spec.queue.graceS, "release", () => {
      this.open(copy);
    });
    return true;
  }

  private hold(copy: Copy, place: GangPlace): void {
    const { group } = copy.entry.job;
    this.queue.splice(this.queue.indexOf(copy), 1);
    this.pools[place.pool]!.take(copy, place.nodes, group.gpusPerWorker);
    this.tenantGpus.set(group.tenant, (this.tenantGpus.get(group.tenant) ?? 0) + gpusOf(group));
    copy.place = place;
    copy.heldS = this.clock.nowS;
    this.running.add(copy);
  }

  private open(copy: Copy): void {
    copy.openTimer = undefined;
    copy.state = "admitted";
    this.counts.admitted++;
    this.events.admitted(copy);
  }

  private free(copy: Copy): void {
    const { group } = copy.entry.job;
    const place = copy.place!;
    copy.openTimer?.cancel();
    copy.openTimer = undefined;
    const pool = this.pools[place.pool]!;
    const heldS = this.clock.nowS - copy.heldS;
    const cost =
      ((gpusOf(group) / pool.spec.gpusPerNode) * heldS * pool.spec.pricePerNodeHour) / 3600;
    copy.entry.job.cost += cost;
    this.counts.jobCost += cost;
    copy.holdsGpuS.total += heldS * gpusOf(group);
    this.tenantGpus.set(group.tenant, this.tenantGpus.get(group.tenant)! - gpusOf(group));
    this.running.delete(copy);
    pool.give(copy, place.nodes, group.gpusPerWorker);
    copy.place = undefined;
  }

  private lose(holder: Holder, why: string): void {
    if ("place" in holder) {
      this.counts.lossStops++;
      this.stop(holder, why);
    } else this.events.holderLost(holder, why);
  }
}

function goesBefore(copy: Copy, other: Copy): boolean {
  const priority = copy.entry.job.group.priority - other.entry.job.group.priority;
  if (priority !== 0) return priority > 0;
  // Who was stopped keeps the place of its submission among equals.
  const submit = copy.entry.job.submitS - other.entry.job.submitS;
  return submit !== 0 ? submit < 0 : copy.id < other.id;
}
