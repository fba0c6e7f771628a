/** Why an upgrade ended. */
export type UpgradeEnd =
  /** Every node has the new version. */
  | "done"
  /** Every node has the new version but those that could not be drained. */
  | "done-with-blocked-nodes"
  /** A node could not be drained in its time: nothing goes on until a person acts. */
  | "stopped"
  /** It could not begin: the nodes it needs beside the pool cannot be had. */
  | "refused"
  /** It was still going on when the time looked at was over. */
  | "unfinished";

/** The pool from one moment to the next. GPUs are whole ones; MIG slices count by their share of the compute. */
export interface CapacityStep {
  readonly atS: number;
  /** Nodes on which pods can be placed. */
  readonly openNodes: number;
  readonly openGpus: number;
  /** GPUs held by pods, ending ones included, also on nodes that take no more. */
  readonly heldGpus: number;
  /** GPUs asked for by pods that have no place. */
  readonly waitingGpus: number;
}

/** When a node took no pods. */
export interface ClosedWindow {
  readonly node: string;
  readonly fromS: number;
  /** Infinity where it did not open again. */
  readonly toS: number;
  readonly reason: "upgrade" | "blocked";
}

/** What the upgrade did to one service. */
export interface ServiceUpgradeResult {
  readonly name: string;
  readonly need: number;
  /** Fewest ready replicas at any moment. */
  readonly readyMin: number;
  /** Time with fewer ready replicas than needed. Seconds. */
  readonly missS: number;
  /** Times at which it fell below its need. */
  readonly misses: number;
  readonly evictions: number;
  /** Ready replicas from one moment to the next. */
  readonly ready: readonly { readonly atS: number; readonly replicas: number }[];
}

/** What the upgrade did to jobs of one kind. */
export interface JobsUpgradeResult {
  readonly name: string;
  readonly jobs: number;
  /** Times a job was ended by the upgrade, the same one twice included. */
  readonly stops: number;
  /** Of those, after a checkpoint: no work was lost. */
  readonly savedStops: number;
  /** Jobs that were ended at least once. */
  readonly jobsStopped: number;
  /** Work done again. GPU-hours. */
  readonly lostGpuHours: number;
  /** Held without new work: starting again. GPU-hours. */
  readonly restartGpuHours: number;
  /** Not running for want of a place. GPU-hours. */
  readonly waitingGpuHours: number;
}

/** One thing that happened. */
export interface UpgradeEvent {
  readonly atS: number;
  readonly what: string;
}

/** What an upgrade came to. */
export interface UpgradeResult {
  readonly pool: string;
  readonly end: UpgradeEnd;
  /** In one sentence; names the node and the pods that stood in the way. */
  readonly why: string;
  /** From the start until the last node was done or removed, or until it stopped. Seconds. */
  readonly durationS: number;
  readonly nodesChanged: number;
  readonly nodes: number;
  readonly blockedNodes: readonly string[];
  /** Nodes that were really added. */
  readonly surgeNodes: number;
  /** How nodes were taken, after quota had its say. */
  readonly course: "surge" | "surge-of-one" | "in-place" | "blue-green" | "none";
  /** GPUs on open nodes before the upgrade. */
  readonly openGpusBefore: number;
  readonly openGpusMin: number;
  /** GPUs that were missing against before, over time; a surplus does not count back. GPU-hours. */
  readonly capacityLostGpuHours: number;
  readonly stops: number;
  readonly lostGpuHours: number;
  readonly restartGpuHours: number;
  /** Of services and jobs, for want of a place. GPU-hours. */
  readonly waitingGpuHours: number;
  /** Of all services, one after the other. Seconds. */
  readonly missS: number;
  /** No service below its need, nothing without a place, every node done. Jobs may have been stopped. */
  readonly isPainless: boolean;
  /** False where a service stands on the pool of which nobody said how many replicas it needs. Absent: true. */
  readonly isNeedKnown?: boolean;
  readonly capacity: readonly CapacityStep[];
  readonly closed: readonly ClosedWindow[];
  readonly services: readonly ServiceUpgradeResult[];
  readonly jobs: readonly JobsUpgradeResult[];
  /** In order of time, as far as 500. */
  readonly events: readonly UpgradeEvent[];
  readonly eventsLeftOut: number;
  /** What had no place before the upgrade began. */
  readonly waitingBefore: readonly string[];
}
