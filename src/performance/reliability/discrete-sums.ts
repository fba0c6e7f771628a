/** A distribution over 0, 1, 2, … as its terms around the most likely value. */
export interface DiscreteSums {
  /** P(X = k). */
  probability(k: number): number;
  /** P(X <= k). */
  atMost(k: number): number;
  /** Smallest k with P(X <= k) >= level, level in (0, 1). */
  quantile(level: number): number;
}

/** Terms below this part of the largest change no sum of doubles. */
const NEGLIGIBLE = 1e-22;

/**
 * Poisson probabilities as exact sums: every term relative to the largest, divided by the sum of all.
 *
 * No factorial and no power is formed, so nothing overflows; the error is that of adding doubles.
 *
 * @throws RangeError unless the mean is finite and >= 0, and at most 1e8
 */
export function poissonSums(mean: number): DiscreteSums {
  if (!(mean >= 0 && mean <= 1e8))
    throw new RangeError(`poisson: the mean must be in 0..1e8, got ${mean}`);
  return fromRatios({
    mode: Math.floor(mean),
    last: Infinity,
    up: (k) => mean / (k + 1),
    down: (k) => k / mean,
  });
}

/**
 * Binomial probabilities of `trials` independent trials, as exact sums like `poissonSums`.
 *
 * @throws RangeError unless trials is a whole number in 0..1e8 and probability is in 0..1
 */
export function binomialSums(options: {
  readonly trials: number;
  readonly probability: number;
}): DiscreteSums {
  const { trials, probability } = options;
  if (!Number.isInteger(trials) || trials < 0 || trials > 1e8)
    throw new RangeError(`binomial: trials must be a whole number in 0..1e8, got ${trials}`);
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`binomial: the probability must be in 0..1, got ${probability}`);
  if (probability === 1)
    return fromRatios({ mode: trials, last: trials, up: () => 0, down: () => 0 });
  const odds = probability / (1 - probability);
  return fromRatios({
    mode: Math.min(trials, Math.floor((trials + 1) * probability)),
    last: trials,
    up: (k) => ((trials - k) / (k + 1)) * odds,
    down: (k) => k / ((trials - k + 1) * odds),
  });
}

interface Ratios {
  readonly mode: number;
  readonly last: number;
  /** P(k + 1) / P(k). */
  up(k: number): number;
  /** P(k - 1) / P(k). */
  down(k: number): number;
}

function fromRatios({ mode, last, up, down }: Ratios): DiscreteSums {
  const below: number[] = [];
  for (let k = mode, term = 1; k > 0; k--) {
    term *= down(k);
    if (!(term > NEGLIGIBLE)) break;
    below.push(term);
  }
  const terms = [...below.reverse(), 1];
  const first = mode - below.length;
  for (let k = mode, term = 1; k < last; k++) {
    term *= up(k);
    if (!(term > NEGLIGIBLE)) break;
    terms.push(term);
  }
  const total = terms.reduce((sum, term) => sum + term, 0);
  const atMost = (k: number): number => {
    if (k < first) return 0;
    if (k >= first + terms.length - 1) return 1;
    let sum = 0;
    for (let index = 0; index <= Math.floor(k) - first; index++) sum += terms[index]!;
    return sum / total;
  };
  return {
    probability: (k) => (terms[k - first] ?? 0) / total,
    atMost,
    quantile(level) {
      if (!(level > 0 && level < 1))
        throw new RangeError(`quantile: the level must be in (0, 1), got ${level}`);
      let sum = 0;
      for (let index = 0; index < terms.length; index++) {
        sum += terms[index]!;
        if (sum / total >= level) return first + index;
      }
      return first + terms.length - 1;
    },
  };
}
