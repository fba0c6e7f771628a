import type { Autoscaler } from "../../policy/autoscaling/autoscaler.js";
import { createAutoscaler } from "../../policy/autoscaling/create-autoscaler.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { ClusterControl, ClusterProcess } from "../batch/cluster-process.js";
import { createService } from "../serving/create-service.js";
import { runOfService } from "../serving/simulate-serving.js";
import { requestOfRow } from "../serving/request-ledger.js";
import type { Service, ServiceGauges } from "../serving/service.js";
import { createNodeCaches, type NodeCaches } from "./cold-start.js";
import type { DeployedService, ReplicaLife, ServiceOutcome } from "./deployed-service.js";
import { createServiceSeries } from "./growing-series.js";
import { clearSlot, createSlot, firstToGo, lifeOf, type ReplicaSlot } from "./replica-slots.js";
import { createScalingSnapshots, snapshotOf, type ScalingSnapshots } from "./scaling-snapshots.js";

const GPU_MILLI = 1000;
/** Looks at a service without an autoscaler. Seconds. */
const LOOK_S = 15;
/** Looks at a replica that ends its last requests. Seconds. */
const DRAIN_LOOK_S = 1;
/** Longest window of a metric that is kept for autoscalers. Seconds. */
const WINDOW_MAX_S = 3600;

/** A process with what its service did. */
export interface ServiceProcess extends ClusterProcess {
  /** What happened up to now. */
  outcome(endS: number): ServiceOutcome;
}

/**
 * A service in a cluster: its replicas are managed jobs that wait in queues and hold GPUs like any other, its
 * requests are answered by those that are ready.
 *
 * The run goes on until every request is answered. Requests are handed over in bulk at the moments at which
 * something changes, because between them nothing that the cluster does depends on them.
 */
export function createServiceProcess(spec: DeployedService): ServiceProcess {
  return new DeployedServiceProcess(spec);
}

class DeployedServiceProcess implements ServiceProcess {
  readonly name: string;
  private readonly service: Service;
  private readonly slots: readonly ReplicaSlot[];
  private readonly autoscaler: Autoscaler | undefined;
  private readonly snapshots: ScalingSnapshots;
  private readonly series = createServiceSeries();
  private readonly lives: ReplicaLife[] = [];
  private readonly metColdStart: Uint8Array;
  private readonly actions = new Map<number, () => void>();
  private control!: ClusterControl;
  private caches!: NodeCaches;
  private nextCode = 0;
  /** Requests handed over. */
  private arrived = 0;
  /** Replicas that take requests. */
  private ready = 0;
  private wanted = 0;
  private restarts = 0;
  private refusal: string | undefined;
  private isHolding = true;
  private gaveUp = false;
  private progressS = 0;
  private stepsSeen = 0;

  constructor(private readonly spec: DeployedService) {
    const { name, serving, requests, rows, autoscaler, replicas, scrapeDelayS } = spec;
    this.name = `service ${name}`;
    this.service = createService({ ...serving, requestsExpected: Math.max(1, requests.count) });
    this.slots = Array.from({ length: rows.count }, (_, index) => createSlot(rows.first + index));
    this.autoscaler = autoscaler === undefined ? undefined : createAutoscaler(autoscaler, replicas);
    this.snapshots = createScalingSnapshots(scrapeDelayS, WINDOW_MAX_S);
    this.metColdStart = new Uint8Array(requests.count);
  }

  start(control: ClusterControl): void {
    this.control = control;
    const { coldStart, weightBytes, replicas } = this.spec;
    this.caches = createNodeCaches(coldStart, weightBytes, control.stream("cold starts"));
    control.hold();
    this.scaleTo(replicas.initial);
    this.at(control.nowS + this.periodS, () => {
      this.look();
    });
  }

  happens(code: number): void {
    const action = this.actions.get(code)!;
    this.actions.delete(code);
    action();
  }

  jobStarted(row: number): void {
    const slot = this.slotOf(row);
    const { nowS } = this.control;
    const { startsWarm } = this.spec;
    slot.placedS = nowS;
    slot.nodes = this.control.nodesOf(row);
    slot.gpus = gangGpuMilli(this.control.jobs, row) / GPU_MILLI;
    slot.state = "starting";
    if (startsWarm && nowS === 0) this.caches.warm(slot.nodes);
    else slot.phases = this.caches.start(nowS, slot.nodes);
    const seconds = slot.phases.reduce((sum, phase) => sum + phase.seconds, 0);
    slot.next = this.at(nowS + seconds, () => {
      this.becomeReady(slot);
    });
  }

