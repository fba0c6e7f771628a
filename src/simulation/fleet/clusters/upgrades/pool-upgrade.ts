import type { CourseNode, CourseWorld, DrainEnd } from "../../upgrades/course-world.js";
import type { PoolUpgrade } from "../../upgrades/fleet-upgrades-spec.js";
import type { NodeState } from "../../upgrades/pool-nodes.js";
import { startCourse, type StartedCourse } from "../../upgrades/start-course.js";
import { createRecorder } from "../../upgrades/upgrade-recorder.js";
import type { CapacityStep, UpgradeEnd, UpgradeResult } from "../../upgrades/upgrade-result.js";
import { shownAfterS } from "../../upgrades/upgrades-outcome.js";
import type { Copy } from "../copy.js";
import type { WorkSetting } from "../copy-work.js";
import type { FleetClock, FleetTimer } from "../fleet-clock.js";
import type { MemberCluster } from "../member-cluster.js";
import type { Holder, NodePool, PoolNode } from "../node-pool.js";
import type { RayRun } from "../ray/ray-run.js";
import type { ServiceRun } from "../service-run.js";
import { DrainedJobs } from "./drained-jobs.js";
import { DrainedServices } from "./drained-services.js";
import { resultOf } from "./pool-upgrade-result.js";

/** What upgrades of members act on. */
export interface MemberUpgradeSetting {
  readonly clock: FleetClock;
  readonly work: WorkSetting;
  readonly services: readonly ServiceRun[];
  readonly ray: readonly RayRun[];
}

/** A node in the course: a machine of the pool, and what the upgrade does with it. */
class Machine implements CourseNode {
  own: NodeState;

  constructor(
    readonly name: string,
    readonly machine: PoolNode,
    state: NodeState,
    public isNew: boolean,
  ) {
    this.own = state;
  }

  get state(): NodeState {
    return this.machine.state === "gone" ? "gone" : this.own;
  }

  get pods(): ReadonlySet<Holder> {
    return this.machine.holders;
  }
}

interface Drain {
  readonly ended: (end: DrainEnd) => void;
  readonly timer: FleetTimer;
  /** Until when pods that were told to end may take. */
  emptyAtS: number;
}

/**
 * The upgrade of one pool of a member, on the clock of its jobs: nodes are closed and drained as a course wants it,
 * jobs go back to the queue of their cluster, replicas go as their budget allows, Ray nodes go at once.
 */
export class PoolUpgradeRun implements CourseWorld {
  readonly spec: CourseWorld["spec"];
  readonly agenda: CourseWorld["agenda"];
  readonly nodes: Machine[];
  readonly startS: number;
  private readonly pool: NodePool;
  private readonly recorder = createRecorder();
  private readonly capacity: CapacityStep[] = [];
  private readonly drains = new Map<Machine, Drain>();
  private readonly jobs: DrainedJobs;
  private readonly replicas: DrainedServices;
  private started: StartedCourse | undefined;
  private over:
    { readonly end: UpgradeEnd; readonly why: string; readonly atS: number } | undefined;
  private isWatching = true;
  private isLookDue = false;
  private isSettleDue = false;

  constructor(
    upgradeName: string,
    readonly plan: PoolUpgrade,
    private readonly member: MemberCluster,
    poolIndex: number,
    private readonly setting: MemberUpgradeSetting,
  ) {
    const { clock, work, services } = setting;
    this.pool = member.pools[poolIndex]!;
    this.startS = clock.nowS;
    this.agenda = {
      get nowS() {
        return clock.nowS;
      },
      after: (delayS, phase, action) => clock.at(clock.nowS + delayS, phase, action),
    };
    const digits = Math.max(3, String(this.pool.nodes.length - 1).length);
    this.nodes = this.pool.nodes.flatMap((machine, index) =>
      machine.state === "gone"
        ? []
        : [
            new Machine(
              `${plan.pool}-${String(index).padStart(digits, "0")}`,
              machine,
              machine.isClosed ? "draining" : "open",
              false,
            ),
          ],
    );
    const { upgrade } = plan;
    this.spec = { ...upgrade, pool: { ...upgrade.pool, nodes: this.nodes.length } };
    this.jobs = new DrainedJobs(work, `drained for ${upgradeName}`, (nodes, atS) => {
      this.left(nodes, atS);
    });
    this.replicas = new DrainedServices(
      clock,
      member.index,
      services.filter(({ spec }) => this.couldStandHere(spec, poolIndex)),
    );
  }

