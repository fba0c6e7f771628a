import { InvariantError } from "../../base/assert.js";
import { createCapacityProfile, type CapacityProfile } from "./capacity-profile.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";
import { createJobList, type JobKeys, type JobList } from "./job-order.js";
import type { Lane } from "./lane.js";

/** Shortest estimate, and shortest extension of one: without length a reservation would reserve nothing. Seconds. */
const LENGTH_MIN_S = 1;

/** Reservation of a job that needs more than is in service at present: it has none. */
const NOT_YET_S = Infinity;

/** What a conservative dispatcher needs. */
export interface ConservativeOptions {
  /** Order of submission. */
  readonly rank: Int32Array;
  readonly classes: DemandClasses;
  readonly estimateS: Float64Array;
  readonly launcher: PreemptingLauncher;
  /** A pool. */
  readonly lane: Lane;
}

/**
 * Conservative backfilling on a pool of GPUs: every waiting job has a reservation, and none is ever
 * moved back while users' estimates are not exceeded.
 */
class ConservativeDispatcher implements Dispatcher {
  private readonly profile: CapacityProfile;
  private readonly arrivals: number[] = [];
  /** Start of each waiting job's reservation. */
  private readonly reservations: JobKeys;
  private readonly byReservation: JobList;
  private readonly bySubmission: JobList;
  /** Running jobs and when they are expected to end. */
  private readonly expectedEndS = new Map<number, number>();
  private readonly startedS = new Map<number, number>();
  private endedEarly = false;
  private outlived = false;
  private readonly waitReason: number;

  constructor(private readonly options: ConservativeOptions) {
    const jobCount = options.classes.classOf.length;
    const { rank } = options;
    this.profile = createCapacityProfile(options.lane.gang.gpuMilliTotal);
    this.reservations = { key: new Float64Array(jobCount), rank };
    this.byReservation = createJobList(this.reservations);
    this.bySubmission = createJobList({ key: new Float64Array(jobCount), rank });
    this.waitReason = options.launcher.reasonIndex(
      "its reservation lies in the future: jobs ahead hold the GPUs",
    );
  }

  get waiting(): number {
    return this.arrivals.length + this.bySubmission.size;
  }

  submit(job: number): boolean {
    this.arrivals.push(job);
    return true;
  }

  adopt(job: number): void {
    const { launcher } = this.options;
    const endS = launcher.nowS + this.lengthS(job);
    this.profile.advance(launcher.nowS);
    this.profile.take(launcher.nowS, endS, this.demandMilli(job));
    this.startedS.set(job, launcher.nowS);
    this.expect(job, endS);
  }

  released(job: number): boolean {
    const { launcher } = this.options;
    const expectedS = this.expectedEndS.get(job)!;
    launcher.clearTimer(job);
    this.expectedEndS.delete(job);
    this.startedS.delete(job);
    // When everything is planned anew anyway, an end that was moved is not in the profile yet.
    if (expectedS > launcher.nowS && !this.outlived) {
      this.profile.advance(launcher.nowS);
      this.profile.give(launcher.nowS, expectedS, this.demandMilli(job));
      this.endedEarly = true;
    }
    return this.waiting > 0;
  }

  /** A reservation begins, or a running job outlives its expected end. */
  timer(job: number): boolean {
    if (!this.expectedEndS.has(job)) return true;
    const { launcher } = this.options;
    const elapsedS = launcher.nowS - this.startedS.get(job)!;
    this.expect(job, launcher.nowS + Math.max(elapsedS, LENGTH_MIN_S));
    this.outlived = true;
    return true;
  }

  interrupted(job: number): boolean {
    this.released(job);
    this.outlived = true;
    return this.submit(job);
  }

  capacityChanged(): boolean {
    this.outlived = true;
    return this.waiting > 0;
  }

  decide(): void {
    this.profile.advance(this.options.launcher.nowS);
    if (this.outlived) this.planAnew();
    else if (this.endedEarly) this.moveForward();
    this.outlived = false;
    this.endedEarly = false;
    for (const job of this.arrivals) {
      this.bySubmission.insert(job);
      this.reserve(job);
    }
    this.arrivals.length = 0;
    this.startDue();
  }

  forEachWaiting(visit: (job: number, reason: number) => void): void {
    for (let place = 0; place < this.bySubmission.size; place++)
      visit(this.bySubmission.at(place), this.waitReason);
    for (const job of this.arrivals) visit(job, this.waitReason);
  }

  private demandMilli(job: number): number {
    return this.options.classes.gpuMilli[this.options.classes.classOf[job]!]!;
  }

  private lengthS(job: number): number {
    return Math.max(this.options.estimateS[job]!, LENGTH_MIN_S);
  }

  private reserve(job: number): void {
    const { launcher } = this.options;
    if (this.demandMilli(job) > this.profile.capacityInService) {
      this.reservations.key[job] = NOT_YET_S;
      return;
    }
    const lengthS = this.lengthS(job);
    const startS = this.profile.earliest(launcher.nowS, this.demandMilli(job), lengthS);
    this.profile.take(startS, startS + lengthS, this.demandMilli(job));
    this.reservations.key[job] = startS;
    this.byReservation.insert(job);
    if (startS > launcher.nowS) launcher.setTimer(job, startS);
  }

  private unreserve(job: number): void {
    const startS = this.reservations.key[job]!;
    if (startS === NOT_YET_S) return;
    this.options.launcher.clearTimer(job);
    this.byReservation.remove(job);
    this.profile.give(startS, startS + this.lengthS(job), this.demandMilli(job));
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
        if (beforeS <= this.options.launcher.nowS || beforeS === NOT_YET_S) continue;
        this.unreserve(job);
        this.reserve(job);
        if (this.reservations.key[job]! < beforeS) moved = true;
      }
    }
  }

  private planAnew(): void {
    const { launcher, lane } = this.options;
    const { gpuMilliTotal, gpuMilliInService = gpuMilliTotal } = lane.gang;
    this.profile.reset(launcher.nowS, gpuMilliTotal - gpuMilliInService);
    for (const [job, endS] of this.expectedEndS)
      this.profile.take(launcher.nowS, endS, this.demandMilli(job));
    for (let place = 0; place < this.bySubmission.size; place++) {
      const job = this.bySubmission.at(place);
      launcher.clearTimer(job);
      if (this.reservations.key[job] !== NOT_YET_S) this.byReservation.remove(job);
      this.reserve(job);
    }
  }

  private startDue(): void {
    const { launcher } = this.options;
    while (this.byReservation.size > 0) {
      const job = this.byReservation.at(0);
      if (this.reservations.key[job]! > launcher.nowS) return;
      if (!launcher.tryStart(job)) {
        throw new InvariantError(
          `conservative-backfill: job ${job} has a reservation and no room`,
          { nowS: launcher.nowS },
        );
      }
      this.byReservation.remove(job);
      this.bySubmission.remove(job);
      launcher.waitedFor(job, this.waitReason);
      this.startedS.set(job, launcher.nowS);
      this.expect(job, launcher.nowS + this.lengthS(job));
    }
  }

  private expect(job: number, endS: number): void {
    this.expectedEndS.set(job, endS);
    this.options.launcher.setTimer(job, endS);
  }
}

/** Conservative backfilling on a pool. */
export function createConservativeDispatcher(options: ConservativeOptions): Dispatcher {
  return new ConservativeDispatcher(options);
}
