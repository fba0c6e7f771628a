import type { ClusterSpec } from "../../cluster/spec.js";
import type { EventId } from "../../engine/types.js";
import type { RandomStream } from "../../engine/streams.js";
import type { JobTable } from "../../workload/job-table.js";
import type { RateFactor } from "./gang-rates.js";

/**
 * Something that happens to the cluster while jobs run: failures and repairs, maintenance, rollouts.
 *
 * A process schedules moments and acts in them through `ClusterControl`; it never touches the queue or the
 * placement itself. Nodes are numbered as in the cluster spec, GPUs within their node, jobs as in the job
 * table.
 *
 * Rules of time: a moment comes in the release phase of its instant, together with the ends of jobs, in
 * order of scheduling (a job whose end was scheduled before a failure of the same instant has ended).
 * What a process frees or takes is seen by the one decision of that instant. When the last job is done, the
 * moments still scheduled are dropped, so a process may renew itself for ever.
 */
export interface ClusterProcess {
  /** Different from every other process of the run; names its random streams and its reasons. */
  readonly name: string;
  /** How the process slows gangs down, when it does: health of a node, a degraded link. */
  readonly rates?: RateFactor;
  /** Called once, before anything has happened. Time is 0, or the start of the run. */
  start(control: ClusterControl): void;
  /** A moment scheduled with this code has come. */
  happens(code: number): void;
  /**
   * The last job has left a node that this process holds out of service, or nobody was on it when it was
   * taken: a moment of its own in the same instant. Not called for single GPUs. In a pool, which has no
   * places, a node counts as left as soon as it is taken.
   */
  nodeEmptied?(node: number): void;
  /** A job that this process has submitted starts, in the decision of the instant: room is taken, nothing else may be done here but scheduling. */
  jobStarted?(job: number): void;
  /**
   * A job that this process has submitted was stopped by somebody else and waits again in its queue:
   * another process, or a job that goes first. Nothing may be done here but scheduling.
   *
   * @param reason as in `StopTerms.reason`
   */
  jobStopped?(job: number, reason: string): void;
  /**
   * Everything that was due at this instant has happened, the queues were walked: called once at the end of
   * every instant in which something changed. The process may schedule moments here and nothing else.
   *
   * @param forEachWaiting calls with every job that waits for room, in no set order
   */
  settled?(forEachWaiting: (visit: (job: number) => void) => void): void;
}

/**
 * What happens to a node's capacity while it is out of service: the name of its class in idle capacity.
 * `reserved` is in order and stands by.
 */
export type OutState = "failed" | "drained" | "reserved";

/** What a job keeps and pays when a process stops it. */
export interface StopTerms {
  /** Shown as why the job waits, such as "stopped: node failed"; few distinct texts over a run. */
  readonly reason: string;
  /**
   * `at-checkpoints`: it falls back to its last whole checkpoint interval, and to the beginning when it
   * writes none (`JobTable.checkpointIntervalS`). `at-preemption`: it is saved now and loses nothing.
   */
  readonly savesProgress: "at-checkpoints" | "at-preemption";
  /** Seconds the job occupies its GPUs at its next start before it makes progress, ≥ 0. */
  readonly restartCostS: number;
}

/** What a process may do. All of it takes effect at once, at the present instant. */
export interface ClusterControl {
  /** Simulated seconds. */
  readonly nowS: number;
  readonly cluster: ClusterSpec;
  readonly jobs: JobTable;
  /** False for a pool: nobody knows which node a job is on. */
  readonly hasPlaces: boolean;
  /** A stream of random numbers of this process: the same name gives the same numbers for the same seed. */
  stream(name: string): RandomStream;

  /** Calls `happens(code)` at that time, now or later. @param code a 32-bit integer */
  schedule(timeS: number, code: number): EventId;
  /** True when the moment was still to come. */
  cancel(moment: EventId): boolean;

  /**
   * Takes a node out of service for this process: nothing starts on it, what is free on it is counted as
   * `state`. Jobs on it go on; `stopJobsOn` stops them. A node is in service when no process holds it; the
   * worst state of those that do counts, failed before drained before reserved. Taking it again changes the state.
   */
  take(node: number, state: OutState): void;
  /** Gives the node back, as far as this process is concerned. Harmless when it does not hold it. */
  restore(node: number): void;
  /** Like `take`, always as failed, for GPUs of a node: the rest of the node stays in service. */
  takeGpus(node: number, gpus: readonly number[]): void;
  restoreGpus(node: number, gpus: readonly number[]): void;
  /** The state of a node over all processes; undefined when it is in service. */
  stateOf(node: number): OutState | undefined;

  /** Running jobs with a part on the node (on one of the GPUs, when given), in order of the job table; none in a pool. */
  jobsOn(node: number, gpus?: readonly number[]): readonly number[];
  /**
   * Stops every job on the node (on one of the GPUs): the whole gang goes, and waits again as if it had
   * just been submitted, at the place that its queue policy gives it. Returns the jobs.
   *
   * In a pool the GPUs hit are drawn from all that are in service, each as likely as the other, and the
   * jobs that hold one of them are stopped: call it before `take`.
   */
  stopJobsOn(node: number, terms: StopTerms, gpus?: readonly number[]): readonly number[];
  /** Stops one running job. */
  stopJob(job: number, terms: StopTerms): void;
  isRunning(job: number): boolean;
  /** Start of a running job's present run. Seconds. */
  startedS(job: number): number;
  /** Work a job has done and lost again so far, in seconds at full speed. */
  lostS(job: number): number;

  /**
   * Puts a managed row of the job table (`BatchSpec.managedFrom`) into its queue, for this process; again
   * after `endJob`. It keeps the place that its `submitS` gives it among the jobs of its queue.
   *
   * @returns why it could not even run on the empty cluster; undefined when it is in its queue
   */
  submit(job: number): string | undefined;
  /** Ends a job that this process has submitted, wherever it stands: it gives its room up, or leaves its queue. */
  endJob(job: number): void;
  /** Nodes of a running job, once per worker; none in a pool. */
  nodesOf(job: number): readonly number[];
  /** Lets the run go on although every job of the table has ended, until `release` is called as often. */
  hold(): void;
  release(): void;
}

/** What a process is made from, once per run. */
export interface ProcessContext {
  readonly cluster: ClusterSpec;
  readonly jobs: JobTable;
}

/** Makes a process with the state of one run. */
export type ClusterProcessEntry = (context: ProcessContext) => ClusterProcess;
