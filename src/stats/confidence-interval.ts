import { momentsOf } from "./moments.js";
import { studentTQuantile } from "./student-t.js";

/** A mean with its two-sided confidence interval. */
export interface MeanInterval {
  readonly mean: number;
  /** Estimated variance of the mean itself. */
  readonly varianceOfMean: number;
  /** NaN when there are too few values for an interval. */
  readonly halfWidth: number;
  readonly degreesOfFreedom: number;
}

/**
 * Interval for the mean of independent replications: mean ± t(R - 1) s / √R.
 *
 * The values must be one number per run: jobs of one run depend on each other, and treating them as
 * independent makes intervals far too narrow.
 *
 * @param confidence such as 0.95, in (0, 1)
 */
export function replicationInterval(values: ArrayLike<number>, confidence: number): MeanInterval {
  const { count, mean, variance } = momentsOf(values);
  return interval({
    mean,
    varianceOfMean: variance / count,
    degreesOfFreedom: count - 1,
    confidence,
  });
}

/**
 * Interval for the mean of one long stationary series by non-overlapping batch means: the series is cut
 * into `batches` equal batches (the incomplete tail is dropped), whose means are treated as independent.
 *
 * @throws RangeError when there are fewer values than batches, or fewer than two batches
 */
export function batchMeansInterval(
  values: ArrayLike<number>,
  options: { readonly batches: number; readonly confidence: number },
): MeanInterval {
  const { batches, confidence } = options;
  if (!(Number.isInteger(batches) && batches >= 2 && batches <= values.length)) {
    throw new RangeError(
      `batch means: batches must be a whole number from 2 to ${values.length}, got ${batches}`,
    );
  }
  const size = Math.floor(values.length / batches);
  const means = new Float64Array(batches);
  for (let batch = 0; batch < batches; batch++)
    means[batch] = meanOf(values, batch * size, (batch + 1) * size);
  return replicationInterval(means, confidence);
}

/**
 * Variance of the mean by overlapping batch means (Meketon & Schmeiser 1984), with about 1.5 (n/b - 1)
 * degrees of freedom: two thirds of the variance of non-overlapping batches for one more pass.
 *
 * @param options.batchSize b, from 1 to n - 1
 */
export function overlappingBatchMeansInterval(
  values: ArrayLike<number>,
  options: { readonly batchSize: number; readonly confidence: number },
): MeanInterval {
  const { batchSize, confidence } = options;
  const count = values.length;
  if (!(Number.isInteger(batchSize) && batchSize >= 1 && batchSize < count)) {
    throw new RangeError(
      `overlapping batch means: batchSize must be from 1 to ${count - 1}, got ${batchSize}`,
    );
  }
  const mean = meanOf(values, 0, count);
  let squares = 0;
  for (let start = 0; start + batchSize <= count; start++) {
    const difference = meanOf(values, start, start + batchSize) - mean;
    squares += difference * difference;
  }
  const varianceOfMean = (batchSize * squares) / ((count - batchSize + 1) * (count - batchSize));
  return interval({
    mean,
    varianceOfMean,
    degreesOfFreedom: 1.5 * (count / batchSize - 1),
    confidence,
  });
}

function interval(options: {
  readonly mean: number;
  readonly varianceOfMean: number;
  readonly degreesOfFreedom: number;
  readonly confidence: number;
}): MeanInterval {
  const { mean, varianceOfMean, degreesOfFreedom, confidence } = options;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence interval: confidence must be in (0, 1), got ${confidence}`);
  }
  const halfWidth =
    degreesOfFreedom > 0
      ? studentTQuantile((1 + confidence) / 2, degreesOfFreedom) * Math.sqrt(varianceOfMean)
      : Number.NaN;
  return { mean, varianceOfMean, halfWidth, degreesOfFreedom };
}

function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += values[index]!;
  return sum / (to - from);
}
