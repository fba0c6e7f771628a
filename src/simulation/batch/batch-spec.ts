import type { ClusterSpec } from "../../cluster/spec.js";
import type { QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import type { QueuePolicySpec } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import type { TopologyRequest } from "../../workload/topology-request.js";
import type { ClusterProcessEntry } from "./cluster-process.js";
import type { RateFactorEntry } from "./gang-rates.js";
import type { JobTerms } from "./job-terms.js";
import type { MigTotals } from "./mig-meter.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { BatchRecords } from "./records.js";
import type { UtilizationTotals } from "./utilization-recorder.js";

/** What a run may be stopped by, besides having nothing left to do. */
export interface BatchLimits {
  /** Simulated seconds; absent runs until the last job has ended. */
  readonly untilS?: number;
  /** Most events; a run without this limit could be endless. */
  readonly eventsMax: number;
}

/** What is observed beyond the records. */
export interface BatchObservation {
  /** Sort idle GPU capacity into classes over time; costs time. Default false. */
  readonly idleClasses?: boolean;
  /** Most rows of the utilization series, at least 4; default 20 000. */
  readonly seriesRowsMax?: number;
  /** Recompute every derived number of the cluster at every instant; for tests, very slow. Default false. */
  readonly checkInvariants?: boolean;
}

/** One batch simulation: everything it depends on. Equal specs give equal runs. */
export interface BatchSpec extends JobTerms {
  readonly cluster: ClusterSpec;
  readonly jobs: JobTable;
  /**
   * Rows of the table from here on are submitted and ended by processes (`ClusterControl.submit`), never by
   * their times; such as replicas of a service. The run does not wait for them. Absent: there are none.
   */
  readonly managedFrom?: number;
  readonly queue: QueuePolicySpec;
  readonly placement: PlacementSpec;
  /**
   * `own`: every partition has its own nodes and its own queue. `shared`: partitions are only labels.
   * Default `own` when a node of the cluster names a partition, else `shared`.
   */
  readonly partitions?: "own" | "shared";
  /** How close together workers must be of jobs that do not say it themselves; absent: anywhere. */
  readonly topology?: TopologyRequest;
  /**
   * Quotas for the queue policy `fair-share`, which alone looks at them; queues are named like tenants or
   * partitions. Absent: every tenant has an equal share, borrows what is idle and takes its own back.
   */
  readonly quotas?: QuotaSpec;
  /** What else decides how fast gangs work where they are; rates multiply. */
  readonly rates?: readonly RateFactorEntry[];
  /** What happens to the cluster while jobs run: failures, maintenance, rollouts. */
  readonly processes?: readonly ClusterProcessEntry[];
  /** Root of every random stream; used by placements that draw. */
  readonly seed: number;
  readonly limits: BatchLimits;
  readonly observe?: BatchObservation;
}

/** What became of a job, in the order of the codes in `BatchRun.outcome`. */
export const OUTCOMES = [
  "not-submitted",
  "waiting",
  "running",
  "completed",
  "never-placeable",
] as const;

/** What became of a job by the end of the run. */
export type Outcome = (typeof OUTCOMES)[number];

/** Codes of the outcomes, for the hot path. */
export const OUTCOME = {
  notSubmitted: 0,
  waiting: 1,
  running: 2,
  completed: 3,
  neverPlaceable: 4,
} as const;

/** One worker (or, for `consolidate`, one node's part) of a placed job. */
export interface PlacedPart {
  /** Index into the nodes of the cluster spec. */
  readonly node: number;
  /** Indexes within the node. */
  readonly gpus: readonly number[];
}

/** Columns over time. Row i holds until row i+1; equal to the report's utilization series. */
export interface BatchSeries {
  readonly timeS: Float64Array;
  readonly gpuMilliAllocated: Float64Array;
  readonly jobsQueued: Int32Array;
  readonly jobsRunning: Int32Array;
  /** Thousandths of a GPU idle in each class; empty unless idle classes were observed. */
  readonly idleMilliByClass: Readonly<Record<string, Float64Array>>;
}

/** What stopping jobs did, by row of the job table. */
export interface BatchPreemption {
  /** Times the job was stopped before its end. */
  readonly stops: Int32Array;
  /** Seconds the job occupied its GPUs, restarts and lost work included. */
  readonly occupiedS: Float64Array;
  /** Seconds of work done and lost again. */
  readonly lostS: Float64Array;
}

/** What jobs of varying size held, by row of the job table. */
export interface BatchElastic {
  /** Times the job changed its number of workers while it ran. */
  readonly resizes: Int32Array;
  /** GPU-seconds the job has held in all its runs, those of a run that is not over up to the end of the simulation. */
  readonly gpuSeconds: Float64Array;
  isElastic(job: number): boolean;
}

/** What MIG layouts left unused over a whole run, and how often they changed. */
export interface BatchMig extends MigTotals {
  readonly repartitions: number;
  /** GPU-hours that the changes took; draining before them is not counted. */
  readonly gpuHoursRepartitioning: number;
  /** Workers' instances that jobs started on, by profile. */
  readonly startsByProfile: ReadonlyMap<string, number>;
}

/**
 * Everything one run gave. Columns have one entry per row of the job table; managed rows count as not
 * submitted in them, and only records, placements and GPUs in use know of them.
 */
export interface BatchRun {
  readonly jobs: JobTable;
  /** Managed rows; absent when there are none. */
  readonly managed?: {
    readonly from: number;
    /** As `waitReason`, for rows from `from` on: why each could not start when it was last looked at. */
    readonly waitReason: Int32Array;
  };
  /** First start. Seconds; NaN for a job that never started. */
  readonly startS: Float64Array;
  /** Seconds; NaN for a job that did not complete. */
  readonly endS: Float64Array;
  /** Index into OUTCOMES. */
  readonly outcome: Uint8Array;
  /**
   * Index into `reasons`, or -1: why a job that waited could not start when it was last looked at, or
   * why a job can never be placed.
   */
  readonly waitReason: Int32Array;
  readonly reasons: readonly string[];
  /**
   * Who holds the GPUs of the nodes for which a job waited when the run stopped, largest first, such as
   * "vision 64 GPUs (4 jobs)"; undefined for a job that did not wait then, and when nobody holds any.
   */
  holdersFor?(job: number): string | undefined;
  /** Stops and what they cost; absent when no job was stopped. */
  readonly preemption?: BatchPreemption;
  /** Absent when every job ran with the workers it asked for. */
  readonly elastic?: BatchElastic;
  /** What MIG layouts did; absent without MIG nodes, and when idle classes were not observed. */
  readonly mig?: BatchMig;
  /** Where a job ran last; empty for a job that never started and for a pool, which has no places. */
  placementOf(job: number): readonly PlacedPart[];
  readonly records: BatchRecords;
  readonly series: BatchSeries;
  /** Exact integrals and maxima; quantities in the order of UTILIZATION_QUANTITIES, then the idle classes. */
  readonly utilization: UtilizationTotals;
  readonly idleClassNames: readonly string[];
  /** GPU capacity of the cluster, in thousandths of a GPU. */
  readonly gpuMilliTotal: number;
  /** What the reader of the results must know, in full sentences. */
  readonly warnings: readonly string[];
  /** First submission; the start of every average over time. Seconds. */
  readonly startOfTraceS: number;
  /** Time of the last event, or `untilS` after a time limit. Seconds. */
  readonly endOfRunS: number;
  readonly stopReason: "drained" | "time-limit" | "event-limit";
  readonly eventsHandled: number;
}

/** The quantities every run records over time, in this order. */
export const UTILIZATION_QUANTITIES = ["gpuMilliAllocated", "jobsQueued", "jobsRunning"] as const;
