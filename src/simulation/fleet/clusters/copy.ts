import type { FleetTimer } from "./fleet-clock.js";
import type { JobGroupSpec } from "./clusters-spec.js";

/** Nodes of a pool that hold the workers of a gang, one entry per worker. */
export interface GangPlace {
  readonly pool: number;
  readonly nodes: readonly number[];
}

/**
 * Where a copy stands: its data is on its way, it waits in the queue of a cluster, others are being stopped for
 * it, it holds its GPUs, its results are on their way, all is done, or it is no more.
 */
export type CopyState =
  "fetching" | "waiting" | "opening" | "admitted" | "sending" | "finished" | "gone";

/** Work that is to be done once, on whichever cluster. A job that goes to several clusters has several. */
export interface Entry {
  readonly id: number;
  readonly job: FleetJob;
  readonly copies: Copy[];
  winner: Copy | undefined;
  isDone: boolean;
  /** Work done that survives a stop, in seconds at speed 1. */
  safeWorkS: number;
  /** The only member from which it can go on; undefined where any can, as checkpoints lie elsewhere. */
  safeAt: number | undefined;
  hasRun: boolean;
  startS: number | undefined;
  lostTimer: FleetTimer | undefined;
  roundTimer: FleetTimer | undefined;
  /** Members in the order the entry was offered to them. */
  readonly nominated: number[];
  /** Members it is to be offered to once they can be reached again. */
  readonly waitingFor: number[];
  roundS: number;
  endS: number | undefined;
  lastGateS: number | undefined;
  gateTimer: FleetTimer | undefined;
}

/** A job of the fleet. */
export interface FleetJob {
  readonly id: number;
  readonly name: string;
  readonly group: JobGroupSpec;
  readonly groupIndex: number;
  readonly submitS: number;
  readonly workS: number;
  readonly entries: Entry[];
  /** Why nothing could be done with it yet. */
  reason: string | undefined;
  endS: number | undefined;
  stops: number;
  gpuSecondsLost: number;
  cost: number;
}

/** An entry in the queue or on the nodes of one member. */
export interface Copy {
  readonly id: number;
  readonly entry: Entry;
  readonly member: number;
  state: CopyState;
  queuedS: number;
  canPreempt: boolean;
  /** When it first could have preempted and might not. */
  gatedS: number | undefined;
  place: GangPlace | undefined;
  /** Since when it holds GPUs. */
  heldS: number;
  /** Copies that were stopped for it. */
  victims: number;
  victimGpuSecondsLost: number;
  /** Begins when its GPUs are free of those that were stopped for it. */
  openTimer: FleetTimer | undefined;
  run: CopyRun | undefined;
  finishedS: number | undefined;
  /** The hub gave it up while it could not be reached. */
  isOrphan: boolean;
  /** Datasets it holds in the cluster's storage. */
  readonly holdsInputs: number[];
  readonly holdsGpuS: { total: number };
}

/** Work of a copy in progress. */
export interface CopyRun {
  /** Undefined while data is on its way. */
  workFromS: number | undefined;
  doneAtStartS: number;
  speed: number;
  endTimer: FleetTimer | undefined;
  checkpointTimer: FleetTimer | undefined;
  /** Since when it writes a checkpoint before it leaves a drained node: no work is done any more. */
  pausedS: number | undefined;
  /** Called when a checkpoint counts, for a run that is to leave then. */
  atCheckpoint: (() => void) | undefined;
}

/** Name under which figures, tables and moves know jobs of a group. */
export function kindOf({ kind, name }: JobGroupSpec): string {
  return kind ?? name;
}

/** GPUs a gang holds. */
export function gpusOf({ workers, gpusPerWorker }: JobGroupSpec): number {
  return workers * gpusPerWorker;
}
