import type { AutoscalerSpec } from "../../policy/autoscaling/autoscaler.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { RequestLedger } from "../serving/request-ledger.js";
import type { ReplicaSpec, ServiceSpec, ServingRun } from "../serving/serving-spec.js";
import type { ColdStart, PhaseTaken } from "./cold-start.js";

/** A service in a cluster: what it answers, how many replicas it may have, and how they start. */
export interface DeployedService {
  readonly name: string;
  /** Arrivals count from second 0 of the run. */
  readonly requests: RequestTable;
  /**
   * When each request came from its user, where it went through stages before this service: latencies count from
   * then. Never falling, never after its arrival. Seconds.
   */
  readonly cameS?: Float64Array;
  readonly serving: Omit<ServiceSpec, "requestsExpected">;
  readonly replicas: {
    readonly min: number;
    readonly max: number;
    /** At second 0. */
    readonly initial: number;
  };
  /** Managed rows of the job table: one for each replica that may exist, those that end their last requests included. */
  readonly rows: { readonly first: number; readonly count: number };
  /** What a replica on these nodes is; none in a pool. */
  readonly replicaOn: (nodes: readonly number[]) => ReplicaSpec;
  readonly weightBytes: number;
  readonly coldStart: ColdStart;
  /** The replicas of second 0 take requests as soon as they have their place: the service ran before. */
  readonly startsWarm: boolean;
  /** Absent: the initial replicas stay. */
  readonly autoscaler?: AutoscalerSpec;
  /** Age of the figures an autoscaler sees. Seconds. */
  readonly scrapeDelayS: number;
  /** A replica that is to go has so long to end its requests; then they begin again elsewhere. Seconds. */
  readonly graceS: number;
  /** How long unanswered requests may stand still after the last arrival before the run no longer waits for them. Seconds. */
  readonly patienceS: number;
}

/** One stay of a replica in the cluster: from the wish for it to its end. Times in seconds, NaN where not reached. */
export interface ReplicaLife {
  /** Row in the job table. */
  readonly row: number;
  readonly wantedS: number;
  readonly placedS: number;
  readonly readyS: number;
  /** No new requests from then on. */
  readonly drainedS: number;
  readonly endS: number;
  /** Why it ended; empty while it stands. */
  readonly ended: string;
  readonly nodes: readonly number[];
  readonly phases: readonly PhaseTaken[];
  /** GPUs it holds, a fraction for a share or an instance. */
  readonly gpus: number;
}

/** The service at looks of its process; columns of one length. */
export interface ServiceSeries {
  readonly timeS: Float64Array;
  /** Requests that came up to then. */
  readonly arrived: Float64Array;
  readonly held: Float64Array;
  readonly waiting: Float64Array;
  readonly running: Float64Array;
  /** Replicas: wanted, with GPUs, taking requests. */
  readonly wanted: Float64Array;
  readonly placed: Float64Array;
  readonly ready: Float64Array;
  /** Mean share of cache blocks in use over ready replicas, 0..1. */
  readonly cacheShare: Float64Array;
}

/** What became of a service. */
export interface ServiceOutcome {
  readonly name: string;
  readonly ledger: RequestLedger;
  /** Latencies and outcomes of all requests that came. */
  readonly run: ServingRun;
  /** 1 for a request that came while no replica was ready. By number in the ledger. */
  readonly metColdStart: Uint8Array;
  /** Requests that began again because their replica was gone. */
  readonly restarts: number;
  readonly lives: readonly ReplicaLife[];
  readonly series: ServiceSeries;
  /** Why a replica can never run on this cluster; absent when it can. */
  readonly refusal?: string;
  /** The run did not wait for requests that stood still. */
  readonly gaveUp: boolean;
  /** Requests of the table that had not come when the run ended. */
  readonly notArrived: number;
}
