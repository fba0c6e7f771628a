import type { EventId } from "./types.js";

/**
 * All scheduled events, one 32-byte record each, so that one event lies in one cache line.
 *
 * Doubles of record `slot`: TIME and ORDER at `slot * RECORD_DOUBLES`. 32-bit words: NEXT, KIND,
 * PAYLOAD and GENERATION at `slot * RECORD_WORDS`. Slots are reused; the generation counts the uses,
 * so an `EventId` of an earlier use is known to be stale.
 */
export const RECORD_DOUBLES = 4;
export const RECORD_WORDS = 8;
/** Seconds; events of the present instant carry AT_INSTANT instead. */
export const TIME = 0;
/** Phase and insertion number in one double: the order among events of the same time. */
export const ORDER = 1;
/** Events of the present instant need no ORDER; its two words link back and say which list and cause. */
export const PREVIOUS = 2;
export const LIST_AND_CAUSE = 3;
/** Next slot of the list the event is in, or of the free list. */
export const NEXT = 4;
/** Kind of event, or CANCELLED. */
export const KIND = 5;
export const PAYLOAD = 6;
export const GENERATION = 7;

/** Slot 0 holds no event: it ends every list, and its NEXT is itself. */
export const END = 0;
/** In place of the kind of an event that was cancelled and is still linked somewhere. */
export const CANCELLED = -1;
/** In place of the time of an event of the present instant. */
export const AT_INSTANT = -1;

/** An id is generation * SLOTS_MAX + slot, below 2^53. */
const SLOTS_MAX = 67_108_864;
const GENERATIONS_MAX = 134_217_728;
const SLOTS_AT_FIRST = 256;

/** The pool of event records: takes and frees slots, grows by doubling. */
export class EventRecords {
  doubles: Float64Array;
  words: Int32Array;
  private capacity = SLOTS_AT_FIRST;
  private freeHead = END;

  constructor() {
    const buffer = new ArrayBuffer(SLOTS_AT_FIRST * RECORD_WORDS * 4);
    this.doubles = new Float64Array(buffer);
    this.words = new Int32Array(buffer);
    this.linkFreeSlots(1);
  }

  /** A free slot; its fields hold what its last use left. */
  take(): number {
    if (this.freeHead === END) this.grow();
    const slot = this.freeHead;
    this.freeHead = this.words[slot * RECORD_WORDS + NEXT]!;
    return slot;
  }

  /** Makes ids of the present use stale; the slot stays linked where it is. */
  endUse(slot: number): void {
    this.words[slot * RECORD_WORDS + GENERATION]!++;
  }

  /** Gives an ended slot back for reuse. */
  free(slot: number): void {
    const at = slot * RECORD_WORDS;
    // A slot whose generations are used up is never reused: a stale id must never come true again.
    if (this.words[at + GENERATION]! >= GENERATIONS_MAX) return;
    this.words[at + NEXT] = this.freeHead;
    this.freeHead = slot;
  }

  /** The id of the present use of a slot. */
  idOf(slot: number): EventId {
    return (this.words[slot * RECORD_WORDS + GENERATION]! * SLOTS_MAX + slot) as EventId;
  }

  /** The slot an id stands for, or END when that use is over or the number is no id. */
  slotOf(id: EventId): number {
    const generation = Math.floor(id / SLOTS_MAX);
    const slot = id - generation * SLOTS_MAX;
    if (!(slot > END && slot < this.capacity) || !Number.isInteger(slot)) return END;
    return this.words[slot * RECORD_WORDS + GENERATION] === generation ? slot : END;
  }

  private grow(): void {
    const before = this.capacity;
    if (before >= SLOTS_MAX) {
      throw new RangeError(
        `engine: more than ${SLOTS_MAX - 1} events pending; schedule the next of a stream when the last one happens`,
      );
    }
    const buffer = new ArrayBuffer(before * 2 * RECORD_WORDS * 4);
    const doubles = new Float64Array(buffer);
    doubles.set(this.doubles);
    this.doubles = doubles;
    this.words = new Int32Array(buffer);
    this.capacity = before * 2;
    this.linkFreeSlots(before);
  }

  /** Low slots first, so that few pending events share few cache lines. */
  private linkFreeSlots(from: number): void {
    for (let slot = this.capacity - 1; slot >= from; slot--) {
      this.words[slot * RECORD_WORDS + NEXT] = this.freeHead;
      this.freeHead = slot;
    }
  }
}
