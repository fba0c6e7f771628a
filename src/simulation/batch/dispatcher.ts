import type { GangParts } from "../../policy/gang/types.js";

/** What a dispatcher may ask of the simulation. */
export interface Launcher {
  /** Simulated seconds. */
  readonly nowS: number;
  /** Starts the job now when there is room for all its workers; false when there is none. */
  tryStart(job: number): boolean;
  /** Like `tryStart`, with the workers the job asks for and beside all that runs: nobody shrinks for it. */
  tryStartAsAsked(job: number): boolean;
  /**
   * True when the job is over a limit of its tenant, user or array, whatever room there is: it leaves the queue
   * and is submitted again when enough of the limit is free. To be asked before every first try of a job.
   */
  setsAside(job: number): boolean;
  /** Why the last `tryStart` of a job of this demand class failed; index into the run's reasons. */
  refusalReason(demand: number): number;
  /** False when `tryStart` of a job of this demand class would certainly fail. Cheap. */
  mayFit(demand: number): boolean;
  /** Records that the job was tried and had no room. */
  refuse(job: number, reason: number): void;
  /** Remembers what a job that has just started had waited for. */
  waitedFor(job: number, reason: number): void;
  /** Where a running job is, in nodes of its lane; valid until the next start. */
  partsOf(job: number): GangParts;
  /** Index of a reason text; the same text gives the same index. */
  reasonIndex(reason: string): number;
}

/** What a dispatcher that stops jobs may ask besides. */
export interface PreemptingLauncher extends Launcher {
  /** When a running job will end if it is left alone. Seconds. */
  endOfRunningS(job: number): number;
  /** Seconds a waiting job would occupy GPUs if started now, restart included. */
  occupancyS(job: number): number;
  /** Start of a running job's present run. Seconds. */
  startedS(job: number): number;
  /** Seconds the job has occupied GPUs so far. */
  occupiedS(job: number): number;
  /** False when the trace says that the job must not be stopped. */
  mayBeStopped(job: number): boolean;
  /** Takes a running job's room away for a trial; `reseat` or `stop` must follow. */
  vacate(job: number): void;
  /** Gives a vacated job its old room back; false when some of it is taken. */
  reseat(job: number): boolean;
  /** Ends the trial of a vacated job: it is stopped and waits again. */
  stop(job: number, reason: number): void;
  /** Calls `Dispatcher.timer` for the job at that time; a job has one timer, a new one replaces it. */
  setTimer(job: number, timeS: number): void;
  /** Forgets the job's timer, if it has one. */
  clearTimer(job: number): void;
}

/**
 * The waiting jobs of one lane (a partition with its own nodes, or the whole cluster), and the passes
 * that offer them to the placement in the order of a queue policy.
 */
export interface Dispatcher {
  /** Jobs waiting now. */
  readonly waiting: number;
  /** Why the job could not even start in an empty cluster, where that is not a matter of room; else undefined. */
  whyNever?(job: number): string | undefined;
  /** Takes a job into the queue; true when a decision is due at this instant. */
  submit(job: number): boolean;
  /** The job runs since before the run began, without a decision of this dispatcher; absent where that does not matter. */
  adopt?(job: number): void;
  /** The job ended and freed its room in this lane; true when a decision is due at this instant. */
  released(job: number): boolean;
  /** A running job was stopped by something else than this dispatcher and waits again; true as for `submit`. */
  interrupted(job: number): boolean;
  /** Capacity of the lane went out of service or came back; true when a decision is due at this instant. */
  capacityChanged(): boolean;
  /** The end of a running job moved, because its rate changed; true when a decision is due at this instant. */
  endMoved?(job: number): boolean;
  /** Starts what the policy starts now. */
  decide(): void;
  /** Calls `visit` with every waiting job and the reason (index, or -1) it waits for, in no set order. */
  forEachWaiting(visit: (job: number, reason: number) => void): void;
  /** The job's timer has come; true when a decision is due at this instant. */
  timer?(job: number): boolean;
}
