import { InvariantError } from "../../base/assert.js";
import type { RestartCost } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";

/**
 * How much of every job is done, in seconds at full speed.
 *
 * A recorded duration already holds the time the job spent writing checkpoints, so checkpoints cost
 * nothing here; losing the work since the last one does.
 */
export interface WorkBook {
  /** Seconds of work left when the job next makes progress; its duration at first. */
  remainingS(job: number): number;
  /** Seconds the job would occupy its GPUs if started now at full speed and left alone. */
  occupancyS(job: number): number;
  /** Starts the job at `nowS`, working at `speed` times full speed; returns the time of its end. */
  start(job: number, nowS: number, speed: number): number;
  /** Stops a running job before its end. */
  stop(job: number, nowS: number): void;
  /** Ends a running job that has done all its work. */
  finish(job: number, nowS: number): void;
  /** Seconds the job has occupied GPUs in all its starts that are over. */
  occupiedS(job: number): number;
  /** Start of the job's present or last run. Seconds. */
  lastStartS(job: number): number;
  /** Work done and lost again, in seconds. */
  lostS(job: number): number;
  /** Times the job was stopped before its end. */
  stops(job: number): number;
}

/** The accounts of jobs that are never stopped: nothing to keep, and a completed job has occupied its duration. */
class PlainWorkBook implements WorkBook {
  constructor(private readonly durationS: Float64Array) {}
  remainingS(job: number): number {
    return this.durationS[job]!;
  }
  occupancyS(job: number): number {
    return this.durationS[job]!;
  }
  start(job: number, nowS: number, speed: number): number {
    return nowS + this.durationS[job]! / speed;
  }
  stop(job: number): void {
    throw new InvariantError(`work book: job ${job} was stopped under a policy that stops nobody`);
  }
  finish(): void {
    // Start and end say everything.
  }
  occupiedS(job: number): number {
    return this.durationS[job]!;
  }
  lastStartS(): number {
    return Number.NaN;
  }
  lostS(): number {
    return 0;
  }
  stops(): number {
    return 0;
  }
}

class RestartingWorkBook implements WorkBook {
  private readonly remaining: Float64Array;
  private readonly segmentStartS: Float64Array;
  private readonly speed: Float64Array;
  private readonly occupied: Float64Array;
  private readonly lost: Float64Array;
  private readonly stopCount: Int32Array;

  constructor(
    private readonly jobs: JobTable,
    private readonly cost: RestartCost,
  ) {
    this.remaining = jobs.durationS.slice();
    this.segmentStartS = new Float64Array(jobs.count);
    this.speed = new Float64Array(jobs.count).fill(1);
    this.occupied = new Float64Array(jobs.count);
    this.lost = new Float64Array(jobs.count);
    this.stopCount = new Int32Array(jobs.count);
  }

  remainingS(job: number): number {
    return this.remaining[job]!;
  }

  occupancyS(job: number): number {
    return this.overheadS(job) + this.remaining[job]!;
  }

  start(job: number, nowS: number, speed: number): number {
    this.segmentStartS[job] = nowS;
    this.speed[job] = speed;
    return nowS + this.overheadS(job) + this.remaining[job]! / speed;
  }

  stop(job: number, nowS: number): void {
    const elapsedS = nowS - this.segmentStartS[job]!;
    const progressS = Math.max(0, elapsedS - this.overheadS(job)) * this.speed[job]!;
    const durationS = this.jobs.durationS[job]!;
    const doneS = durationS - this.remaining[job]! + progressS;
    const savedS = this.savedS(job, doneS);
    this.occupied[job]! += elapsedS;
    this.lost[job]! += doneS - savedS;
    this.remaining[job] = durationS - savedS;
    this.stopCount[job]!++;
  }

  finish(job: number, nowS: number): void {
    this.occupied[job]! += nowS - this.segmentStartS[job]!;
    this.remaining[job] = 0;
  }

  occupiedS(job: number): number {
    return this.occupied[job]!;
  }

  lastStartS(job: number): number {
    return this.segmentStartS[job]!;
  }

  lostS(job: number): number {
    return this.lost[job]!;
  }

  stops(job: number): number {
    return this.stopCount[job]!;
  }

  private overheadS(job: number): number {
    return this.stopCount[job]! > 0 ? this.cost.restartCostS : 0;
  }

  private savedS(job: number, doneS: number): number {
    if (this.cost.savesProgress === "at-preemption") return doneS;
    const intervalS = this.jobs.checkpointIntervalS?.[job] ?? Number.NaN;
    return intervalS > 0 ? Math.floor(doneS / intervalS) * intervalS : 0;
  }
}

/** @param cost absent when the policy never stops a job */
export function createWorkBook(jobs: JobTable, cost: RestartCost | undefined): WorkBook {
  return cost === undefined
    ? new PlainWorkBook(jobs.durationS)
    : new RestartingWorkBook(jobs, cost);
}
