/** A copy of a column with twice the room. */
export function doubleDoubles(column: Float64Array): Float64Array {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}

/** A copy of a column with twice the room. */
export function doubleIntegers(column: Int32Array): Int32Array {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}