  jobStopped(row: number, reason: string): void {
    const slot = this.slotOf(row);
    const { nowS } = this.control;
    if (slot.next !== undefined) this.control.cancel(slot.next);
    const wasDraining = slot.state === "draining";
    this.loseEngine(slot);
    this.lives.push(lifeOf(slot, nowS, reason));
    clearSlot(slot, "queued", nowS);
    // It waits in its queue again, and nobody wants it any more.
    if (wasDraining) this.at(nowS, () => this.leaveCluster(slot, undefined));
  }

  settled(): void {
    // A node that was given back loses its disk.
    for (const node of this.caches.nodes())
      if (this.control.stateOf(node) === "reserved") this.caches.forget(node);
  }

  outcome(endS: number): ServiceOutcome {
    this.handOver(endS);
    const gauges = this.service.gauges(endS);
    this.sample(gauges);
    this.countFromUsers(endS);
    const standing = this.slots
      .filter(({ state }) => state !== "off")
      .map((slot) => lifeOf(slot, Number.NaN, ""));
    return {
      name: this.spec.name,
      ledger: this.service.ledger,
      run: runOfService(
        this.service,
        this.spec.replicaOn([]),
        this.spec.serving.classes?.length ?? 1,
      ),
      metColdStart: this.metColdStart.subarray(0, this.arrived),
      restarts: this.restarts,
      lives: [...this.lives, ...standing].sort(
        (left, right) => left.wantedS - right.wantedS || left.row - right.row,
      ),
      series: this.series.finish(),
      ...(this.refusal === undefined ? {} : { refusal: this.refusal }),
      gaveUp: this.gaveUp,
      notArrived: this.spec.requests.count - this.arrived,
    };
  }

  /** From here on arrivals are those of users; requests that are in stages before the service are open. */
  private countFromUsers(endS: number): void {
    const { cameS, requests } = this.spec;
    if (cameS === undefined) return;
    const { ledger } = this.service;
    while (this.arrived < requests.count && cameS[this.arrived]! <= endS)
      ledger.add(requestOfRow(requests, this.arrived++));
    ledger.arrivalS.set(cameS.subarray(0, ledger.count));
  }

  private get periodS(): number {
    return this.autoscaler?.periodS ?? LOOK_S;
  }

  private at(timeS: number, action: () => void): ReturnType<ClusterControl["schedule"]> {
    const code = this.nextCode++;
    this.actions.set(code, action);
    return this.control.schedule(timeS, code);
  }

  private slotOf(row: number): ReplicaSlot {
    return this.slots[row - this.spec.rows.first]!;
  }

  /** Hands over every request that has come by then, or before then. */
  private handOver(timeS: number, isBefore = false): void {
    const { requests } = this.spec;
    while (this.arrived < requests.count) {
      const arrivalS = requests.arrivalS[this.arrived]!;
      if (arrivalS > timeS || (isBefore && arrivalS === timeS)) return;
      if (this.ready === 0) this.metColdStart[this.arrived] = 1;
      this.service.arrive(requestOfRow(requests, this.arrived++));
    }
  }

  private scaleTo(replicas: number): void {
    const standing = this.slots.filter(({ state }) => state !== "off" && state !== "draining");
    this.wanted = replicas;
    if (standing.length > replicas) {
      for (const slot of firstToGo(standing, standing.length - replicas)) this.stop(slot);
      return;
    }
    const free = this.slots.filter(({ state }) => state === "off");
    for (const slot of free.slice(0, replicas - standing.length)) this.submit(slot);
  }

  private submit(slot: ReplicaSlot): void {
    clearSlot(slot, "queued", this.control.nowS);
    const refusal = this.control.submit(slot.row);
    if (refusal === undefined) return;
    slot.state = "refused";
    this.refusal = refusal;
  }

  private stop(slot: ReplicaSlot): void {
    if (slot.state !== "ready") {
      this.leaveCluster(slot, "no longer wanted");
      return;
    }
    const { nowS } = this.control;
    this.handOver(nowS);
    this.service.drainReplica(slot.engine!, nowS);
    this.ready--;
    slot.state = "draining";
    slot.drainedS = nowS;
    this.watchDrain(slot);
  }

