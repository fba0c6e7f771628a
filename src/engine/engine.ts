import { CauseTrace, NO_CAUSE } from "./cause-trace.js";
import { EngineCycleError } from "./engine-cycle-error.js";
import { EventQueue } from "./event-queue.js";
import {
  AT_INSTANT,
  CANCELLED,
  END,
  EventRecords,
  KIND,
  ORDER,
  PAYLOAD,
  RECORD_DOUBLES,
  RECORD_WORDS,
  TIME,
} from "./event-records.js";
import { InstantQueue } from "./instant-queue.js";
import {
  type Engine,
  type EventId,
  type EventKind,
  type Phase,
  PHASES,
  type RunLimits,
  type RunOutcome,
} from "./types.js";

const ROUNDS_PER_INSTANT_MAX = 1000;
const EVENTS_PER_INSTANT_MAX = 10_000_000;
/** How long before a limit causes begin to be recorded; many turns of any likely cycle. */
const TRACED_ROUNDS = 64;
const TRACED_EVENTS = 4096;
/** Two bits of phase above 51 bits of insertion number fill the 53 of a double. */
const SEQUENCES_MAX = 2251799813685248;

/** Creates an engine at time 0 with no events. */
export function createEngine(): Engine {
  return new QueueEngine();
}

class QueueEngine implements Engine {
  eventsHandled = 0;
  pendingCount = 0;
  private readonly records = new EventRecords();
  private readonly queue = new EventQueue(this.records);
  private readonly instant = new InstantQueue(this.records);
  private readonly trace = new CauseTrace();
  private readonly names: string[] = [];
  private readonly phases: number[] = [];
  private readonly handlers: ((payload: number) => void)[] = [];
  /** [nowS, next insertion number]; in an array, so that writing allocates nothing. */
  private readonly clock = new Float64Array(2);
  private phase = 0;
  private round = 0;
  /** Events of the present instant that were also scheduled within it. */
  private eventsOfInstant = 0;
  private roundsMax = ROUNDS_PER_INSTANT_MAX;
  private eventsPerInstantMax = EVENTS_PER_INSTANT_MAX;
  private running = false;

  get nowS(): number {
    return this.clock[0]!;
  }

  defineEvent(name: string, phase: Phase, handler: (payload: number) => void): EventKind {
    const phaseIndex = PHASES.indexOf(phase);
    if (phaseIndex < 0) {
      throw new RangeError(
        `engine: phase must be one of ${PHASES.join(", ")}, got ${String(phase)}`,
      );
    }
    this.names.push(name);
    this.phases.push(phaseIndex);
    return (this.handlers.push(handler) - 1) as EventKind;
  }

  schedule(kind: EventKind, timeS: number, payload: number): EventId {
    const clock = this.clock;
    const nowS = clock[0]!;
    const phase = this.phases[kind];
    if (!(timeS >= nowS && timeS < Infinity) || phase === undefined || (payload | 0) !== payload) {
      throw this.refusal(kind, timeS, payload);
    }
    const records = this.records;
    const slot = records.take();
    records.words[slot * RECORD_WORDS + KIND] = kind;
    records.words[slot * RECORD_WORDS + PAYLOAD] = payload;
    this.pendingCount++;
    if (timeS === nowS) {
      // Before the first event of an instant this.phase is 0, so everything joins its first round.
      this.instant.append(slot, phase, phase < this.phase, this.trace.current);
    } else {
      records.doubles[slot * RECORD_DOUBLES + TIME] = timeS;
      records.doubles[slot * RECORD_DOUBLES + ORDER] = phase * SEQUENCES_MAX + clock[1]!++;
      this.queue.push(slot);
    }
    return records.idOf(slot);
  }

  cancel(id: EventId): boolean {
    const { records } = this;
    const slot = records.slotOf(id);
    if (slot === END) return false;
    records.endUse(slot);
    this.pendingCount--;
    if (records.doubles[slot * RECORD_DOUBLES + TIME] === AT_INSTANT) {
      this.instant.remove(slot);
      records.free(slot);
    } else {
      records.words[slot * RECORD_WORDS + KIND] = CANCELLED;
      this.queue.noteCancelled(this.pendingCount);
    }
    return true;
  }

  run(limits: RunLimits): RunOutcome {
    this.checkLimits(limits);
    this.roundsMax = limits.roundsPerInstantMax ?? ROUNDS_PER_INSTANT_MAX;
    this.eventsPerInstantMax = limits.eventsPerInstantMax ?? EVENTS_PER_INSTANT_MAX;
    // What was scheduled between runs is no sign of a cycle.
    this.eventsOfInstant = -this.instant.count;
    const handledBefore = this.eventsHandled;
    this.running = true;
    try {
      const reason = this.handleUntil(limits.untilS, handledBefore + limits.eventsMax);
      return { reason, endS: this.clock[0]!, eventsHandled: this.eventsHandled - handledBefore };
    } finally {
      this.running = false;
    }
  }

