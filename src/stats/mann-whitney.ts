import { normalTail } from "./normal.js";

/** Largest number of values on both sides together for which the distribution is counted exactly. */
const EXACT_VALUES_MAX = 120;

/** What the Mann–Whitney test says about two samples. */
export interface MannWhitney {
  /** Pairs (left, right) with right above left; ties count one half. */
  readonly statistic: number;
  /** Two-sided p-value. */
  readonly p: number;
  /** False when the samples are too large to count and a normal approximation with tie correction stands in. */
  readonly isExact: boolean;
  /** True when values of the two samples are equal; the p-value is then of the permutation distribution of mid-ranks. */
  readonly hasTies: boolean;
}

/**
 * Mann–Whitney test of two independent samples, two-sided.
 *
 * Exact up to 120 values: the permutation distribution of the rank sum, mid-ranks for ties, by counting
 * subsets. Two-sided: the share of permutations at least as far from the middle as what was seen.
 *
 * Source: Mann & Whitney 1947; the permutation form with mid-ranks: Lehmann, *Nonparametrics*, 1.
 *
 * @throws RangeError when a sample is empty or a value is not finite
 */
export function mannWhitney(left: ArrayLike<number>, right: ArrayLike<number>): MannWhitney {
  const [n, m] = [left.length, right.length];
  if (n === 0 || m === 0)
    throw new RangeError("Mann–Whitney: both samples need at least one value");
  const ranks = doubledMidRanks(left, right);
  let rankSum = 0;
  for (let index = n; index < n + m; index++) rankSum += ranks.doubled[index]!;
  const statistic = rankSum / 2 - (m * (m + 1)) / 2;
  const hasTies = ranks.tieCubes > 0;
  if (n + m > EXACT_VALUES_MAX) {
    return { statistic, p: approximateP({ statistic, n, m, ranks }), isExact: false, hasTies };
  }
  const p = hasTies
    ? permutationP(ranks.doubled, m, rankSum)
    : exactP(statistic, rankSumCounts(n, m));
  return { statistic, p, isExact: true, hasTies };
}

/** The smallest two-sided p-value that samples of these sizes can give: 2 / C(n + m, n). */
export function smallestMannWhitneyP(n: number, m: number): number {
  let arrangements = 1;
  for (let index = 1; index <= n; index++) arrangements *= (m + index) / index;
  return Math.min(1, 2 / arrangements);
}

/**
 * How many of the ordered pairwise differences the exact interval leaves out at each end, plus one: the
 * interval runs from the k-th to the (n·m + 1 - k)-th difference. It is the number of u with
 * 2 P(U ≤ u) ≤ 1 - confidence.
 *
 * @returns k and the confidence the interval really has; undefined when the samples are too small for it
 */
export function mannWhitneyIntervalRank(options: {
  readonly n: number;
  readonly m: number;
  readonly confidence: number;
}): { readonly rank: number; readonly confidence: number } | undefined {
  const { n, m, confidence } = options;
  if (n + m > EXACT_VALUES_MAX) return approximateRank(options);
  const counts = rankSumCounts(n, m);
  let rank = 0;
  let below = 0;
  while (rank < counts.length && 2 * (below + counts[rank]!) <= 1 - confidence) {
    below += counts[rank]!;
    rank += 1;
  }
  return rank === 0 ? undefined : { rank, confidence: 1 - 2 * below };
}

const COUNTS = new Map<string, Float64Array>();

/** P(U = u) for u = 0..n·m without ties: the coefficients of the Gaussian binomial over their sum. */
function rankSumCounts(n: number, m: number): Float64Array {
  const key = `${n} ${m}`;
  const known = COUNTS.get(key);
  if (known !== undefined) return known;
  // Π_{i=1..n} (1 - x^(m+i)) / (1 - x^i), one factor at a time; each factor keeps whole, positive counts.
  const counts = new Float64Array(n * m + 1);
  counts[0] = 1;
  for (let factor = 1; factor <= n; factor++) {
    for (let u = counts.length - 1; u >= m + factor; u--) counts[u]! -= counts[u - m - factor]!;
    for (let u = factor; u < counts.length; u++) counts[u]! += counts[u - factor]!;
  }
  let total = 0;
  for (const count of counts) total += count;
  for (let u = 0; u < counts.length; u++) counts[u]! /= total;
  COUNTS.set(key, counts);
  return counts;
}

function exactP(statistic: number, shares: Float64Array): number {
  const tail = Math.min(statistic, shares.length - 1 - statistic);
  let below = 0;
  for (let u = 0; u <= tail; u++) below += shares[u]!;
  return Math.min(1, 2 * below);
}

interface MidRanks {
  /** Twice the mid-rank of each value, left sample first: whole numbers. */
  readonly doubled: Float64Array;
  /** Σ (t³ - t) over groups of t equal values. */
  readonly tieCubes: number;
}

function doubledMidRanks(left: ArrayLike<number>, right: ArrayLike<number>): MidRanks {
  const values = Float64Array.from([...Array.from(left), ...Array.from(right)]);
  if (!values.every((value) => Number.isFinite(value))) {
    throw new RangeError("Mann–Whitney: every value must be finite");
  }
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
  const doubled = new Float64Array(values.length);
  let tieCubes = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) doubled[order[at]!] = from + 1 + to;
    const equal = to - from;
    tieCubes += equal * equal * equal - equal;
    from = to;
  }
  return { doubled, tieCubes };
}

/** Share of all choices of `m` values whose rank sum is at least as far from its mean as the one seen. */
function permutationP(doubled: Float64Array, m: number, rankSum: number): number {
  let total = 0;
  for (const rank of doubled) total += rank;
  // ways[j] holds, per rank sum, how many choices of j values give it, as a share to stay in range.
  const ways = Array.from({ length: m + 1 }, () => new Float64Array(total + 1));
  ways[0]![0] = 1;
  doubled.forEach((rank, index) => {
    for (let chosen = Math.min(m, index + 1); chosen >= 1; chosen--) {
      const [to, from] = [ways[chosen]!, ways[chosen - 1]!];
      for (let sum = total; sum >= rank; sum--) to[sum]! += from[sum - rank]!;
    }
  });
  const mean = (total * m) / doubled.length;
  const distance = Math.abs(rankSum - mean);
  let [far, all] = [0, 0];
  ways[m]!.forEach((count, sum) => {
    all += count;
    // A hair of tolerance: the mean of doubled ranks need not be a whole number.
    if (Math.abs(sum - mean) >= distance - 1e-9) far += count;
  });
  return far / all;
}

function approximateP(options: {
  readonly statistic: number;
  readonly n: number;
  readonly m: number;
  readonly ranks: MidRanks;
}): number {
  const { statistic, n, m, ranks } = options;
  const size = n + m;
  const variance = ((n * m) / 12) * (size + 1 - ranks.tieCubes / (size * (size - 1)));
  if (variance === 0) return 1;
  const distance = Math.max(0, Math.abs(statistic - (n * m) / 2) - 0.5);
  return Math.min(1, 2 * normalTail(distance / Math.sqrt(variance)));
}

function approximateRank(options: {
  readonly n: number;
  readonly m: number;
  readonly confidence: number;
}): { readonly rank: number; readonly confidence: number } {
  const { n, m, confidence } = options;
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12);
  let rank = Math.floor((n * m) / 2);
  while (rank > 1 && 2 * normalTail(((n * m) / 2 - rank + 0.5) / deviation) > 1 - confidence)
    rank--;
  return { rank, confidence: 1 - 2 * normalTail(((n * m) / 2 - rank + 0.5) / deviation) };
}
