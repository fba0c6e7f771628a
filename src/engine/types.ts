/** Order of work at one instant: frees come before arrivals, decisions after both, samples last. */
export const PHASES = ["release", "arrive", "decide", "sample"] as const;

/** One of the four steps of an instant. */
export type Phase = (typeof PHASES)[number];

/** Handle of a kind of event, made by `defineEvent`. */
export type EventKind = number & { readonly __brand: "EventKind" };

/** Handle of one scheduled event; a plain number, so that scheduling allocates nothing. */
export type EventId = number & { readonly __brand: "EventId" };

/** Both limits are required: there is no endless run. */
export interface RunLimits {
  /** Events later than this stay in the queue. Seconds, not before now; Infinity for no limit. */
  readonly untilS: number;
  /** Events this run may handle. */
  readonly eventsMax: number;
  /** Rounds that one instant may open before the run is declared a cycle; 1000 when absent. */
  readonly roundsPerInstantMax?: number;
  /**
   * Events that one instant may both schedule and handle before the run is declared a cycle;
   * 10 million when absent. Finds cycles that stay in one round.
   */
  readonly eventsPerInstantMax?: number;
}

/** Why a run ended. */
export interface RunOutcome {
  readonly reason: "drained" | "time-limit" | "event-limit";
  /** Where the clock stands: the last handled event, or `untilS` after a time limit. Seconds. */
  readonly endS: number;
  /** Events this run handled. */
  readonly eventsHandled: number;
}

/**
 * The simulated clock and the queue of what happens next. Knows nothing of GPUs or jobs.
 *
 * Total order: (timeS, round, phase, insertion number). An event scheduled for the present instant
 * in an earlier phase than the one being handled opens a new round of that instant.
 */
export interface Engine {
  /** Seconds; 0 at first. */
  readonly nowS: number;
  /** Events handled by all runs together, the one being handled included. */
  readonly eventsHandled: number;
  /** Events scheduled and not yet handled or cancelled. */
  readonly pendingCount: number;
  /** Registers a kind of event: its name in diagnostics, its phase, and what it does with its payload. */
  defineEvent(name: string, phase: Phase, handler: (payload: number) => void): EventKind;
  /**
   * Schedules one event. Allocates nothing.
   *
   * @param timeS seconds; now is allowed
   * @param payload a 32-bit integer handed to the handler (a job, node or timer index)
   * @throws RangeError when timeS is before now, NaN or infinite, the payload is no 32-bit integer,
   *   or more than 67 million events are pending
   */
  schedule(kind: EventKind, timeS: number, payload: number): EventId;
  /** True when the event was still pending; calling it again is harmless and returns false. */
  cancel(id: EventId): boolean;
  /**
   * Runs until the queue is empty or a limit is met; may be called again to go on.
   *
   * What a handler throws comes out of here; its event counts as handled and the rest stay pending.
   *
   * @throws RangeError when a limit makes no sense
   * @throws EngineCycleError when events keep an instant from ending
   */
  run(limits: RunLimits): RunOutcome;
}
