import { InvariantError } from "../../base/assert.js";
import { SpecificationError } from "../../base/specification-error.js";
import type { ClusterState } from "../../cluster/view.js";
import type { GangForesight } from "../../policy/gang/foresight.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";
import { createJobList, type JobKeys, type JobList } from "./job-order.js";
import { NodeHolds, type KeptRoom } from "./node-holds.js";
import { holdsTheSame, NodeTimeline, type NodeHolding } from "./node-timeline.js";

/** Shortest estimate, and shortest extension of one: without length a reservation would reserve nothing. Seconds. */
const LENGTH_MIN_S = 1;

/** Reservation of a job for which there is no room in what is in service at present: it has none. */
const NOT_YET_S = Infinity;

/** What a conservative dispatcher on nodes needs. */
export interface NodeConservativeOptions {
  /** Order of submission. */
  readonly rank: Int32Array;
  readonly classes: DemandClasses;
  readonly estimateS: Float64Array;
  readonly launcher: PreemptingLauncher;
  readonly cluster: ClusterState;
  readonly shapes: readonly PodRequest[];
  readonly foresight: GangForesight;
}

/** A promise of named nodes. */
interface Booking {
  readonly startS: number;
  readonly endS: number;
  readonly holdings: readonly NodeHolding[];
}

/**
 * Conservative backfilling on nodes: every waiting job has a reservation of named nodes, and none is ever
 * moved back while users' estimates are not exceeded and nothing fails.
 *
 * A reservation is made for the earliest time at which the placement finds nodes with room throughout the
 * estimated time, the room of earlier reservations left out. A job starts when its reservation begins; it is
 * then placed as the policy would, with all other reservations held, which always succeeds because its own
 * nodes are free. When a job ends early, the waiting jobs are offered what became free in order of
 * submission, again and again until nobody moves. When one outlives its estimate or capacity changes, all
 * reservations are made anew in order of submission.
 */
class NodeConservativeDispatcher implements Dispatcher {
  private readonly timeline: NodeTimeline;
  private readonly holds: NodeHolds;
  private readonly arrivals: number[] = [];
  /** Start of each waiting job's reservation. */
  private readonly reservations: JobKeys;
  private readonly byReservation: JobList;
  private readonly bySubmission: JobList;
  /** Reservations of waiting jobs and rooms of running ones. */
  private readonly bookings = new Map<number, Booking>();
  private readonly startedS = new Map<number, number>();
  /** Reservations of waiting jobs by node. */
  private readonly waitingOn: Int32Array;
  /** What came free since everybody was last offered it: on which nodes, and until when at most. */
  private readonly freedNodes = new Set<number>();
  private freedUntilS = -Infinity;
  private mustPlanAnew = true;
  private readonly waitReason: number;

  constructor(private readonly options: NodeConservativeOptions) {
    const { rank, cluster, shapes, launcher, classes } = options;
    const jobCount = classes.classOf.length;
    this.timeline = new NodeTimeline(cluster, shapes);
    this.holds = new NodeHolds(cluster);
    this.reservations = { key: new Float64Array(jobCount), rank };
    this.byReservation = createJobList(this.reservations);
    this.bySubmission = createJobList({ key: new Float64Array(jobCount), rank });
    this.waitingOn = new Int32Array(cluster.nodeCount);
    this.waitReason = launcher.reasonIndex(
      "its reservation lies in the future: jobs ahead hold the nodes",
    );
  }

  get waiting(): number {
    return this.arrivals.length + this.bySubmission.size;
  }

  submit(job: number): boolean {
    this.arrivals.push(job);
    return true;
  }

  released(job: number): boolean {
    const { launcher } = this.options;
    launcher.clearTimer(job);
    const { endS, holdings } = this.bookings.get(job)!;
    this.bookings.delete(job);
    this.startedS.delete(job);
    // When everything is planned anew anyway, an end that was moved is not in the timeline yet.
    if (endS > launcher.nowS && !this.mustPlanAnew) {
      this.timeline.advance(launcher.nowS);
      this.timeline.change(launcher.nowS, endS, holdings, 1);
      this.noteFreed(holdings, endS);
    }
    return this.waiting > 0;
  }

  /** A reservation begins, or a running job outlives its expected end. */
  timer(job: number): boolean {
    const startedS = this.startedS.get(job);
    if (startedS === undefined) return true;
    const { launcher } = this.options;
    const booking = this.bookings.get(job)!;
    const endS = launcher.nowS + Math.max(launcher.nowS - startedS, LENGTH_MIN_S);
    this.bookings.set(job, { ...booking, endS });
    launcher.setTimer(job, endS);
    this.mustPlanAnew = true;
    return true;
  }

  interrupted(job: number): boolean {
    this.options.launcher.clearTimer(job);
    this.bookings.delete(job);
    this.startedS.delete(job);
    this.mustPlanAnew = true;
    return this.submit(job);
  }

  capacityChanged(): boolean {
    this.mustPlanAnew = true;
    return this.waiting > 0;
  }