  /** Begins. @param ended called once, not before the end of this event, with whether it failed */
  start(ended: (fails: boolean) => void): void {
    const { clock } = this.setting;
    this.pool.hold();
    this.pool.watcher = () => {
      this.dueSettle();
      this.touch();
    };
    this.look();
    this.started = startCourse(this, (end, why) => {
      this.log(why);
      this.over = { end, why, atS: clock.nowS };
      this.pool.release();
      const isDone = end === "done" || end === "done-with-blocked-nodes";
      if (isDone || end === "refused")
        clock.at(clock.nowS + shownAfterS(clock.nowS - this.startS), "sample", () => {
          this.look();
          this.isWatching = false;
        });
      clock.at(clock.nowS, "release", () => {
        ended(!isDone);
      });
    });
  }

  /** A job of the member has its GPUs. */
  admitted(copy: Copy): void {
    this.jobs.admitted(copy);
    this.touch();
  }

  /** A job of the member is about to be stopped. */
  stopping(copy: Copy): void {
    this.jobs.stopping(copy);
  }

  /** A replica on the member serves: the next may be allowed to go. */
  readyChanged(): void {
    this.touch();
    for (const node of [...this.drains.keys()]) this.evictAll(node);
  }

  addNode(name: string, state: NodeState, isNew: boolean): Machine {
    const node = new Machine(name, this.pool.order(), state, isNew);
    this.nodes.push(node);
    return node;
  }

  setState(node: Machine, state: NodeState): void {
    const before = node.own;
    node.own = state;
    this.recorder.stateSet(node, before, this.agenda.nowS - this.startS);
    if (state === "gone") this.pool.remove(node.machine);
    else if (state !== "open") this.pool.setClosed(node.machine, true);
    else if (before === "starting") this.pool.arrive(node.machine);
    else this.pool.setClosed(node.machine, false);
    this.touch();
  }

  renew(node: Machine): void {
    node.isNew = true;
    this.setState(node, "open");
  }

  drain(node: Machine, timeoutS: number, ended: (end: DrainEnd) => void): void {
    const { clock } = this.setting;
    this.setState(node, "draining");
    const timer = clock.at(clock.nowS + timeoutS, "sample", () => {
      // What was told to end in time is not what stands in the way.
      if (node.pods.size === 0) return;
      this.drains.delete(node);
      ended({ kind: "timeout", holdouts: this.holdoutsOf(node) });
    });
    this.drains.set(node, { ended, timer, emptyAtS: clock.nowS });
    this.evictAll(node);
    this.dueSettle();
  }

  giveUpDrains(): void {
    for (const { timer } of this.drains.values()) timer.cancel();
    this.drains.clear();
  }

  discard(node: Machine): void {
    this.pool.setClosed(node.machine, true);
    for (const holder of [...node.pods]) this.kill(holder);
    this.setState(node, "gone");
  }

  withoutPlace(): readonly string[] {
    return [...this.jobs.waitingNames(), ...this.replicas.waitingNames()];
  }

  log(what: string): void {
    this.recorder.log(what, this.agenda.nowS - this.startS);
  }

  /** How it stands at the end of the run. */
  result(horizonS: number): UpgradeResult {
    const { startS, started, over, recorder, jobs, replicas } = this;
    return resultOf({
      pool: this.spec.pool,
      startS,
      horizonS,
      course: started!,
      over: over ?? {
        end: "unfinished",
        why: "it was still going on when the time looked at was over",
        atS: horizonS,
      },
      capacity: this.capacity,
      recorder,
      jobs: jobs.results(horizonS),
      services: replicas.results(startS, this.isOver() ? over!.atS : Infinity, horizonS),
      isNeedKnown: replicas.isNeedKnown,
      replicasWaitingGpuHours: replicas.waitingGpuHours(horizonS),
    });
  }

