import { WHOLE_GPU_MILLI } from "./gpu-milli.js";
import type { ReadonlyNumbers } from "./view.js";

/** What a pod asks of a node's GPUs: `gpuCount` GPUs with `gpuMilli` thousandths free each. */
export interface GpuDemand {
  readonly gpuCount: number;
  readonly gpuMilli: number;
}

/**
 * The free GPU capacities that nodes can be in, numbered: a state is the ascending list of free
 * thousandths of a node's GPUs, whichever GPU has which.
 *
 * Fragmentation depends on the list alone, so two nodes in one state share every value computed for
 * it; and the states that follow from giving a demand one of the GPUs are computed once per state.
 */
export class GpuStates {
  #values = new Int32Array(1024);
  #valuesUsed = 0;
  /** State s holds values #first[s]..#first[s + 1]-1. */
  #first = new Int32Array(256);
  #count = 0;
  /** Open addressing; 0 is empty, else state + 1. */
  #slots = new Int32Array(512);
  readonly #demands: GpuDemand[] = [];
  /** Per demand and state: 0 is not computed, else 1 + offset into #successors. */
  readonly #successorsOf: Int32Array[] = [];
  #successors = new Int32Array(1024);
  #successorsUsed = 0;
  readonly #scratch: Int32Array;

  /** @param gpusMax most GPUs of any node */
  constructor(gpusMax: number) {
    this.#scratch = new Int32Array(Math.max(gpusMax, 1));
  }

  /** States seen so far. */
  get count(): number {
    return this.#count;
  }