  decide(): void {
    if (this.mustPlanAnew) this.planAnew();
    else {
      this.timeline.advance(this.options.launcher.nowS);
      this.moveForward();
    }
    this.mustPlanAnew = false;
    for (const job of this.arrivals) {
      this.bySubmission.insert(job);
      this.reserve(job, NOT_YET_S);
    }
    this.arrivals.length = 0;
    this.startDue();
    // Nodes that were reserved and not taken may let others move.
    while (this.freedNodes.size > 0) {
      this.moveForward();
      this.startDue();
    }
  }

  forEachWaiting(visit: (job: number, reason: number) => void): void {
    for (let place = 0; place < this.bySubmission.size; place++)
      visit(this.bySubmission.at(place), this.waitReason);
    for (const job of this.arrivals) visit(job, this.waitReason);
  }

  private demandOf(job: number): number {
    return this.options.classes.classOf[job]!;
  }

  private lengthS(job: number): number {
    return Math.max(this.options.estimateS[job]!, LENGTH_MIN_S);
  }

  /** Reserves the earliest room before `beforeS`; returns false, and reserves nothing, when there is none. */
  private reserve(job: number, beforeS: number): boolean {
    const isMove = beforeS !== NOT_YET_S;
    const { timeline, options } = this;
    const { launcher, classes, foresight } = options;
    const demand = this.demandOf(job);
    const lengthS = this.lengthS(job);
    const milli = classes.gpuMilli[demand]!;
    let startS = timeline.nextStart(launcher.nowS, milli, lengthS);
    while (startS !== undefined && startS < beforeS) {
      const endS = startS + lengthS;
      const plan = this.mayPlan(demand, startS, endS, isMove)
        ? foresight.planIn(demand, timeline.roomsBetween(startS, endS))
        : undefined;
      if (plan !== undefined) {
        this.book(job, { startS, endS, holdings: timeline.holdingsOfPlan(plan, startS, endS) });
        return true;
      }
      const laterS = timeline.nextEnd(startS);
      startS = laterS === undefined ? undefined : timeline.nextStart(laterS, milli, lengthS);
    }
    if (beforeS === NOT_YET_S) this.reservations.key[job] = NOT_YET_S;
    return false;
  }

  /** A job that had no earlier place before can only have one now that uses what came free. */
  private mayPlan(demand: number, fromS: number, toS: number, isMove: boolean): boolean {
    if (!isMove) return true;
    const rooms = this.timeline.roomsBetween(fromS, toS);
    const request = this.onePart(demand);
    return [...this.freedNodes].some((node) => rooms.podsOn(node, request) > 0);
  }

  /** The least a job of the demand takes on a node. */
  private onePart(demand: number): PodRequest {
    return this.options.foresight.partRequest(
      demand,
      Math.min(1, this.options.classes.gpuMilli[demand]!),
    );
  }

  private noteFreed(holdings: readonly NodeHolding[], untilS: number): void {
    for (const { node } of holdings) this.freedNodes.add(node);
    this.freedUntilS = Math.max(this.freedUntilS, untilS);
  }

  private book(job: number, booking: Booking): void {
    const { launcher } = this.options;
    const { startS, endS, holdings } = booking;
    this.timeline.change(startS, endS, holdings, -1);
    this.bookings.set(job, booking);
    this.reservations.key[job] = startS;
    this.byReservation.insert(job);
    for (const { node } of holdings) this.waitingOn[node]! += 1;
    if (startS > launcher.nowS) launcher.setTimer(job, startS);
  }

  /** Takes the reservation back, in the books only. */
  private unbook(job: number): Booking {
    const booking = this.bookings.get(job)!;
    this.options.launcher.clearTimer(job);
    this.byReservation.remove(job);
    this.bookings.delete(job);
    for (const { node } of booking.holdings) this.waitingOn[node]! -= 1;
    this.timeline.change(booking.startS, booking.endS, booking.holdings, 1);
    return booking;
  }

  /**
   * Offers every waiting job, in order of submission, what became free, again and again until nobody moves:
   * a later job that moves may make room for an earlier one. The old place is always still there.
   */
  private moveForward(): void {
    for (let moved = true; moved;) {
      moved = false;
      for (let place = 0; place < this.bySubmission.size; place++) {
        const job = this.bySubmission.at(place);
        const beforeS = this.reservations.key[job]!;
        if (beforeS <= this.options.launcher.nowS || !this.mayMove(job)) continue;
        const old = this.unbook(job);
        if (this.reserve(job, Math.min(beforeS, this.freedUntilS))) {
          this.noteFreed(old.holdings, old.endS);
          moved = true;
        } else this.book(job, old);
      }
    }
    this.freedNodes.clear();
    this.freedUntilS = -Infinity;
  }