  private watchDrain(slot: ReplicaSlot): void {
    const { nowS } = this.control;
    this.handOver(nowS);
    const busy = this.service
      .gauges(nowS)
      .replicas.some(({ replica, outstanding }) => outstanding > 0 && replica === slot.engine);
    if (busy && nowS < slot.drainedS + this.spec.graceS) {
      const nextS = Math.min(nowS + DRAIN_LOOK_S, slot.drainedS + this.spec.graceS);
      slot.next = this.at(nextS, () => this.watchDrain(slot));
      return;
    }
    if (busy) this.loseEngine(slot);
    else this.service.removeReplica(slot.engine!, nowS);
    slot.engine = undefined;
    this.leaveCluster(slot, "no longer wanted");
  }

  /** @param ended why its stay ends; undefined when that was told before */
  private leaveCluster(slot: ReplicaSlot, ended: string | undefined): void {
    if (slot.next !== undefined) this.control.cancel(slot.next);
    if (ended !== undefined) this.lives.push(lifeOf(slot, this.control.nowS, ended));
    clearSlot(slot, "off", Number.NaN);
    this.control.endJob(slot.row);
    // A slot that comes free may be wanted already.
    const standing = this.slots.filter(({ state }) => state !== "off" && state !== "draining");
    if (standing.length < this.wanted) this.scaleTo(this.wanted);
  }

  private becomeReady(slot: ReplicaSlot): void {
    const { nowS } = this.control;
    slot.next = undefined;
    this.handOver(nowS, true);
    slot.engine = this.service.addReplica(this.spec.replicaOn(slot.nodes), nowS);
    slot.state = "ready";
    slot.readyS = nowS;
    this.ready++;
  }

  /** The engine of a slot is gone at once; what it had is routed again. */
  private loseEngine(slot: ReplicaSlot): void {
    const { nowS } = this.control;
    this.handOver(nowS);
    if (slot.state === "ready") this.ready--;
    if (slot.engine !== undefined) this.restarts += this.service.loseReplica(slot.engine, nowS);
    slot.engine = undefined;
  }

  /** Looks at the service, lets the autoscaler decide, and sees whether anything is left to wait for. */
  private look(): void {
    const { nowS } = this.control;
    this.handOver(nowS);
    const gauges = this.service.gauges(nowS);
    this.sample(gauges);
    this.scale(gauges);
    this.judge(gauges);
    const isAtRest = this.wanted <= this.spec.replicas.min || this.autoscaler === undefined;
    if (this.isHolding || !isAtRest) this.at(nowS + this.periodS, () => this.look());
  }

  private scale(gauges: ServiceGauges): void {
    const { autoscaler, snapshots, control } = this;
    if (autoscaler === undefined) return;
    snapshots.add(snapshotOf(gauges, this.arrived));
    const { nowS } = control;
    const next = autoscaler.decide({
      nowS,
      replicas: this.wanted,
      ready: this.ready,
      unready: Math.max(0, this.wanted - this.ready),
      perReplica: (metric) => snapshots.perReplica(nowS, metric),
      ofService: (metric, windowS) => snapshots.ofService(nowS, metric, windowS),
    });
    if (next !== this.wanted) this.scaleTo(next);
  }

  private sample({ timeS, held, waiting, running, cacheShare }: ServiceGauges): void {
    const placed = this.slots.filter(({ placedS }) => !Number.isNaN(placedS)).length;
    const { arrived, wanted, ready } = this;
    this.series.add({ timeS, arrived, held, waiting, running, wanted, placed, ready, cacheShare });
  }

  /** Lets the run go when every request is answered, or when those that are left stand still for long. */
  private judge({ held, replicas, counters, timeS }: ServiceGauges): void {
    if (!this.isHolding || this.arrived < this.spec.requests.count) {
      this.progressS = timeS;
      return;
    }
    const open = replicas.reduce((sum, { outstanding }) => sum + outstanding, held);
    if (counters.steps !== this.stepsSeen) this.progressS = timeS;
    this.stepsSeen = counters.steps;
    this.gaveUp = open > 0 && timeS - this.progressS >= this.spec.patienceS;
    if (open > 0 && !this.gaveUp) return;
    this.isHolding = false;
    this.control.release();
  }
}
