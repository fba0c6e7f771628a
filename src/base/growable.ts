/** A column of numbers that grows at its end; the backing array doubles, so appending is O(1) on average. */
export interface GrowableColumn<Column> {
  readonly length: number;
  /** Appends one value and returns its index. */
  push(value: number): number;
  /** @throws RangeError when the index is outside 0..length-1 */
  get(index: number): number;
  /** @throws RangeError when the index is outside 0..length-1 */
  set(index: number, value: number): void;
  /** Forgets all values and keeps the memory. */
  clear(): void;
  /** The values so far, sharing memory with this column: valid until the next `push`. */
  view(): Column;
  /** A copy of exactly `length` values. */
  toArray(): Column;
}

/** A growable column of doubles. */
export type GrowableFloat64 = GrowableColumn<Float64Array>;
/** A growable column of signed 32-bit integers; values are kept modulo 2^32 as typed arrays do. */
export type GrowableInt32 = GrowableColumn<Int32Array>;

const CAPACITY_DEFAULT = 64;

/**
 * An empty growable column of doubles.
 *
 * @throws RangeError when the capacity is not a positive integer
 */
export function createGrowableFloat64(capacity: number = CAPACITY_DEFAULT): GrowableFloat64 {
  return new Growable(capacity, (size) => new Float64Array(size));
}

/**
 * An empty growable column of signed 32-bit integers.
 *
 * @throws RangeError when the capacity is not a positive integer
 */
export function createGrowableInt32(capacity: number = CAPACITY_DEFAULT): GrowableInt32 {
  return new Growable(capacity, (size) => new Int32Array(size));
}

class Growable<Column extends Float64Array | Int32Array> implements GrowableColumn<Column> {
  length = 0;
  private values: Column;

  constructor(
    capacity: number,
    private readonly allocate: (size: number) => Column,
  ) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`growable: capacity must be a positive integer, got ${capacity}`);
    }
    this.values = allocate(capacity);
  }

  push(value: number): number {
    if (this.length === this.values.length) this.grow();
    this.values[this.length] = value;
    return this.length++;
  }

  get(index: number): number {
    this.check(index);
    return this.values[index]!;
  }

  set(index: number, value: number): void {
    this.check(index);
    this.values[index] = value;
  }

  clear(): void {
    this.length = 0;
  }

  view(): Column {
    return this.values.subarray(0, this.length) as Column;
  }

  toArray(): Column {
    return this.values.slice(0, this.length) as Column;
  }

  private grow(): void {
    const larger = this.allocate(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
  }

  private check(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`growable: index must be in 0..${this.length - 1}, got ${index}`);
    }
  }
}