  /** Cheap: false when nothing that came free has room for even one worker before the job's reservation. */
  private mayMove(job: number): boolean {
    const booking = this.bookings.get(job);
    if (booking === undefined || this.freedNodes.size === 0) return false;
    // On nodes of its own the job is in its own way here.
    if (booking.holdings.some(({ node }) => this.freedNodes.has(node))) return true;
    const request = this.onePart(this.demandOf(job));
    const window = {
      fromS: this.options.launcher.nowS,
      beforeS: Math.min(booking.startS, this.freedUntilS),
      lengthS: this.lengthS(job),
    };
    for (const node of this.freedNodes)
      if (this.timeline.mayTake(node, request, window)) return true;
    return false;
  }

  private planAnew(): void {
    const { launcher } = this.options;
    this.freedNodes.clear();
    this.freedUntilS = -Infinity;
    for (let place = 0; place < this.bySubmission.size; place++) {
      const job = this.bySubmission.at(place);
      launcher.clearTimer(job);
      if (this.bookings.delete(job)) this.byReservation.remove(job);
    }
    this.waitingOn.fill(0);
    const running = Array.from(this.bookings, ([job, { startS, endS }]): [number, Booking] => [
      job,
      { startS, endS, holdings: this.holdingsOf(job) },
    ]);
    this.timeline.reset(
      launcher.nowS,
      running.map(([, { holdings }]) => holdings),
    );
    for (const [job, booking] of running) {
      this.bookings.set(job, booking);
      this.timeline.change(launcher.nowS, booking.endS, booking.holdings, -1);
    }
    for (let place = 0; place < this.bySubmission.size; place++)
      this.reserve(this.bySubmission.at(place), NOT_YET_S);
  }

  /** Starts the jobs whose reservation begins. */
  private startDue(): void {
    const { launcher } = this.options;
    while (this.byReservation.size > 0) {
      const job = this.byReservation.at(0);
      if (this.reservations.key[job]! > launcher.nowS) return;
      const reserved = this.unbook(job);
      const endS = launcher.nowS + this.lengthS(job);
      this.holdReservations(launcher.nowS, endS);
      const isPlaced = launcher.tryStart(job);
      this.holds.releaseAll();
      if (!isPlaced) this.neverHappens(job, reserved);
      this.bySubmission.remove(job);
      launcher.waitedFor(job, this.waitReason);
      this.startedS.set(job, launcher.nowS);
      const holdings = this.holdingsOf(job);
      this.bookings.set(job, { startS: launcher.nowS, endS, holdings });
      this.timeline.change(launcher.nowS, endS, holdings, -1);
      if (!holdsTheSame(holdings, reserved.holdings))
        this.noteFreed(reserved.holdings, reserved.endS);
      launcher.setTimer(job, endS);
    }
  }

  private holdingsOf(job: number): readonly NodeHolding[] {
    const demand = this.demandOf(job);
    return this.timeline.holdingsOfParts(this.options.launcher.partsOf(job), (gpuCount) =>
      this.options.foresight.partRequest(demand, gpuCount),
    );
  }

  /** Keeps what is free now and will be needed by a reservation before `untilS`. */
  private holdReservations(nowS: number, untilS: number): void {
    for (let node = 0; node < this.waitingOn.length; node += 1) {
      if (this.waitingOn[node] === 0) continue;
      const now = this.timeline.freeNow(node);
      const least = this.timeline.leastFree(node, nowS, untilS);
      const kept = now.map((free, index) => Math.max(0, free - least[index]!));
      if (kept.some((amount) => amount > 0)) this.holds.hold(node, this.keptRoom(now, kept));
    }
  }

  private keptRoom(now: Float64Array, kept: Float64Array): KeptRoom {
    const [cpuMilli = 0, memoryBytes = 0, pods = 0, ...gpus] = kept;
    if (!this.timeline.namesGpus)
      return { cpuMilli, memoryBytes, pods, gpusWhole: gpus[0] ?? 0, shares: [] };
    const shares = gpus.flatMap((gpuMilli, gpu) => (gpuMilli > 0 ? [{ gpu, gpuMilli }] : []));
    // A part of a free GPU is kept on that very GPU: it is named.
    return { cpuMilli, memoryBytes, pods: Math.min(pods, now[2]!), gpusWhole: 0, shares };
  }

  private neverHappens(job: number, { startS, holdings }: Booking): never {
    const nodes = holdings
      .map(({ node }) => this.options.cluster.spec.nodes[node]!.name)
      .join(", ");
    // Room that is kept on parts of GPUs takes a pod for each part.
    if (this.timeline.namesGpus) {
      throw new SpecificationError(
        `conservative-backfill: reservations on ${nodes} need more pods than the nodes may run; raise pods of these nodes`,
      );
    }
    throw new InvariantError(
      `conservative-backfill: job ${job} has a reservation of nodes ${nodes} and no room`,
      { nowS: this.options.launcher.nowS, reservedS: startS },
    );
  }
}

/** Conservative backfilling on nodes. */
export function createNodeConservativeDispatcher(options: NodeConservativeOptions): Dispatcher {
  return new NodeConservativeDispatcher(options);
}