  /** It left nothing closed behind. */
  private isOver(): boolean {
    return this.over !== undefined && this.over.end !== "stopped";
  }

  private couldStandHere({ gpusPerReplica, gpuModel }: ServiceRun["spec"], pool: number): boolean {
    return this.member
      .poolsFor({
        workers: 1,
        gpusPerWorker: gpusPerReplica,
        ...(gpuModel === undefined ? {} : { gpuModels: [gpuModel] }),
      })
      .includes(pool);
  }

  private evictAll(node: Machine): void {
    for (const holder of [...node.pods]) this.evict(holder);
  }

  private evict(holder: Holder): string | undefined {
    // An earlier eviction may have taken it along: a gang leaves all its nodes at once.
    if ("entry" in holder) return holder.place === undefined ? undefined : this.jobs.evict(holder);
    if (this.replicas.has(holder)) return this.replicas.evict(holder);
    for (const ray of this.setting.ray) ray.lost(holder);
    return undefined;
  }

  private kill(holder: Holder): void {
    if ("entry" in holder) {
      if (holder.place !== undefined) this.jobs.stop(holder);
    } else if (this.replicas.has(holder)) this.replicas.kill(holder);
    else for (const ray of this.setting.ray) ray.lost(holder);
  }

  /** A job was told to end: its nodes here are empty only when it has. */
  private left(nodes: readonly number[], atS: number): void {
    for (const [{ machine }, drain] of this.drains)
      if (nodes.some((index) => this.pool.nodes[index] === machine))
        drain.emptyAtS = Math.max(drain.emptyAtS, atS);
    this.setting.clock.at(atS, "release", () => {
      this.settle();
    });
    this.touch();
  }

  private dueSettle(): void {
    if (this.isSettleDue) return;
    this.isSettleDue = true;
    this.setting.clock.at(this.agenda.nowS, "release", () => {
      this.isSettleDue = false;
      this.settle();
    });
  }

  /** Tells drains that are over so. */
  private settle(): void {
    for (const [node, { ended, timer, emptyAtS }] of [...this.drains]) {
      const isGone = node.state === "gone";
      if (!this.drains.has(node)) continue;
      if (!isGone && (node.pods.size > 0 || this.agenda.nowS < emptyAtS)) continue;
      this.drains.delete(node);
      timer.cancel();
      ended({ kind: isGone ? "gone" : "empty" });
    }
  }

  /** For a sentence: what is still on a node, and why. */
  private holdoutsOf(node: Machine): string {
    const reasons = new Map<string, number>();
    for (const holder of node.pods) {
      const why = this.evict(holder) ?? "has been told to end and has not";
      const name =
        "entry" in holder
          ? `${holder.entry.job.group.name} (${holder.entry.job.group.gpusPerWorker} GPUs a worker)`
          : holder.holderName;
      const reason = `${name} ${why}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    return [...reasons]
      .map(([reason, count]) => (count === 1 ? `a pod of ${reason}` : `${count} pods of ${reason}`))
      .join("; ");
  }

  private touch(): void {
    if (this.isLookDue || !this.isWatching) return;
    this.isLookDue = true;
    this.setting.clock.at(this.agenda.nowS, "sample", () => {
      this.isLookDue = false;
      this.look();
    });
  }

  private look(): void {
    if (!this.isWatching) return;
    const { gpusPerNode } = this.pool.spec;
    let [openGpus, heldGpus] = [0, 0];
    for (const { state, isClosed, freeGpus } of this.pool.nodes) {
      if (state === "gone") continue;
      heldGpus += gpusPerNode - freeGpus;
      if (state === "up" && !isClosed) openGpus += gpusPerNode;
    }
    this.replicas.look();
    const atS = this.agenda.nowS - this.startS;
    if (this.capacity.at(-1)?.atS === atS) this.capacity.pop();
    this.capacity.push({
      atS,
      // What the upgrade takes away and adds; machines that fail or come by themselves are none of it.
      openNodes: this.nodes.reduce((sum, { own }) => sum + Number(own === "open"), 0),
      openGpus,
      heldGpus,
      waitingGpus: this.jobs.waitingGpus + this.replicas.waitingGpus,
    });
  }
}
