/**
 * Spearman's rank correlation: the correlation of ranks, equal values sharing the mean of their ranks.
 *
 * @returns -1..1; null below two pairs, or when all values of one side are equal
 * @throws RangeError when the lengths differ
 */
export function rankCorrelation(left: Float64Array, right: Float64Array): number | null {
  if (left.length !== right.length) {
    throw new RangeError(`rank correlation: ${left.length} values beside ${right.length}`);
  }
  const count = left.length;
  if (count < 2) return null;
  const leftRanks = ranksOf(left);
  const rightRanks = ranksOf(right);
  // Ranks of n values have the mean (n + 1) / 2, ties or not.
  const mean = (count + 1) / 2;
  let product = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let index = 0; index < count; index++) {
    const fromLeft = leftRanks[index]! - mean;
    const fromRight = rightRanks[index]! - mean;
    product += fromLeft * fromRight;
    leftSquares += fromLeft * fromLeft;
    rightSquares += fromRight * fromRight;
  }
  if (leftSquares === 0 || rightSquares === 0) return null;
  return product / Math.sqrt(leftSquares * rightSquares);
}

function ranksOf(values: Float64Array): Float64Array {
  const order = Int32Array.from(values, (_, index) => index);
  order.sort((one, other) => values[one]! - values[other]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    // Positions from + 1 .. to, counted from 1.
    const shared = (from + 1 + to) / 2;
    for (let position = from; position < to; position++) ranks[order[position]!] = shared;
    from = to;
  }
  return ranks;
}
