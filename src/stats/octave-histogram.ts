const SUBDIVISIONS_LOG2 = 8;
const SUBDIVISIONS = 1 << SUBDIVISIONS_LOG2;
/** Octaves from 2^-30 to 2^34: nanoseconds to centuries, in seconds. */
const OCTAVE_MIN = -30;
const OCTAVES = 64;
const BUCKETS = OCTAVES * SUBDIVISIONS;
/** Sign, exponent and the first bits of the mantissa of 2^-30, read as a whole number. */
const FIRST = (1023 + OCTAVE_MIN) * SUBDIVISIONS;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Place of the word with the exponent, which the processor decides. */
const HIGH = ((): 0 | 1 => {
  double[0] = 1;
  return words[0] === 0 ? 1 : 0;
})();

/**
 * How often values come up, in buckets of 1/256 of an octave.
 *
 * Positive values of any size are told apart to 0.4 %; counts are exact, so any two histograms of the same
 * values are equal, in whatever order they came. A run of values that grow evenly takes no longer than the
 * buckets it crosses. Buckets are the leading bits of the double, so nothing is rounded.
 */
export interface OctaveHistogram {
  readonly count: number;
  readonly max: number | null;
  add(value: number, times: number): void;
  /** Adds first + growth·k for k from `from` up to `from + count − 1`, each so many times. @param growth ≥ 0 */
  addEvenly(run: EvenRun, times: number): void;
  /** Adds all that another histogram holds. */
  addAll(other: OctaveHistogram): void;
  /** Quantile with linear steps between neighbours (rule R-7) of values taken as the middles of their buckets: within 0.2 %. */
  quantile(q: number): number | null;
}

/** Values that grow evenly. */
export interface EvenRun {
  readonly first: number;
  readonly growth: number;
  readonly from: number;
  readonly count: number;
}

/** Makes an empty histogram. */
export function createOctaveHistogram(): OctaveHistogram {
  return new BitHistogram();
}

class BitHistogram implements OctaveHistogram {
  count = 0;
  max: number | null = null;
  private readonly counts = new Float64Array(BUCKETS);

  add(value: number, times: number): void {
    if (times === 0) return;
    this.counts[bucketOf(value)]! += times;
    this.count += times;
    if (this.max === null || value > this.max) this.max = value;
  }

  addEvenly({ first, growth, from, count }: EvenRun, times: number): void {
    if (times === 0 || count === 0) return;
    const end = from + count;
    const last = first + growth * (end - 1);
    const lastBucket = bucketOf(last);
    for (let next = from; next < end;) {
      const bucket = bucketOf(first + growth * next);
      let after = end;
      if (bucket !== lastBucket) {
        // The first value of a later bucket, by halves: what is compared is what would be added.
        let low = next;
        while (after - low > 1) {
          const middle = (low + after) >>> 1;
          if (bucketOf(first + growth * middle) === bucket) low = middle;
          else after = middle;
        }
      }
      this.counts[bucket]! += times * (after - next);
      next = after;
    }
    this.count += times * count;
    if (this.max === null || last > this.max) this.max = last;
  }

  addAll(other: OctaveHistogram): void {
    if (!(other instanceof BitHistogram)) throw new TypeError("octave histogram: not one of ours");
    other.counts.forEach((times, bucket) => {
      this.counts[bucket]! += times;
    });
    this.count += other.count;
    if (other.max !== null && (this.max === null || other.max > this.max)) this.max = other.max;
  }

  quantile(q: number): number | null {
    if (this.count === 0) return null;
    const position = (this.count - 1) * q;
    const below = Math.floor(position);
    const lower = this.valueAt(below);
    const upper = this.valueAt(Math.min(below + 1, this.count - 1));
    return lower + (position - below) * (upper - lower);
  }

  private valueAt(rank: number): number {
    let passed = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      passed += this.counts[bucket]!;
      if (passed > rank) return middleOf(bucket);
    }
    return middleOf(BUCKETS - 1);
  }
}

function bucketOf(value: number): number {
  double[0] = value;
  const bucket = (words[HIGH]! >>> (20 - SUBDIVISIONS_LOG2)) - FIRST;
  return Math.min(BUCKETS - 1, Math.max(0, bucket));
}

function middleOf(bucket: number): number {
  words[HIGH] = (bucket + FIRST) << (20 - SUBDIVISIONS_LOG2);
  words[1 - HIGH] = 0;
  const low = double[0]!;
  words[HIGH] = (bucket + 1 + FIRST) << (20 - SUBDIVISIONS_LOG2);
  return (low + double[0]!) / 2;
}
