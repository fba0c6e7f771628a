import { doubleDoubles, doubleIntegers } from "./doubled.js";
import { type EventRecords, ORDER, RECORD_DOUBLES, TIME } from "./event-records.js";

const CAPACITY_AT_FIRST = 128;
/** Insertion sort wins below about this length. */
const INSERTION_MAX = 48;

/** The events that come next, sorted by (time, order) and taken from the front. */
export class SortedRun {
  times: Float64Array = new Float64Array(CAPACITY_AT_FIRST);
  orders: Float64Array = new Float64Array(CAPACITY_AT_FIRST);
  slots: Int32Array = new Int32Array(CAPACITY_AT_FIRST);
  /** Entries from `first` to before `end` are still to come. */
  first = 0;
  end = 0;
  /** Room to merge into; most runs never need it. */
  private spare: SortedRun | undefined;

  constructor(private readonly records: EventRecords) {}

  /** Forgets all entries, to be filled anew. */
  clear(): void {
    this.first = 0;
    this.end = 0;
  }

  /** Adds an event at the end, to be sorted later. */
  append(slot: number): void {
    const at = this.end++;
    if (at === this.slots.length) this.grow();
    const doubles = this.records.doubles;
    this.times[at] = doubles[slot * RECORD_DOUBLES + TIME]!;
    this.orders[at] = doubles[slot * RECORD_DOUBLES + ORDER]!;
    this.slots[at] = slot;
  }

  /** Sorts what was appended. Events scheduled in order of time cost one pass. */
  sort(): void {
    if (this.end <= INSERTION_MAX) this.insertionSort();
    else this.mergeSort();
  }

  /** Keeps the entries that pass. */
  filter(keep: (slot: number) => boolean): void {
    const { times, orders, slots } = this;
    let kept = 0;
    for (let i = this.first; i < this.end; i++) {
      if (!keep(slots[i]!)) continue;
      times[kept] = times[i]!;
      orders[kept] = orders[i]!;
      slots[kept] = slots[i]!;
      kept++;
    }
    this.first = 0;
    this.end = kept;
  }

  private insertionSort(): void {
    const { times, orders, slots, end } = this;
    for (let i = 1; i < end; i++) {
      const time = times[i]!;
      const order = orders[i]!;
      let at = i - 1;
      if (times[at]! < time || (times[at] === time && orders[at]! < order)) continue;
      const slot = slots[i]!;
      do {
        times[at + 1] = times[at]!;
        orders[at + 1] = orders[at]!;
        slots[at + 1] = slots[at]!;
        at--;
      } while (at >= 0 && (times[at]! > time || (times[at] === time && orders[at]! > order)));
      times[at + 1] = time;
      orders[at + 1] = order;
      slots[at + 1] = slot;
    }
  }

  /**
   * Merges neighbouring ascending stretches until one is left.
   *
   * Long runs arise from many events at one time, which were mostly scheduled in order: stretches
   * are then few and long, and the sort costs little more than one pass.
   */
  private mergeSort(): void {
    let bounds = this.ascendingStretches();
    while (bounds.length > 2) {
      this.spare ??= new SortedRun(this.records);
      while (this.spare.slots.length < this.slots.length) this.spare.grow();
      const merged = [0];
      for (let i = 0; i + 1 < bounds.length; i += 2) {
        const middle = bounds[i + 1]!;
        const end = bounds[i + 2] ?? middle;
        this.mergeInto(this.spare, { start: bounds[i]!, middle, end });
        merged.push(end);
      }
      this.swapColumns(this.spare);
      bounds = merged;
    }
  }

  /** Where ascending stretches begin, and the end; descending ones are turned around. */
  private ascendingStretches(): number[] {
    const bounds = [0];
    let at = 1;
    while (at < this.end) {
      const descending = this.precedes(at, at - 1);
      at++;
      while (at < this.end && this.precedes(at, at - 1) === descending) at++;
      if (descending) this.reverse(bounds.at(-1)!, at);
      // A turned stretch may go on ascending where the last one ended; merging finds that in one pass.
      bounds.push(at);
      at++;
    }
    if (bounds.at(-1) !== this.end) bounds.push(this.end);
    return bounds;
  }

  private precedes(left: number, right: number): boolean {
    const difference = this.times[left]! - this.times[right]!;
    return difference < 0 || (difference === 0 && this.orders[left]! < this.orders[right]!);
  }

  private reverse(start: number, end: number): void {
    this.times.subarray(start, end).reverse();
    this.orders.subarray(start, end).reverse();
    this.slots.subarray(start, end).reverse();
  }

  private mergeInto(
    target: SortedRun,
    range: { readonly start: number; readonly middle: number; readonly end: number },
  ): void {
    const { start, middle, end } = range;
    let left = start;
    let right = middle;
    for (let at = start; at < end; at++) {
      const fromLeft = right === end || (left < middle && this.precedes(left, right));
      const from = fromLeft ? left++ : right++;
      target.times[at] = this.times[from]!;
      target.orders[at] = this.orders[from]!;
      target.slots[at] = this.slots[from]!;
    }
  }

  private swapColumns(other: SortedRun): void {
    [this.times, other.times] = [other.times, this.times];
    [this.orders, other.orders] = [other.orders, this.orders];
    [this.slots, other.slots] = [other.slots, this.slots];
  }

  private grow(): void {
    this.times = doubleDoubles(this.times);
    this.orders = doubleDoubles(this.orders);
    this.slots = doubleIntegers(this.slots);
  }
}
