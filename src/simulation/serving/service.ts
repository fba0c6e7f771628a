import type { RequestLedger, ServiceRequest } from "./request-ledger.js";
import type { TokenGaps } from "./engine/token-gaps.js";
import type { ServiceCounters } from "./service-counters.js";
import type { ReplicaSpec } from "./serving-spec.js";

export type { ServiceCounters };

/**
 * A service: replicas that come and go, a router before them, and the requests they answer.
 *
 * Time only goes forward: no call may name a time before that of an earlier one. Between calls replicas are
 * brought up to date only as far as anybody looks, so a call for each request is cheap.
 *
 * A step that has begun is carried out: what is reported at a time includes the step under way.
 */
export interface Service {
  /** The latest time any call named. Seconds. */
  readonly nowS: number;
  /** All requests so far, by the numbers `arrive` returned. */
  readonly ledger: RequestLedger;
  /** Times between one token of a request and the next. */
  readonly gaps: TokenGaps;

  /**
   * A replica is ready. Requests held back because there was none go to it at once, in order of arrival.
   *
   * @returns its number; numbers are never used again
   */
  addReplica(spec: ReplicaSpec, nowS: number): number;
  /** No new requests for the replica; it ends what it has. Its gauges tell when it is empty. */
  drainReplica(replica: number, nowS: number): void;
  /** Forgets a drained replica that is empty. @throws InvariantError when it is not */
  removeReplica(replica: number, nowS: number): void;
  /**
   * The replica is gone now. Its requests, those of the step under way included, are routed again and begin
   * from scratch, in order of arrival; their latencies go on from when they first came.
   *
   * @returns how many were routed again
   */
  loseReplica(replica: number, nowS: number): number;

  /**
   * A request comes, at its `arrivalS`. Held at the gateway while no replica is ready, and its time to first
   * token includes that.
   *
   * @returns its number in the ledger
   */
  arrive(request: ServiceRequest): number;
  /** Carries out everything that begins before the time; `Infinity` ends all that can end. */
  runUntil(timeS: number): void;
  /** What can be read off a service at a time, after everything that begins before it. */
  gauges(timeS: number): ServiceGauges;
  /** What the simulation did so far, over all replicas there ever were. */
  engineTotals(): EngineTotals;
}

/** What a simulation of engines did. */
export interface EngineTotals {
  readonly steps: number;
  /** Decisions; a stretch of equal decode steps is one. */
  readonly decisions: number;
  /** End of the last step. Seconds. */
  readonly endS: number;
}

/** What anybody can read off a replica. */
export interface ReplicaGauges {
  readonly replica: number;
  readonly isDraining: boolean;
  /** Requests in the engine's queue, and those it computes. */
  readonly waiting: number;
  readonly running: number;
  /** Blocks of cache in use over all, 0 to 1. */
  readonly cacheShare: number;
  /** Sent there and not answered. */
  readonly outstanding: number;
  /** End of its last step when nothing is left to do; undefined while it has work. Seconds. */
  readonly idleSinceS: number | undefined;
  readonly counters: ServiceCounters;
}

/** What anybody can read off a service. */
export interface ServiceGauges {
  readonly timeS: number;
  /** Requests at the gateway for which no replica is ready. */
  readonly held: number;
  /** Sums over the replicas that are not removed. */
  readonly waiting: number;
  readonly running: number;
  /** Mean over the replicas that are not draining; 0 when there is none. */
  readonly cacheShare: number;
  /** Replicas that take new requests. */
  readonly ready: number;
  /** In order of their numbers, drained ones included until they are removed. */
  readonly replicas: readonly ReplicaGauges[];
  /** Over all replicas there ever were. */
  readonly counters: ServiceCounters;
}
