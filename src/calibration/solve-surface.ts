/** A least-squares problem whose rows each have the same small number of entries. */
export interface SparseRows {
  /** Entries per row. */
  readonly width: number;
  /** Unknown of each entry, rows one after another. */
  readonly columns: Int32Array;
  readonly weights: Float64Array;
  /** What each row should come to. */
  readonly targets: Float64Array;
}

const ITERATIONS_MAX = 2000;
const RELATIVE_RESIDUAL = 1e-6;

/**
 * Minimises Σ r_i (A x - y)_i² + λ |P x|² by conjugate gradients with a diagonal preconditioner, from 0.
 *
 * P takes second differences along three axes of a grid, so the solution bends as little as the data allows.
 *
 * @param options.importance r: one weight per row
 * @param options.grid knots along each axis; the last axis is the fastest
 */
export function solveSmooth(
  rows: SparseRows,
  options: {
    readonly importance: Float64Array;
    readonly grid: readonly [number, number, number];
    readonly smoothness: number;
  },
): Float64Array {
  const { importance, grid, smoothness } = options;
  const size = grid[0] * grid[1] * grid[2];
  const penalties = secondDifferences(grid);
  const right = new Float64Array(size);
  const diagonal = new Float64Array(size).fill(1e-9);
  scatter(rows, right, (row) => importance[row]! * rows.targets[row]!);
  rows.columns.forEach((column, entry) => {
    const row = Math.floor(entry / rows.width);
    diagonal[column]! += importance[row]! * rows.weights[entry]! * rows.weights[entry]!;
  });
  for (const [left, middle, next] of penalties) {
    diagonal[left]! += smoothness;
    diagonal[middle]! += 4 * smoothness;
    diagonal[next]! += smoothness;
  }
  const apply = (x: Float64Array): Float64Array => {
    const result = Float64Array.from(x, (value) => 1e-9 * value);
    scatter(rows, result, (row) => importance[row]! * rowProduct(rows, row, x));
    for (const [left, middle, next] of penalties) {
      const bend = smoothness * (x[left]! - 2 * x[middle]! + x[next]!);
      result[left]! += bend;
      result[middle]! -= 2 * bend;
      result[next]! += bend;
    }
    return result;
  };
  return conjugateGradients(apply, right, diagonal);
}

/** A row's value under a solution. */
export function rowProduct(rows: SparseRows, row: number, x: Float64Array): number {
  let sum = 0;
  for (let entry = row * rows.width; entry < (row + 1) * rows.width; entry++) {
    sum += rows.weights[entry]! * x[rows.columns[entry]!]!;
  }
  return sum;
}

function scatter(rows: SparseRows, into: Float64Array, value: (row: number) => number): void {
  for (let row = 0; row < rows.targets.length; row++) {
    const amount = value(row);
    for (let entry = row * rows.width; entry < (row + 1) * rows.width; entry++) {
      into[rows.columns[entry]!]! += rows.weights[entry]! * amount;
    }
  }
}

function secondDifferences(
  grid: readonly [number, number, number],
): readonly (readonly [number, number, number])[] {
  const strides = [grid[1] * grid[2], grid[2], 1];
  const triples: [number, number, number][] = [];
  for (let index = 0; index < grid[0] * grid[1] * grid[2]; index++) {
    grid.forEach((length, axis) => {
      const stride = strides[axis]!;
      const position = Math.floor(index / stride) % length;
      if (position + 2 < length) triples.push([index, index + stride, index + 2 * stride]);
    });
  }
  return triples;
}

function conjugateGradients(
  apply: (x: Float64Array) => Float64Array,
  right: Float64Array,
  diagonal: Float64Array,
): Float64Array {
  const x = new Float64Array(right.length);
  const rest = Float64Array.from(right);
  let conditioned = rest.map((value, index) => value / diagonal[index]!);
  const direction = Float64Array.from(conditioned);
  let energy = dot(rest, conditioned);
  const enough = RELATIVE_RESIDUAL * RELATIVE_RESIDUAL * energy;
  for (let step = 0; step < ITERATIONS_MAX && energy > enough; step++) {
    const image = apply(direction);
    const length = energy / dot(direction, image);
    for (let index = 0; index < x.length; index++) {
      x[index]! += length * direction[index]!;
      rest[index]! -= length * image[index]!;
    }
    conditioned = rest.map((value, index) => value / diagonal[index]!);
    const next = dot(rest, conditioned);
    const share = next / energy;
    for (let index = 0; index < x.length; index++)
      direction[index] = conditioned[index]! + share * direction[index]!;
    energy = next;
  }
  return x;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}
