import { EventHeap } from "./event-heap.js";
import {
  CANCELLED,
  END,
  type EventRecords,
  KIND,
  NEXT,
  RECORD_DOUBLES,
  RECORD_WORDS,
  TIME,
} from "./event-records.js";
import { Rung } from "./rung.js";
import { SortedRun } from "./sorted-run.js";

/** A heap of up to this many late events is faster than buckets. */
const LATE_MAX = 32;
/** A bucket with more events than this is spread over a rung of its own. */
const BUCKET_MAX = 32;
/** Deeper rungs would only follow times that crowd exponentially; those are sorted instead. */
const RUNGS_MAX = 8;
/** Cancelled events are swept out when they outnumber the live ones by this many. */
const SWEEP_SLACK = 1024;

/**
 * Pending events in order of (time, order), after the ladder queue of Tang, Goh and Thng (2005).
 *
 * From far to near: `far` is an unordered list of everything later than `farFromS`; rungs are rows
 * of buckets, each rung the finer spread of one bucket of the rung before; `run` is the last bucket
 * taken, sorted; `late` is a heap of what was scheduled after the run was taken, into its time.
 * Each event moves a few times from coarse to fine, whatever the number pending; the heap keeps
 * the worst case at O(log n). Why this structure: docs/decisions/002-event-queue.md.
 */
export class EventQueue {
  /** Cancelled events that still lie in some list. */
  cancelledCount = 0;
  private readonly late: EventHeap;
  private readonly run: SortedRun;
  private readonly rungs: Rung[] = [];
  private rungCount = 0;
  private farHead: number = END;
  private farCount = 0;
  /** [farFromS, least time in far, greatest time in far]; in an array, so that writing allocates nothing. */
  private readonly farTimes = new Float64Array([Infinity, Infinity, -Infinity]);
  private lateMax = LATE_MAX;
  private headIsLate = false;

  constructor(private readonly records: EventRecords) {
    this.late = new EventHeap(records);
    this.run = new SortedRun(records);
    for (let i = 0; i < RUNGS_MAX; i++) this.rungs.push(new Rung(records));
  }

  /** Adds an event whose record is filled in. */
  push(slot: number): void {
    if (this.records.doubles[slot * RECORD_DOUBLES + TIME]! > this.farTimes[0]!) {
      this.pushFar(slot);
      return;
    }
    for (let i = 0; i < this.rungCount; i++) if (this.rungs[i]!.insert(slot)) return;
    this.late.push(slot);
    if (this.late.size > this.lateMax) this.spreadLate();
  }

  /** The first event, without removing it; END when none is left. */
  peek(): number {
    const { late, run } = this;
    const words = this.records.words;
    for (;;) {
      let slot: number;
      if (run.first < run.end) {
        this.headIsLate = late.size > 0 && this.lateIsFirst();
        slot = this.headIsLate ? late.slots[0]! : run.slots[run.first]!;
      } else if (late.size > 0) {
        this.headIsLate = true;
        slot = late.slots[0]!;
      } else if (this.refill()) {
        continue;
      } else {
        return END;
      }
      if (words[slot * RECORD_WORDS + KIND]! !== CANCELLED) return slot;
      this.drop();
      this.discard(slot);
    }
  }

  /** Removes the event that `peek` just returned; its record stays in use. */
  drop(): void {
    if (this.headIsLate) this.late.pop();
    else this.run.first++;
  }

  /** Notes that one event in here was marked CANCELLED; sweeps when such events pile up. */
  noteCancelled(liveCount: number): void {
    this.cancelledCount++;
    if (this.cancelledCount <= liveCount + SWEEP_SLACK) return;
    // A sweep looks into every bucket: it must be paid for by as many cancelled events.
    let buckets = 0;
    for (let i = 0; i < this.rungCount; i++) buckets += this.rungs[i]!.bucketsLeft;
    if (this.cancelledCount > buckets) this.sweep();
  }

  private pushFar(slot: number): void {
    this.records.words[slot * RECORD_WORDS + NEXT] = this.farHead;
    this.farHead = slot;
    this.farCount++;
    const farTimes = this.farTimes;
    const time = this.records.doubles[slot * RECORD_DOUBLES + TIME]!;
    if (time < farTimes[1]!) farTimes[1] = time;
    if (time > farTimes[2]!) farTimes[2] = time;
  }

  private lateIsFirst(): boolean {
    const { late, run } = this;
    const lateTime = late.times[0]!;
    const runTime = run.times[run.first]!;
    return lateTime < runTime || (lateTime === runTime && late.orders[0]! < run.orders[run.first]!);
  }

