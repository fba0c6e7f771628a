import {
  AT_INSTANT,
  END,
  type EventRecords,
  LIST_AND_CAUSE,
  NEXT,
  PREVIOUS,
  RECORD_DOUBLES,
  RECORD_WORDS,
  TIME,
} from "./event-records.js";
import { PHASES } from "./types.js";

const PHASE_COUNT = PHASES.length;
const LIST_MASK = 7;
const CAUSE_SHIFT = 3;

/**
 * Events scheduled for the present instant while it lasts, in order of round, phase and insertion.
 *
 * One list per phase for this round and one for the next: appending and taking need no comparison.
 * Lists are linked both ways, so that cancelling takes an event out at once.
 */
export class InstantQueue {
  /** Events in both rounds. */
  count = 0;
  private readonly heads = new Int32Array(2 * PHASE_COUNT).fill(END);
  private readonly tails = new Int32Array(2 * PHASE_COUNT).fill(END);
  /** Where this round's lists begin: 0 or PHASE_COUNT; the other half is the next round. */
  private base = 0;

  constructor(private readonly records: EventRecords) {}

  /** Appends an event to this round or to the next one; `cause` is kept for `causeOf`. */
  append(slot: number, phase: number, nextRound: boolean, cause: number): void {
    const list = (nextRound ? PHASE_COUNT - this.base : this.base) + phase;
    const words = this.records.words;
    const at = slot * RECORD_WORDS;
    const last = this.tails[list]!;
    this.records.doubles[slot * RECORD_DOUBLES + TIME] = AT_INSTANT;
    words[at + LIST_AND_CAUSE] = (cause << CAUSE_SHIFT) | list;
    words[at + PREVIOUS] = last;
    words[at + NEXT] = END;
    if (last === END) this.heads[list] = slot;
    else words[last * RECORD_WORDS + NEXT] = slot;
    this.tails[list] = slot;
    this.count++;
  }

  /** Takes an event out of its list; its record stays in use. */
  remove(slot: number): void {
    const words = this.records.words;
    const at = slot * RECORD_WORDS;
    const list = words[at + LIST_AND_CAUSE]! & LIST_MASK;
    const before = words[at + PREVIOUS]!;
    const after = words[at + NEXT]!;
    if (before === END) this.heads[list] = after;
    else words[before * RECORD_WORDS + NEXT] = after;
    if (after === END) this.tails[list] = before;
    else words[after * RECORD_WORDS + PREVIOUS] = before;
    this.count--;
  }

  /** The earliest phase of this round that has events, from `phase` on; -1 when none has. */
  firstPhase(phase: number): number {
    for (let i = phase; i < PHASE_COUNT; i++) if (this.heads[this.base + i] !== END) return i;
    return -1;
  }

  /** The first event of a phase of this round; END when it has none. */
  head(phase: number): number {
    return this.heads[this.base + phase]!;
  }

  /** The first event of the next round; END when it has none. */
  headOfNextRound(): number {
    const next = PHASE_COUNT - this.base;
    for (let i = 0; i < PHASE_COUNT; i++)
      if (this.heads[next + i] !== END) return this.heads[next + i]!;
    return END;
  }

  /** What `append` was given as the cause of this event. */
  causeOf(slot: number): number {
    return this.records.words[slot * RECORD_WORDS + LIST_AND_CAUSE]! >> CAUSE_SHIFT;
  }

  /** Makes the next round this one; this round must be empty. */
  openNextRound(): void {
    this.base = PHASE_COUNT - this.base;
  }
}