  private handleUntil(untilS: number, handledMax: number): RunOutcome["reason"] {
    const { records, queue, instant, clock } = this;
    for (;;) {
      let slot: number;
      if (instant.count === 0) {
        slot = queue.peek();
        if (slot === END) return "drained";
        const timeS = records.doubles[slot * RECORD_DOUBLES + TIME]!;
        if (timeS > untilS) {
          if (untilS > clock[0]!) this.beginInstant(untilS);
          return "time-limit";
        }
        if (this.eventsHandled >= handledMax) return "event-limit";
        queue.drop();
        if (timeS !== clock[0]!) this.beginInstant(timeS);
        this.trace.current = NO_CAUSE;
      } else {
        if (this.eventsHandled >= handledMax) return "event-limit";
        slot = this.takeAtInstant();
      }
      const kind = records.words[slot * RECORD_WORDS + KIND]!;
      const payload = records.words[slot * RECORD_WORDS + PAYLOAD]!;
      // The record is given back first: a handler that throws leaves nothing half done.
      records.endUse(slot);
      records.free(slot);
      this.phase = this.phases[kind]!;
      this.pendingCount--;
      this.eventsHandled++;
      this.handlers[kind]!(payload);
    }
  }

  private beginInstant(timeS: number): void {
    this.clock[0] = timeS;
    this.phase = 0;
    this.round = 0;
    if (this.eventsOfInstant !== 0) {
      this.eventsOfInstant = 0;
      this.trace.clear();
    }
  }

  /** The next event in order when some were scheduled for the present instant within it. */
  private takeAtInstant(): number {
    const { instant, queue, records } = this;
    let phase = instant.firstPhase(this.phase);
    // Events scheduled for this time before it began are in the queue, in round 0.
    const queued = this.round === 0 ? queue.peek() : END;
    if (queued !== END && records.doubles[queued * RECORD_DOUBLES + TIME] === this.clock[0]) {
      const queuedPhase = this.phases[records.words[queued * RECORD_WORDS + KIND]!]!;
      // In the same phase they come first: they were inserted earlier.
      if (phase < 0 || queuedPhase <= phase) {
        queue.drop();
        this.trace.current = NO_CAUSE;
        return queued;
      }
    }
    if (phase < 0) {
      this.openNextRound();
      phase = instant.firstPhase(0);
    }
    const slot = instant.head(phase);
    this.noteEventOfInstant(slot);
    instant.remove(slot);
    return slot;
  }

  private openNextRound(): void {
    if (this.round >= this.roundsMax) {
      throw this.cycleError({
        what: `${this.roundsMax} rounds`,
        limitName: "roundsPerInstantMax",
        slot: this.instant.headOfNextRound(),
      });
    }
    this.instant.openNextRound();
    this.round++;
  }

  private noteEventOfInstant(slot: number): void {
    if (this.eventsOfInstant >= this.eventsPerInstantMax) {
      throw this.cycleError({
        what: `${this.eventsPerInstantMax} events`,
        limitName: "eventsPerInstantMax",
        slot,
      });
    }
    this.eventsOfInstant++;
    if (
      this.round >= this.roundsMax - TRACED_ROUNDS ||
      this.eventsOfInstant >= this.eventsPerInstantMax - TRACED_EVENTS
    ) {
      const kind = this.records.words[slot * RECORD_WORDS + KIND]!;
      this.trace.enter(kind, this.instant.causeOf(slot));
    }
  }

  private cycleError(options: {
    readonly what: string;
    readonly limitName: string;
    readonly slot: number;
  }): EngineCycleError {
    const { what, limitName, slot } = options;
    const kind = this.records.words[slot * RECORD_WORDS + KIND]!;
    const kinds = this.trace.cycleTo(kind, this.instant.causeOf(slot));
    const cycle = kinds.map((each) => this.names[each]!);
    return new EngineCycleError({ what, limitName, cycle, timeS: this.clock[0]! });
  }

  private checkLimits(limits: RunLimits): void {
    const nowS = this.clock[0]!;
    if (this.running)
      throw new Error("engine: run must not be called from inside an event handler");
    if (!(limits.untilS >= nowS)) {
      throw new RangeError(`engine: untilS must be >= now (${nowS}), got ${limits.untilS}`);
    }
    checkCount("eventsMax", limits.eventsMax);
    checkCount("roundsPerInstantMax", limits.roundsPerInstantMax ?? ROUNDS_PER_INSTANT_MAX);
    checkCount("eventsPerInstantMax", limits.eventsPerInstantMax ?? EVENTS_PER_INSTANT_MAX);
  }

  private refusal(kind: EventKind, timeS: number, payload: number): RangeError {
    const name = this.names[kind];
    if (name === undefined) {
      return new RangeError(
        `engine: kind must come from defineEvent (0..${this.names.length - 1}), got ${kind}`,
      );
    }
    if ((payload | 0) !== payload) {
      return new RangeError(
        `engine: payload must be a 32-bit integer, got ${payload} for event "${name}"`,
      );
    }
    const rule = timeS < this.clock[0]! ? ">= now" : "a finite number >= now";
    return new RangeError(
      `engine: timeS must be ${rule} (${this.clock[0]!}), got ${timeS} for event "${name}"`,
    );
  }
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`engine: ${name} must be a whole number >= 0, got ${value}`);
  }
}
