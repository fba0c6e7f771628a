import type { RequestLedger } from "../request-ledger.js";
import type { ServiceCounters } from "../service-counters.js";
import type { TokenGaps } from "./token-gaps.js";

/** What an engine shares with the service it is part of. */
export interface EngineContext {
  readonly ledger: RequestLedger;
  readonly gaps: TokenGaps;
  /** A request that has not been taken into a batch so long after its arrival leaves; never when undefined. Seconds. */
  readonly waitMaxS: number | undefined;
  /** Priority of a class: the higher goes first where the engine orders by it. */
  readonly priorities: readonly number[];
  /** Take every step by itself: slow, and the same result. */
  readonly isStepwise: boolean;
  /** Set when an engine told the service something that others may answer to: it goes no further by itself. */
  hasSent: boolean;
  /** A prompt is computed, and its cache waits to be fetched. */
  prefilled(request: number, timeS: number): void;
  /** The cache of a prompt will have arrived then, and is not needed any more where it came from. */
  fetched(request: number, timeS: number): void;
}

/** What a replica runs: one engine, several in parallel, or one on a pipeline of GPUs. */
export interface Engine {
  /** When the next step could begin. Seconds. */
  readonly nowS: number;
  /** End of the last step; 0 before the first. */
  readonly endS: number;
  /** When the next step begins unless something comes from outside; Infinity when only that can help. */
  readonly nextS: number;
  readonly steps: number;
  /** Decisions of the simulation; a stretch of equal decode steps is one. */
  readonly decisions: number;
  /** Requests running or waiting. */
  readonly outstanding: number;
  readonly waitingCount: number;
  readonly runningCount: number;
  /** Blocks of cache, and those in use. */
  readonly blocks: number;
  readonly usedBlocks: number;
  readonly counters: ServiceCounters;

  /** Takes a request in; every step that began before that time must have been run. */
  add(request: number, nowS: number): void;
  /** Runs every step that begins before the time. */
  runUntil(limitS: number): void;
  /** Blocks of a computed prompt are not needed from then on. */
  unparkAt(request: number, timeS: number): void;
  /** Takes a request that waits, or is being fetched, out of the engine. True when it was there. */
  withdraw(request: number): boolean;
  /**
   * The replica is lost: gives back the requests it has not answered by then, those that the step under way
   * would end included.
   */
  evacuate(nowS: number): number[];
  /** Whether requests with the adapter run, wait, or neither. */
  adapterUse(adapter: number): "active" | "waiting" | "none";
  /** Adapters of running and of waiting requests. */
  readonly adaptersInUse: number;
  readonly adaptersWaiting: number;
  /** @throws InvariantError when blocks are lost or held twice */
  checkInvariants(): void;
}