  /** Number of a demand for `firstSuccessor`; equal demands get equal numbers. */
  demand(wanted: GpuDemand): number {
    const known = this.#demands.findIndex(
      ({ gpuCount, gpuMilli }) => gpuCount === wanted.gpuCount && gpuMilli === wanted.gpuMilli,
    );
    if (known >= 0) return known;
    this.#demands.push(wanted);
    this.#successorsOf.push(new Int32Array(this.#first.length));
    return this.#demands.length - 1;
  }

  /** State of the GPUs `from`..`to`-1 of a per-GPU column of free thousandths. */
  stateOf(gpuMilliFree: ReadonlyNumbers, from: number, to: number): number {
    const scratch = this.#scratch;
    for (let gpu = from; gpu < to; gpu += 1) insertSorted(scratch, gpu - from, gpuMilliFree[gpu]!);
    return this.#intern(to - from);
  }

  /** Where the ascending values of a state begin in `values`. */
  firstValue(state: number): number {
    return this.#first[state]!;
  }

  /** Where they end. */
  endValue(state: number): number {
    return this.#first[state + 1]!;
  }

  /** Pool of all states' values; valid until the next state is added. */
  get values(): ReadonlyNumbers {
    return this.#values;
  }

  /**
   * The states that may follow when the demand is served: offset of a run
   * `[n, level_1, state_1, ..., level_n, state_n]` in `successors`, one pair for each distinct free
   * amount that a partial demand may be taken from, ascending. A demand for whole GPUs has at most
   * one; a demand for none has the state itself.
   */
  successorsAt(state: number, demand: number): number {
    const known = this.#successorsOf[demand]![state]!;
    return known > 0 ? known - 1 : this.#computeSuccessors(state, demand);
  }

  /** Pool of `successorsAt`; valid until the next state is added. */
  get successors(): ReadonlyNumbers {
    return this.#successors;
  }

  /** Forgets every state; demands keep their numbers. */
  clear(): void {
    this.#count = 0;
    this.#valuesUsed = 0;
    this.#successorsUsed = 0;
    this.#slots.fill(0);
    for (const column of this.#successorsOf) column.fill(0);
  }

  #computeSuccessors(state: number, demand: number): number {
    const { gpuCount, gpuMilli } = this.#demands[demand]!;
    const pairs: number[] = [];
    if (gpuCount === 0) pairs.push(0, state);
    else if (gpuCount === 1 && gpuMilli < WHOLE_GPU_MILLI)
      this.#shareSuccessors(state, gpuMilli, pairs);
    else this.#wholeSuccessor(state, gpuCount, gpuMilli, pairs);
    const offset = this.#successorsUsed;
    this.#successorsUsed += 1 + pairs.length;
    if (this.#successorsUsed > this.#successors.length)
      this.#successors = grown(this.#successors, this.#successorsUsed);
    this.#successors[offset] = pairs.length / 2;
    this.#successors.set(pairs, offset + 1);
    this.#successorsOf[demand]![state] = offset + 1;
    return offset;
  }

  #shareSuccessors(state: number, gpuMilli: number, pairs: number[]): void {
    const first = this.#first[state]!;
    const count = this.#first[state + 1]! - first;
    for (let taken = 0; taken < count; taken += 1) {
      const level = this.#values[first + taken]!;
      const isSameLevel = taken > 0 && this.#values[first + taken - 1] === level;
      if (level < gpuMilli || isSameLevel) continue;
      for (let i = 0; i < count; i += 1) {
        const value = this.#values[first + i]!;
        insertSorted(this.#scratch, i, i === taken ? value - gpuMilli : value);
      }
      pairs.push(level, this.#intern(count));
    }
  }

  /** Takes the demand from the fitting GPUs with the least free. */
  #wholeSuccessor(state: number, gpuCount: number, gpuMilli: number, pairs: number[]): void {
    const first = this.#first[state]!;
    const count = this.#first[state + 1]! - first;
    let left = gpuCount;
    for (let i = 0; i < count; i += 1) {
      const value = this.#values[first + i]!;
      const isTaken = left > 0 && value >= gpuMilli;
      if (isTaken) left -= 1;
      insertSorted(this.#scratch, i, isTaken ? value - gpuMilli : value);
    }
    if (left === 0) pairs.push(gpuMilli, this.#intern(count));
  }

  /** Number of the state in the first `count` entries of the scratch list. */
  #intern(count: number): number {
    const scratch = this.#scratch;
    let hash = count;
    for (let i = 0; i < count; i += 1)
      hash = Math.imul(hash ^ scratch[i]!, 0x01000193) ^ (hash >>> 15);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const state = this.#slots[slot]! - 1;
      if (state < 0) break;
      if (this.#holdsScratch(state, count)) return state;
      slot = (slot + 1) & mask;
    }
    return this.#addState(count, slot);
  }

  #holdsScratch(state: number, count: number): boolean {
    const first = this.#first[state]!;
    if (this.#first[state + 1]! - first !== count) return false;
    for (let i = 0; i < count; i += 1)
      if (this.#values[first + i] !== this.#scratch[i]) return false;
    return true;
  }

  #addState(count: number, slot: number): number {
    const state = this.#count;
    this.#count += 1;
    if (this.#count + 1 > this.#first.length) {
      this.#first = grown(this.#first, this.#count + 1);
      this.#successorsOf.forEach((column, demand) => {
        this.#successorsOf[demand] = grown(column, this.#first.length);
      });
    }
    const end = this.#valuesUsed + count;
    if (end > this.#values.length) this.#values = grown(this.#values, end);
    for (let i = 0; i < count; i += 1) this.#values[this.#valuesUsed + i] = this.#scratch[i]!;
    this.#first[state] = this.#valuesUsed;
    this.#first[state + 1] = end;
    this.#valuesUsed = end;
    this.#slots[slot] = state + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return state;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let state = 0; state < this.#count; state += 1) {
      const first = this.#first[state]!;
      const count = this.#first[state + 1]! - first;
      let hash = count;
      for (let i = 0; i < count; i += 1)
        hash = Math.imul(hash ^ this.#values[first + i]!, 0x01000193) ^ (hash >>> 15);
      let slot = (hash ^ (hash >>> 13)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = state + 1;
    }
  }
}

/** Puts a value into the ascending list `0..used-1`, making it one longer. */
function insertSorted(list: Int32Array, used: number, value: number): void {
  let at = used;
  while (at > 0 && list[at - 1]! > value) {
    list[at] = list[at - 1]!;
    at -= 1;
  }
  list[at] = value;
}

function grown(column: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  let length = column.length;
  while (length < needed) length *= 2;
  const larger = new Int32Array(length);
  larger.set(column);
  return larger;
}
