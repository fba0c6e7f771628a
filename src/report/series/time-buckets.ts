/** A stretch of simulated time cut into equal steps; the last one may be shorter. */
export interface TimeBuckets {
  readonly startS: number;
  readonly endS: number;
  readonly stepS: number;
  readonly count: number;
}

/** What one step function did in each bucket. */
export interface BucketedColumn {
  /** Time-weighted mean: its area equals the area under the original. */
  readonly mean: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** Steps people can name, in seconds: 1 s to 4 weeks, then doubling. */
const NAMED_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800, 1_209_600, 2_419_200,
];

/**
 * Cuts [startS, endS] into at most `bucketsMax` steps of a length people can name.
 *
 * @param range.bucketsMax ≥ 1
 * @throws RangeError when the range is not finite or ends before it starts
 */
export function timeBuckets(range: {
  readonly startS: number;
  readonly endS: number;
  readonly bucketsMax: number;
}): TimeBuckets {
  const { startS, endS, bucketsMax } = range;
  if (!Number.isFinite(startS) || !Number.isFinite(endS) || endS < startS) {
    throw new RangeError(`report: time range must be finite and ordered, got ${startS} to ${endS}`);
  }
  const spanS = endS - startS;
  const stepS = stepFor(spanS, bucketsMax);
  return { startS, endS, stepS, count: Math.max(1, Math.ceil(spanS / stepS)) };
}

function stepFor(spanS: number, bucketsMax: number): number {
  const needS = spanS / bucketsMax;
  if (needS <= 1) {
    // Below a second: 0.5, 0.2, 0.1, 0.05, ... the smallest that is still long enough.
    let stepS = 1;
    for (let scale = 1; scale >= 1e-9; scale /= 10) {
      for (const factor of [1, 0.5, 0.2]) {
        if (scale * factor < needS) return stepS;
        stepS = scale * factor;
      }
    }
    return stepS;
  }
  const named = NAMED_STEPS_S.find((stepS) => stepS >= needS);
  if (named !== undefined) return named;
  let stepS = NAMED_STEPS_S.at(-1)!;
  while (stepS < needS) stepS *= 2;
  return stepS;
}

/** Start and end of a bucket in seconds. */
export function bucketRange(buckets: TimeBuckets, index: number): readonly [number, number] {
  const fromS = buckets.startS + index * buckets.stepS;
  return [fromS, Math.min(buckets.endS, fromS + buckets.stepS)];
}

/**
 * Folds a step function into buckets: mean by time, lowest and highest value.
 *
 * Row i of the function holds from timeS[i] to timeS[i+1], the last to the end of the buckets. A row
 * that lasts no time counts for min and max of its bucket: a peak of zero length was still reached.
 * Buckets before the first row are NaN.
 */
export function bucketColumn(
  timeS: ArrayLike<number>,
  values: ArrayLike<number>,
  buckets: TimeBuckets,
): BucketedColumn {
  const area = new Float64Array(buckets.count);
  const coveredS = new Float64Array(buckets.count);
  const min = new Float64Array(buckets.count).fill(Infinity);
  const max = new Float64Array(buckets.count).fill(-Infinity);
  for (let row = 0; row < timeS.length; row++) {
    const value = values[row]!;
    const rowEndS = row + 1 < timeS.length ? timeS[row + 1]! : buckets.endS;
    let fromS = Math.max(timeS[row]!, buckets.startS);
    const toS = Math.min(rowEndS, buckets.endS);
    if (fromS > toS) continue;
    let bucket = bucketAt(buckets, fromS);
    for (;;) {
      const untilS = Math.min(toS, bucketRange(buckets, bucket)[1]);
      area[bucket]! += value * (untilS - fromS);
      coveredS[bucket]! += untilS - fromS;
      if (value < min[bucket]!) min[bucket] = value;
      if (value > max[bucket]!) max[bucket] = value;
      fromS = untilS;
      bucket++;
      if (bucket >= buckets.count || untilS >= toS) break;
    }
  }
  return finish(area, coveredS, min, max);
}

function bucketAt(buckets: TimeBuckets, timeS: number): number {
  const index = Math.floor((timeS - buckets.startS) / buckets.stepS);
  return Math.min(buckets.count - 1, Math.max(0, index));
}

function finish(
  area: Float64Array,
  coveredS: Float64Array,
  min: Float64Array,
  max: Float64Array,
): BucketedColumn {
  const mean = area.map((sum, bucket) => {
    const covered = coveredS[bucket]!;
    // No time passed: the only value there was.
    if (covered === 0) return min[bucket] === Infinity ? Number.NaN : min[bucket]!;
    // Rounding must not lift a mean out of its own range.
    return Math.min(max[bucket]!, Math.max(min[bucket]!, sum / covered));
  });
  const orNaN = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
  return { mean, min: min.map(orNaN), max: max.map(orNaN) };
}

/** Length of time, in seconds, during which a condition on the rows of a step function held. */
export function timeWhile(
  timeS: ArrayLike<number>,
  endS: number,
  holds: (row: number) => boolean,
): number {
  let totalS = 0;
  for (let row = 0; row < timeS.length; row++) {
    const untilS = row + 1 < timeS.length ? timeS[row + 1]! : endS;
    if (untilS > timeS[row]! && holds(row)) totalS += untilS - timeS[row]!;
  }
  return totalS;
}
