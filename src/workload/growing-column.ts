/** Typed arrays a column may be made of. */
export type ColumnArray = Float64Array | Int32Array | Uint8Array;

/** One column of a table under construction: numbers appended at the end. */
export interface GrowingColumn<Values extends ColumnArray> {
  readonly count: number;
  push(value: number): void;
  get(row: number): number;
  /** Replaces the value of a row already appended. */
  set(row: number, value: number): void;
  /**
   * The values of the given rows in their order, or all as appended, in an array of exactly that size.
   *
   * Gives up its own storage, so that finishing a table column by column needs no second table: the
   * column must not be used afterwards.
   */
  finish(order: Int32Array | undefined): Values;
}

const BLOCK_ROWS = 16_384;

/** Rows of the first block, which is no shrinkable one: small tables, of which studies make thousands, need no other. */
const FIRST_ROWS = 512;

/** An array buffer that can be shrunk in place (ES2024); its memory goes back at once, not at a collection. */
type Shrinkable = ArrayBuffer & { resize(bytes: number): void };

const ShrinkableBuffer = ArrayBuffer as unknown as new (
  bytes: number,
  options: { readonly maxByteLength: number },
) => Shrinkable;

/** Makes the array of a column: over a buffer, or with one of its own. */
type MakeColumn<Values extends ColumnArray> = (lengthOrBuffer: number | ArrayBuffer) => Values;

/**
 * Creates an empty column. `make` decides the element type.
 *
 * Values lie in blocks of fixed size: growing copies nothing and leaves no garbage behind, and finishing
 * gives every block back as soon as it is copied, so that a million rows need little more room while they
 * are read than afterwards.
 */
export function createGrowingColumn<Values extends ColumnArray>(
  make: MakeColumn<Values>,
): GrowingColumn<Values> {
  const blockBytes = BLOCK_ROWS * make(0).BYTES_PER_ELEMENT;
  let first = make(0);
  let blocks: Values[] = [];
  let block = first;
  let inBlock = 0;
  let count = 0;
  const get = (row: number): number =>
    row < FIRST_ROWS
      ? first[row]!
      : blocks[Math.floor((row - FIRST_ROWS) / BLOCK_ROWS)]![(row - FIRST_ROWS) % BLOCK_ROWS]!;
  return {
    get count() {
      return count;
    },
    push(value) {
      if (inBlock === block.length) {
        if (count === 0) first = block = make(FIRST_ROWS);
        else {
          block = make(new ShrinkableBuffer(blockBytes, { maxByteLength: blockBytes }));
          blocks.push(block);
        }
        inBlock = 0;
      }
      block[inBlock] = value;
      inBlock += 1;
      count += 1;
    },
    get,
    set(row, value) {
      if (row < FIRST_ROWS) first[row] = value;
      else
        blocks[Math.floor((row - FIRST_ROWS) / BLOCK_ROWS)]![(row - FIRST_ROWS) % BLOCK_ROWS] =
          value;
    },
    finish(order) {
      const exact = make(order?.length ?? count);
      if (order === undefined) {
        exact.set(first.subarray(0, Math.min(FIRST_ROWS, count)));
        blocks.forEach((values, index) => {
          const firstRow = FIRST_ROWS + index * BLOCK_ROWS;
          exact.set(values.subarray(0, Math.min(BLOCK_ROWS, count - firstRow)), firstRow);
        });
      } else {
        order.forEach((row, at) => {
          exact[at] = get(row);
        });
      }
      for (const { buffer } of blocks) (buffer as Shrinkable).resize(0);
      blocks = [];
      first = block = make(0);
      return exact;
    },
  };
}

/**
 * A column that costs nothing until a row has a value other than `absent`.
 *
 * Rows before the first value are filled with `absent` when it arrives.
 */
export interface OptionalColumn<Values extends ColumnArray> {
  /** Sets the value of row `row`; rows must come in order, rows left out get `absent`. */
  set(row: number, value: number): void;
  /** The values of the given rows out of `appended` rows; undefined when none ever had a value. */
  finish(appended: number, order: Int32Array | undefined): Values | undefined;
}

/** Creates an optional column of which no row has a value yet. */
export function createOptionalColumn<Values extends ColumnArray>(
  make: MakeColumn<Values>,
  absent: number,
): OptionalColumn<Values> {
  let column: GrowingColumn<Values> | undefined;
  const fillTo = (target: GrowingColumn<Values>, count: number): void => {
    while (target.count < count) target.push(absent);
  };
  return {
    set(row, value) {
      column ??= createGrowingColumn(make);
      fillTo(column, row);
      column.push(value);
    },
    finish(appended, order) {
      if (column === undefined) return undefined;
      fillTo(column, appended);
      return column.finish(order);
    },
  };
}

/** Makes a Float64Array; for `createGrowingColumn`. */
export const float64 = (of: number | ArrayBuffer): Float64Array => new Float64Array(of as number);
/** Makes an Int32Array; for `createGrowingColumn`. */
export const int32 = (of: number | ArrayBuffer): Int32Array => new Int32Array(of as number);
/** Makes a Uint8Array; for `createGrowingColumn`. */
export const uint8 = (of: number | ArrayBuffer): Uint8Array => new Uint8Array(of as number);
