import type { GangPlacer } from "../../policy/gang/types.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Launcher } from "./dispatcher.js";
import type { JobList } from "./job-order.js";

/**
 * The room of a lane as EASY backfilling needs it: a reservation for the blocked head, and starts that
 * respect it.
 */
export interface BackfillRoom {
  /**
   * Reserves room for a job of the demand at the earliest time when it will fit if every running job ends
   * when expected; jobs that should have ended are expected to end at any moment.
   *
   * @param running in order of expected end
   * @param expectedEndS by job
   * @returns that time, in seconds; Infinity when too much is out of service for the job to fit at all: then
   *   it holds nobody back
   */
  reserve(demand: number, running: JobList, expectedEndS: Float64Array): number;
  /**
   * False when no job of the demand could start now. Cheap.
   *
   * @param isLong the job would hold its room beyond the reserved time
   */
  mayStart(demand: number, isLong: boolean): boolean;
  /** Starts the job if it fits now and, when it is long, beside the reservation. */
  tryStart(job: number, isLong: boolean): boolean;
  /** Ends the pass that `reserve` began. */
  endPass(): void;
}

/** What every room is made from. */
export interface RoomOptions {
  readonly gang: GangPlacer;
  readonly classes: DemandClasses;
  readonly launcher: Launcher;
}

/** A pool: the reservation is a number of GPUs, what it leaves over is `extra`. */
class PoolRoom implements BackfillRoom {
  private extraMilli = 0;

  constructor(private readonly options: RoomOptions) {}

  reserve(demand: number, running: JobList, expectedEndS: Float64Array): number {
    const { classes, launcher, gang } = this.options;
    const needMilli = classes.gpuMilli[demand]!;
    // Below zero while gangs hold more than is in service.
    let freeMilli = (gang.gpuMilliInService ?? gang.gpuMilliTotal) - gang.gpuMilliUsed;
    let atS = launcher.nowS;
    for (let place = 0; place < running.size; place++) {
      const job = running.at(place);
      const endS = Math.max(launcher.nowS, expectedEndS[job]!);
      // Everything that ends at the same time is free then.
      if (freeMilli >= needMilli && endS > atS) break;
      freeMilli += classes.gpuMilli[classes.heldOf[job]!]!;
      atS = endS;
    }
    if (freeMilli < needMilli) {
      this.extraMilli = 0;
      return Infinity;
    }
    this.extraMilli = freeMilli - needMilli;
    return atS;
  }

  mayStart(demand: number, isLong: boolean): boolean {
    const gpuMilli = this.options.classes.gpuMilli[demand]!;
    return gpuMilli <= this.freeMilli() && (!isLong || gpuMilli <= this.extraMilli);
  }

  tryStart(job: number, isLong: boolean): boolean {
    if (!this.options.launcher.tryStartAsAsked(job)) return false;
    if (isLong)
      this.extraMilli -= this.options.classes.gpuMilli[this.options.classes.classOf[job]!]!;
    return true;
  }

  endPass(): void {
    this.extraMilli = 0;
  }

  private freeMilli(): number {
    return this.options.gang.gpuMilliFree;
  }
}

/** The room of a pool. */
export function createPoolRoom(options: RoomOptions): BackfillRoom {
  return new PoolRoom(options);
}
