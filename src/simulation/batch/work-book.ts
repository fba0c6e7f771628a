import { InvariantError } from "../../base/assert.js";
import type { RestartCost } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";

/**
 * How much of every job is done, in seconds at full speed.
 *
 * A recorded duration already holds the time the job spent writing checkpoints, so checkpoints cost
 * nothing here; losing the work since the last one does. Checkpoints lie at whole intervals of work, as
 * programs write them every so many steps: a job at half speed writes half as many.
 */
export interface WorkBook {
  /** Seconds of work left when the job next makes progress, as of its last start or change of rate; its duration at first. */
  remainingS(job: number): number;
  /** Seconds the job would occupy its GPUs if started now at full speed and left alone. */
  occupancyS(job: number): number;
  /**
   * The job runs already: its duration, and what it has done before, are times at this rate. Before its start.
   */
  adopt(job: number, rate: number): void;
  /** Starts the job at `nowS`, working at `rate` times full speed; returns the time of its end. */
  start(job: number, nowS: number, rate: number): number;
  /**
   * Books what a running job has done so far at its old rate and goes on at the new one.
   *
   * @param pauseS seconds in which the job makes no progress from now on, besides what it still pauses
   * @returns the new time of its end; Infinity at rate 0
   */
  changeRate(job: number, nowS: number, rate: number, pauseS?: number): number;
  /** Rate of a running job. */
  rateOf(job: number): number;
  /** Stops a running job before its end. @param cost what it keeps and pays, where not what the queue policy says */
  stop(job: number, nowS: number, cost?: RestartCost): void;
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
  adopt(job: number): void {
    throw new InvariantError(`work book: job ${job} runs since before a run that knows of none`);
  }
  start(job: number, nowS: number, rate: number): number {
    return nowS + this.durationS[job]! / rate;
  }
  changeRate(job: number): number {
    throw new InvariantError(`work book: the rate of job ${job} changed in a run of fixed rates`);
  }
  rateOf(): number {
    return Number.NaN;
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

/** Keeps the segments of one rate each that a run of a job consists of. */
class SegmentedWorkBook implements WorkBook {
  /** All the work of the job, done and left. */
  private readonly total: Float64Array;
  /** As of the start of the segment. */
  private readonly remaining: Float64Array;
  private readonly runStartS: Float64Array;
  private readonly segmentStartS: Float64Array;
  /** Seconds of the segment that pass before the job makes progress. */
  private readonly pauseS: Float64Array;
  private readonly rate: Float64Array;
  /** Seconds at the next start before the job makes progress. */
  private readonly restartS: Float64Array;
  private readonly occupied: Float64Array;
  private readonly lost: Float64Array;
  private readonly stopCount: Int32Array;

  constructor(
    private readonly jobs: JobTable,
    private readonly cost: RestartCost,
  ) {
    const column = (): Float64Array => new Float64Array(jobs.count);
    this.total = jobs.durationS.slice();
    this.remaining = jobs.durationS.slice();
    this.runStartS = column();
    this.segmentStartS = column();
    this.pauseS = column();
    this.rate = column().fill(1);
    this.restartS = column();
    this.occupied = column();
    this.lost = column();
    this.stopCount = new Int32Array(jobs.count);
  }

  remainingS(job: number): number {
    return this.remaining[job]!;
  }

  occupancyS(job: number): number {
    return this.restartS[job]! + this.remaining[job]!;
  }

  adopt(job: number, rate: number): void {
    const ranS = this.jobs.ranS?.[job] ?? Number.NaN;
    this.remaining[job]! *= rate;
    this.total[job] = this.remaining[job]! + (ranS > 0 ? ranS * rate : 0);
  }

  start(job: number, nowS: number, rate: number): number {
    this.runStartS[job] = nowS;
    this.pauseS[job] = this.restartS[job]!;
    return this.beginSegment(job, nowS, rate);
  }

  changeRate(job: number, nowS: number, rate: number, pauseS = 0): number {
    const elapsedS = nowS - this.segmentStartS[job]!;
    this.remaining[job] = Math.max(0, this.remaining[job]! - this.progressS(job, nowS));
    this.pauseS[job] = Math.max(0, this.pauseS[job]! - elapsedS) + pauseS;
    return this.beginSegment(job, nowS, rate);
  }

  rateOf(job: number): number {
    return this.rate[job]!;
  }

  stop(job: number, nowS: number, cost: RestartCost = this.cost): void {
    const totalS = this.total[job]!;
    const doneS = totalS - this.remaining[job]! + this.progressS(job, nowS);
    const savedS = this.savedS(job, doneS, cost);
    this.occupied[job]! += nowS - this.runStartS[job]!;
    this.lost[job]! += doneS - savedS;
    this.remaining[job] = totalS - savedS;
    this.restartS[job] = cost.restartCostS;
    this.stopCount[job]!++;
  }

  finish(job: number, nowS: number): void {
    this.occupied[job]! += nowS - this.runStartS[job]!;
    this.remaining[job] = 0;
  }

  occupiedS(job: number): number {
    return this.occupied[job]!;
  }

  lastStartS(job: number): number {
    return this.runStartS[job]!;
  }

  lostS(job: number): number {
    return this.lost[job]!;
  }

  stops(job: number): number {
    return this.stopCount[job]!;
  }

  private beginSegment(job: number, nowS: number, rate: number): number {
    this.segmentStartS[job] = nowS;
    this.rate[job] = rate;
    if (rate === 0 && this.remaining[job]! > 0) return Infinity;
    const workingS = this.remaining[job] === 0 ? 0 : this.remaining[job]! / rate;
    return nowS + this.pauseS[job]! + workingS;
  }

  /** Work done in the segment up to now. */
  private progressS(job: number, nowS: number): number {
    const elapsedS = nowS - this.segmentStartS[job]!;
    return Math.max(0, elapsedS - this.pauseS[job]!) * this.rate[job]!;
  }

  private savedS(job: number, doneS: number, cost: RestartCost): number {
    if (cost.savesProgress === "at-preemption") return doneS;
    const intervalS = this.jobs.checkpointIntervalS?.[job] ?? Number.NaN;
    return intervalS > 0 ? Math.floor(doneS / intervalS) * intervalS : 0;
  }
}

/**
 * The accounts of a run.
 *
 * @param options.restart what stopping costs under the queue policy; absent when it never stops a job
 * @param options.changes something else stops jobs or changes their rates while they run
 */
export function createWorkBook(
  jobs: JobTable,
  options: { readonly restart: RestartCost | undefined; readonly changes: boolean },
): WorkBook {
  const { restart, changes } = options;
  if (restart === undefined && !changes) return new PlainWorkBook(jobs.durationS);
  const nobodyStops: RestartCost = { restartCostS: 0, savesProgress: "at-checkpoints" };
  return new SegmentedWorkBook(jobs, restart ?? nobodyStops);
}
