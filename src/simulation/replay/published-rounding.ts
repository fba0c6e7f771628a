/**
 * Rounding and averaging as the tools behind the published curves do it.
 *
 * The curves were printed by Go and averaged by pandas; to compare digit by digit, ties and the order
 * of additions must be theirs. The functions here say which tool each one follows.
 */

/** Nearest whole number, ties to even: Python's `round(x, 0)` and numpy's `rint`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Two decimals, rounded from the exact binary value, ties to even: Python's `round(x, 2)` and Go's `%.2f`.
 *
 * Only multiples of 1/8 can be ties; `toFixed` rounds the others exactly.
 */
export function roundExact2(value: number): number {
  const eighths = value * 8;
  if (Number.isInteger(eighths) && eighths % 2 !== 0) return roundHalfEven(eighths * 12.5) / 100;
  return Number(value.toFixed(2));
}

/** Two decimals as numpy's `round(x, 2)`: scale, round to even, scale back. */
export function roundScaled2(value: number): number {
  return roundHalfEven(value * 100) / 100;
}

/** Values one block of a pairwise sum adds in eight running sums. */
const BLOCK = 128;

/**
 * Sum of `values[from..from+count-1]` in numpy's order: pairwise halves of blocks of at most 128.
 */
export function pairwiseSum(values: Float64Array, from: number, count: number): number {
  if (count < 8) {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += values[from + i]!;
    return sum;
  }
  if (count > BLOCK) {
    const half = (count >> 1) - ((count >> 1) % 8);
    return pairwiseSum(values, from, half) + pairwiseSum(values, from + half, count - half);
  }
  const running = values.slice(from, from + 8);
  let i = 8;
  for (; i < count - (count % 8); i += 8) {
    for (let lane = 0; lane < 8; lane += 1) running[lane]! += values[from + i + lane]!;
  }
  const [a, b, c, d, e, f, g, h] = running as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (; i < count; i += 1) sum += values[from + i]!;
  return sum;
}
