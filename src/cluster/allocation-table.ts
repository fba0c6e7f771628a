import type { ReadonlyNumbers } from "./view.js";

/** Slots that may be live at once: 2^22. */
const SLOT_BITS = 22;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
/** A slot's uses before its handles repeat: 2^9, so that a handle stays a positive 32-bit integer. */
const GENERATION_MASK = (1 << (31 - SLOT_BITS)) - 1;
const NONE = -1;

/** What one live allocation holds; the GPUs follow through `gpusOf`. */
export interface AllocationRow {
  readonly node: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  /** Thousandths taken of each of its GPUs; 0 for a CPU-only pod and on nodes with parts. */
  readonly gpuMilli: number;
  /** GPU memory promised to it on each GPU, in bytes; 0 where nobody keeps account of it. */
  readonly gpuMemoryBytes: number;
}

/**
 * The live allocations of a cluster as columns, with reusable handles.
 *
 * A handle is slot and generation in one positive 32-bit integer, so it fits an Int32Array, and a
 * handle kept after its release is recognised until the slot has been used 512 more times.
 */
export class AllocationTable {
  #node = new Int32Array(64).fill(NONE);
  #cpuMilli = new Float64Array(64);
  #memoryBytes = new Float64Array(64);
  #gpuMilli = new Int32Array(64);
  #gpuMemoryBytes = new Float64Array(64);
  #gpuFirst = new Int32Array(64);
  #generation = new Int32Array(64);
  #nextFree = new Int32Array(64);
  #slots = 0;
  #freeSlot = NONE;

  // The GPUs of an allocation are a chain of entries: most have one, a few have eight.
  #entryGpu = new Int32Array(64);
  #entryPart = new Int16Array(64);
  #entryNext = new Int32Array(64);
  #entries = 0;
  #freeEntry = NONE;

  #live = 0;

  /** Allocations now live. */
  get live(): number {
    return this.#live;
  }

  /** Slots ever opened; handles of live ones come from `handleAt`. */
  get slots(): number {
    return this.#slots;
  }

  /**
   * Stores one allocation and returns its handle.
   *
   * @param gpus GPU indexes within the node, counted from `gpuBase`
   * @param parts which part of each GPU, on nodes with parts
   * @throws RangeError when more than 4,194,304 allocations would be live at once
   */
  add(
    row: AllocationRow,
    gpuBase: number,
    gpus: ReadonlyNumbers,
    gpuCount: number,
    parts?: readonly number[],
  ): number {
    const slot = this.#openSlot();
    this.#node[slot] = row.node;
    this.#cpuMilli[slot] = row.cpuMilli;
    this.#memoryBytes[slot] = row.memoryBytes;
    this.#gpuMilli[slot] = row.gpuMilli;
    this.#gpuMemoryBytes[slot] = row.gpuMemoryBytes;
    let first = NONE;
    for (let i = gpuCount - 1; i >= 0; i -= 1)
      first = this.#addEntry(gpuBase + gpus[i]!, parts?.[i] ?? NONE, first);
    this.#gpuFirst[slot] = first;
    this.#live += 1;
    return (this.#generation[slot]! << SLOT_BITS) | slot;
  }

  /** The slot of a live handle, or -1. */
  slotOf(handle: number): number {
    if (!Number.isInteger(handle) || handle < 0 || handle > 0x7fffffff) return NONE;
    const slot = handle & SLOT_MASK;
    if (slot >= this.#slots || this.#node[slot] === NONE) return NONE;
    return this.#generation[slot] === handle >> SLOT_BITS ? slot : NONE;
  }

  /** Node of a slot, or -1 when the slot is free. */
  nodeAt(slot: number): number {
    return this.#node[slot]!;
  }

  /** CPU of a slot in thousandths of a core. */
  cpuMilliAt(slot: number): number {
    return this.#cpuMilli[slot]!;
  }

  /** Host memory of a slot in bytes. */
  memoryBytesAt(slot: number): number {
    return this.#memoryBytes[slot]!;
  }

  /** Thousandths the slot holds of each of its GPUs. */
  gpuMilliAt(slot: number): number {
    return this.#gpuMilli[slot]!;
  }

  /** GPU memory promised to the slot on each of its GPUs, in bytes. */
  gpuMemoryBytesAt(slot: number): number {
    return this.#gpuMemoryBytes[slot]!;
  }

  /** First entry of the slot's GPU chain, or -1; walk it with `entryGpu` and `entryAfter`. */
  firstEntryAt(slot: number): number {
    return this.#gpuFirst[slot]!;
  }

  /** Cluster-wide index of the GPU of an entry. */
  entryGpu(entry: number): number {
    return this.#entryGpu[entry]!;
  }

  /** Part of the GPU that an entry holds; -1 on nodes without parts. */
  entryPart(entry: number): number {
    return this.#entryPart[entry]!;
  }

  /** Entry after this one, or -1. */
  entryAfter(entry: number): number {
    return this.#entryNext[entry]!;
  }

  /** Frees a slot that `slotOf` gave. */
  remove(slot: number): void {
    let entry = this.#gpuFirst[slot]!;
    while (entry !== NONE) {
      const after = this.#entryNext[entry]!;
      this.#entryNext[entry] = this.#freeEntry;
      this.#freeEntry = entry;
      entry = after;
    }
    this.#node[slot] = NONE;
    this.#generation[slot] = (this.#generation[slot]! + 1) & GENERATION_MASK;
    this.#nextFree[slot] = this.#freeSlot;
    this.#freeSlot = slot;
    this.#live -= 1;
  }

  #openSlot(): number {
    if (this.#freeSlot !== NONE) {
      const slot = this.#freeSlot;
      this.#freeSlot = this.#nextFree[slot]!;
      return slot;
    }
    if (this.#slots > SLOT_MASK) {
      throw new RangeError(`cluster: at most ${SLOT_MASK + 1} pods can run at once`);
    }
    if (this.#slots === this.#node.length) this.#growSlots();
    this.#slots += 1;
    return this.#slots - 1;
  }

  #growSlots(): void {
    const length = this.#node.length * 2;
    this.#node = extended(this.#node, new Int32Array(length).fill(NONE));
    this.#cpuMilli = extended(this.#cpuMilli, new Float64Array(length));
    this.#memoryBytes = extended(this.#memoryBytes, new Float64Array(length));
    this.#gpuMilli = extended(this.#gpuMilli, new Int32Array(length));
    this.#gpuMemoryBytes = extended(this.#gpuMemoryBytes, new Float64Array(length));
    this.#gpuFirst = extended(this.#gpuFirst, new Int32Array(length));
    this.#generation = extended(this.#generation, new Int32Array(length));
    this.#nextFree = extended(this.#nextFree, new Int32Array(length));
  }

  #addEntry(gpu: number, part: number, next: number): number {
    let entry = this.#freeEntry;
    if (entry === NONE) {
      if (this.#entries === this.#entryGpu.length) {
        const length = this.#entryGpu.length * 2;
        this.#entryGpu = extended(this.#entryGpu, new Int32Array(length));
        this.#entryPart = extended(this.#entryPart, new Int16Array(length));
        this.#entryNext = extended(this.#entryNext, new Int32Array(length));
      }
      entry = this.#entries;
      this.#entries += 1;
    } else {
      this.#freeEntry = this.#entryNext[entry]!;
    }
    this.#entryGpu[entry] = gpu;
    this.#entryPart[entry] = part;
    this.#entryNext[entry] = next;
    return entry;
  }
}

function extended<Column extends Int16Array | Int32Array | Float64Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from);
  return to;
}
