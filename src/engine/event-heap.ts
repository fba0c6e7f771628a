import { doubleDoubles, doubleIntegers } from "./doubled.js";
import { type EventRecords, ORDER, RECORD_DOUBLES, TIME } from "./event-records.js";

const ARITY = 4;
const CAPACITY_AT_FIRST = 128;

/**
 * A 4-ary heap of events by (time, order).
 *
 * Keys are copied beside the slots: comparisons then read neighbouring memory instead of records.
 */
export class EventHeap {
  times: Float64Array = new Float64Array(CAPACITY_AT_FIRST);
  orders: Float64Array = new Float64Array(CAPACITY_AT_FIRST);
  slots: Int32Array = new Int32Array(CAPACITY_AT_FIRST);
  size = 0;

  constructor(private readonly records: EventRecords) {}

  /** Takes the slot, not the keys: doubles as arguments would be allocated on the heap. */
  push(slot: number): void {
    const doubles = this.records.doubles;
    const time = doubles[slot * RECORD_DOUBLES + TIME]!;
    const order = doubles[slot * RECORD_DOUBLES + ORDER]!;
    let at = this.size++;
    if (at === this.slots.length) this.grow();
    const { times, orders, slots } = this;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = times[parent]!;
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break;
      times[at] = parentTime;
      orders[at] = orders[parent]!;
      slots[at] = slots[parent]!;
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  /** Removes the first event; the heap must not be empty. */
  pop(): void {
    const last = --this.size;
    if (last > 0) this.sink(0, last, last);
  }

  /** Keeps the events that pass, and orders the heap anew. */
  filter(keep: (slot: number) => boolean): void {
    const { times, orders, slots } = this;
    let kept = 0;
    for (let i = 0; i < this.size; i++) {
      if (!keep(slots[i]!)) continue;
      times[kept] = times[i]!;
      orders[kept] = orders[i]!;
      slots[kept] = slots[i]!;
      kept++;
    }
    this.size = kept;
    for (let at = ((kept - 2) / ARITY) | 0; at >= 0; at--) this.sink(at, at, kept);
  }

  /** Puts the entry at `from` into the hole at `at`, below which smaller entries move up. */
  private sink(hole: number, from: number, size: number): void {
    const { times, orders, slots } = this;
    const time = times[from]!;
    const order = orders[from]!;
    const slot = slots[from]!;
    let at = hole;
    for (;;) {
      let child = at * ARITY + 1;
      if (child >= size) break;
      const end = child + ARITY < size ? child + ARITY : size;
      let least = child;
      let leastTime = times[child]!;
      for (child++; child < end; child++) {
        const childTime = times[child]!;
        if (childTime < leastTime || (childTime === leastTime && orders[child]! < orders[least]!)) {
          least = child;
          leastTime = childTime;
        }
      }
      if (time < leastTime || (time === leastTime && order < orders[least]!)) break;
      times[at] = leastTime;
      orders[at] = orders[least]!;
      slots[at] = slots[least]!;
      at = least;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  private grow(): void {
    this.times = doubleDoubles(this.times);
    this.orders = doubleDoubles(this.orders);
    this.slots = doubleIntegers(this.slots);
  }
}
