/** Count, mean and variance of a stream of values, in one pass. */
export interface Moments {
  readonly count: number;
  /** NaN before the first value. */
  readonly mean: number;
  /** Sample variance (divided by n - 1); NaN below two values. */
  readonly variance: number;
  /** Square root of the variance. */
  readonly standardDeviation: number;
  add(value: number): void;
}

/** Starts an empty stream. Welford's update: no loss when the mean is large beside the spread. */
export function createMoments(): Moments {
  let count = 0;
  let mean = 0;
  let squares = 0;
  const variance = (): number => (count < 2 ? Number.NaN : squares / (count - 1));
  return {
    get count() {
      return count;
    },
    get mean() {
      return count === 0 ? Number.NaN : mean;
    },
    get variance() {
      return variance();
    },
    get standardDeviation() {
      return Math.sqrt(variance());
    },
    add(value) {
      count++;
      const before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
    },
  };
}

/** Moments of values that are all there. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const moments = createMoments();
  for (let index = 0; index < values.length; index++) moments.add(values[index]!);
  return moments;
}
