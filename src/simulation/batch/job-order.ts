import { InvariantError } from "../../base/assert.js";

/** A total order of jobs by changing keys; ties by a fixed rank. */
export interface JobKeys {
  /** Lower goes first. Must not change while the job is in a heap or list. */
  readonly key: Float64Array;
  /** Different for every job. */
  readonly rank: Int32Array;
}

/** Negative when the left job goes first. */
export function compareJobs(keys: JobKeys, left: number, right: number): number {
  return keys.key[left]! - keys.key[right]! || keys.rank[left]! - keys.rank[right]!;
}

const NONE = -1;

/** Jobs of which the first by the order is at hand. */
export interface JobHeap {
  readonly size: number;
  /** First job; -1 when empty. */
  peek(): number;
  push(job: number): void;
  /** Removes and returns the first job; -1 when empty. */
  pop(): number;
  /** Removes a job that is in the heap. */
  remove(job: number): void;
  /** Calls `visit` with every job, in no set order. */
  forEach(visit: (job: number) => void): void;
}

class BinaryJobHeap implements JobHeap {
  size = 0;
  private jobs = new Int32Array(8);

  constructor(
    private readonly keys: JobKeys,
    private readonly slotOf: Int32Array,
  ) {}

  peek(): number {
    return this.size === 0 ? NONE : this.jobs[0]!;
  }

  push(job: number): void {
    if (this.size === this.jobs.length) this.jobs = doubled(this.jobs);
    this.size++;
    this.siftUp(this.size - 1, job);
  }

  pop(): number {
    if (this.size === 0) return NONE;
    const first = this.jobs[0]!;
    this.removeSlot(0);
    return first;
  }

  remove(job: number): void {
    const slot = this.slotOf[job]!;
    if (this.jobs[slot] !== job)
      throw new InvariantError(`job heap: job ${job} is not in the heap`);
    this.removeSlot(slot);
  }

  forEach(visit: (job: number) => void): void {
    for (let slot = 0; slot < this.size; slot++) visit(this.jobs[slot]!);
  }

  private removeSlot(slot: number): void {
    const last = this.jobs[--this.size]!;
    if (slot === this.size) return;
    this.siftUp(slot, last);
    if (this.jobs[slot] === last) this.siftDown(slot, last);
  }

  private siftUp(from: number, job: number): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (compareJobs(this.keys, this.jobs[parent]!, job) <= 0) break;
      this.put(slot, this.jobs[parent]!);
      slot = parent;
    }
    this.put(slot, job);
  }

  private siftDown(from: number, job: number): void {
    let slot = from;
    for (let child = 2 * slot + 1; child < this.size; child = 2 * slot + 1) {
      if (
        child + 1 < this.size &&
        compareJobs(this.keys, this.jobs[child + 1]!, this.jobs[child]!) < 0
      )
        child++;
      if (compareJobs(this.keys, this.jobs[child]!, job) >= 0) break;
      this.put(slot, this.jobs[child]!);
      slot = child;
    }
    this.put(slot, job);
  }

  private put(slot: number, job: number): void {
    this.jobs[slot] = job;
    this.slotOf[job] = slot;
  }
}

/** Jobs in full order, for walks from either end. */
export interface JobList {
  readonly size: number;
  /** Job at a place, 0 is the first by the order. */
  at(place: number): number;
  insert(job: number): void;
  /** Removes a job that is in the list, by its present key. */
  remove(job: number): void;
}

class SortedJobList implements JobList {
  size = 0;
  private jobs = new Int32Array(64);

  constructor(private readonly keys: JobKeys) {}

  at(place: number): number {
    return this.jobs[place]!;
  }

  insert(job: number): void {
    if (this.size === this.jobs.length) this.jobs = doubled(this.jobs);
    const place = this.placeOf(job);
    this.jobs.copyWithin(place + 1, place, this.size);
    this.jobs[place] = job;
    this.size++;
  }

  remove(job: number): void {
    const place = this.placeOf(job);
    if (this.jobs[place] !== job)
      throw new InvariantError(`job list: job ${job} is not where its key says`);
    this.jobs.copyWithin(place, place + 1, this.size);
    this.size--;
  }

  /** First place whose job does not go before this one. */
  private placeOf(job: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareJobs(this.keys, this.jobs[middle]!, job) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function doubled(jobs: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(jobs.length * 2);
  larger.set(jobs);
  return larger;
}

/**
 * An empty heap in the order of the keys.
 *
 * @param slotOf where each job is in its heap, by job; heaps that never hold the same job may share it
 */
export function createJobHeap(keys: JobKeys, slotOf: Int32Array): JobHeap {
  return new BinaryJobHeap(keys, slotOf);
}

/** An empty list in the order of the keys. */
export function createJobList(keys: JobKeys): JobList {
  return new SortedJobList(keys);
}
