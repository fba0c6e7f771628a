/** What a dispatcher may ask of the simulation. */
export interface Launcher {
  /** Simulated seconds. */
  readonly nowS: number;
  /** Starts the job now when there is room for all its workers; false when there is none. */
  tryStart(job: number): boolean;
  /** Why the last `tryStart` of a job of this demand class failed; index into the run's reasons. */
  refusalReason(demand: number): number;
  /** False when `tryStart` of a job of this demand class would certainly fail. Cheap. */
  mayFit(demand: number): boolean;
  /** Records that the job was tried and had no room. */
  refuse(job: number, reason: number): void;
  /** Remembers what a job that has just started had waited for. */
  waitedFor(job: number, reason: number): void;
  /** Index of a reason text; the same text gives the same index. */
  reasonIndex(reason: string): number;
}

/**
 * The waiting jobs of one lane (a partition with its own nodes, or the whole cluster), and the passes
 * that offer them to the placement in the order of a queue policy.
 */
export interface Dispatcher {
  /** Jobs waiting now. */
  readonly waiting: number;
  /** Takes a job into the queue; true when a decision is due at this instant. */
  submit(job: number): boolean;
  /** Room was freed in this lane; true when a decision is due at this instant. */
  released(): boolean;
  /** Starts what the policy starts now. */
  decide(): void;
  /** Calls `visit` with every waiting job and the reason (index) it waits for, in no set order. */
  forEachWaiting(visit: (job: number, reason: number) => void): void;
}