  /** Fills `run` with the next events; false when there are none. `run` and `late` are empty. */
  private refill(): boolean {
    this.lateMax = LATE_MAX;
    for (;;) {
      if (this.rungCount === 0) {
        if (this.farCount === 0) {
          this.farTimes[0] = Infinity;
          return false;
        }
        this.takeFar();
      } else {
        this.takeBucket();
      }
      if (this.run.first < this.run.end) {
        this.run.sort();
        return true;
      }
    }
  }

  /** Spreads what is far over a first rung, or moves it to `run` when it is little. */
  private takeFar(): void {
    const { farHead, farCount, farTimes } = this;
    const least = farTimes[1]!;
    const greatest = farTimes[2]!;
    this.farHead = END;
    this.farCount = 0;
    farTimes[0] = Infinity;
    farTimes[1] = Infinity;
    farTimes[2] = -Infinity;
    const rung = this.rungs[0]!;
    if (farCount <= BUCKET_MAX || !rung.open(farCount, least, greatest)) {
      this.fillRun(farHead);
      return;
    }
    this.rungCount = 1;
    farTimes[0] = greatest;
    const words = this.records.words;
    for (let slot = farHead; slot !== END;) {
      const next = words[slot * RECORD_WORDS + NEXT]!;
      if (words[slot * RECORD_WORDS + KIND]! === CANCELLED) this.discard(slot);
      else rung.insert(slot);
      slot = next;
    }
  }

  /** Moves the next bucket to `run`, or spreads it over a finer rung when it holds many events. */
  private takeBucket(): void {
    const rung = this.rungs[this.rungCount - 1]!;
    if (rung.count === 0) {
      this.rungCount--;
      return;
    }
    rung.count -= this.fillRun(rung.takeBucket());
    // A rung leaves with its last event: what is scheduled into its time later is late.
    if (rung.count === 0) this.rungCount--;
    const { run } = this;
    if (run.end <= BUCKET_MAX || this.rungCount === RUNGS_MAX) return;
    let least = Infinity;
    let greatest = -Infinity;
    for (let i = 0; i < run.end; i++) {
      const time = run.times[i]!;
      if (time < least) least = time;
      if (time > greatest) greatest = time;
    }
    const finer = this.rungs[this.rungCount]!;
    if (!finer.open(run.end, least, greatest)) return;
    this.rungCount++;
    for (let i = 0; i < run.end; i++) finer.insert(run.slots[i]!);
    run.clear();
  }

  /** Copies a list to `run`, leaving out cancelled events; how long the list was. */
  private fillRun(head: number): number {
    const { run } = this;
    const words = this.records.words;
    let count = 0;
    run.clear();
    for (let slot = head; slot !== END;) {
      const next = words[slot * RECORD_WORDS + NEXT]!;
      if (words[slot * RECORD_WORDS + KIND]! === CANCELLED) this.discard(slot);
      else run.append(slot);
      slot = next;
      count++;
    }
    return count;
  }

  /** Moves `late` and the rest of `run` to a rung of their own, when the heap has grown large. */
  private spreadLate(): void {
    const { late, run } = this;
    const rest = run.end - run.first;
    // Moving a long run for a short heap, again and again, would cost more than the heap does.
    if (this.rungCount === RUNGS_MAX || rest > late.size) {
      this.lateMax = late.size * 2;
      return;
    }
    let least = late.times[0]!;
    let greatest = least;
    if (rest > 0) {
      least = Math.min(least, run.times[run.first]!);
      greatest = Math.max(greatest, run.times[run.end - 1]!);
    }
    for (let i = 1; i < late.size; i++) if (late.times[i]! > greatest) greatest = late.times[i]!;
    const rung = this.rungs[this.rungCount]!;
    if (!rung.open(late.size + rest, least, greatest)) {
      this.lateMax = late.size * 2;
      return;
    }
    if (this.rungCount === 0) this.farTimes[0] = greatest;
    this.rungCount++;
    for (let i = 0; i < late.size; i++) rung.insert(late.slots[i]!);
    for (let i = run.first; i < run.end; i++) rung.insert(run.slots[i]!);
    late.size = 0;
    run.clear();
  }

  private discard(slot: number): void {
    this.records.free(slot);
    this.cancelledCount--;
  }

  /** Frees every cancelled event. */
  private sweep(): void {
    const words = this.records.words;
    const keep = (slot: number): boolean => {
      if (words[slot * RECORD_WORDS + KIND]! !== CANCELLED) return true;
      this.discard(slot);
      return false;
    };
    this.late.filter(keep);
    this.run.filter(keep);
    for (let i = 0; i < this.rungCount; i++) this.rungs[i]!.filter(keep);
    let slot = this.farHead;
    this.farHead = END;
    this.farCount = 0;
    while (slot !== END) {
      const next = words[slot * RECORD_WORDS + NEXT]!;
      if (keep(slot)) this.pushFar(slot);
      slot = next;
    }
  }
}
