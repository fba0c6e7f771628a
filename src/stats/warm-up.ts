/** Where the warm-up of a series ends. */
export interface WarmUp {
  /** Observations to drop from the front; a multiple of the batch size. */
  readonly truncate: number;
  /**
   * False when the minimum lies at the end of the searched half: the run was too short to tell, and
   * `truncate` must not be used.
   */
  readonly detected: boolean;
  /** The statistic for each number of dropped batches that was tried. */
  readonly statistics: Float64Array;
}

const BATCH = 5;

/**
 * MSER-5: drops the batches (of 5) whose removal makes the marginal standard error smallest.
 *
 * MSER(d) = Σ_{j>d} (Z_j - mean)² / (k - d)², searched over 0 ≤ d ≤ ⌊k/2⌋; beyond the half the statistic
 * falls to zero because few batches are left. White 1997; White, Cobb & Spratt 2000.
 * Only for steady-state questions: a trace that starts empty and ends is a terminating run.
 */
export function findWarmUp(values: ArrayLike<number>): WarmUp {
  const batches = Math.floor(values.length / BATCH);
  const searched = Math.floor(batches / 2);
  const statistics = new Float64Array(batches === 0 ? 0 : searched + 1);
  let best = 0;
  // From the back, so that mean and squares of the tail grow by one batch at a time.
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let dropped = batches - 1; dropped >= 0; dropped--) {
    const value = batchMean(values, dropped);
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
    if (dropped > searched) continue;
    statistics[dropped] = squares / (count * count);
  }
  for (let dropped = 1; dropped < statistics.length; dropped++) {
    if (statistics[dropped]! < statistics[best]!) best = dropped;
  }
  return { truncate: best * BATCH, detected: batches > 0 && best < searched, statistics };
}

function batchMean(values: ArrayLike<number>, batch: number): number {
  let sum = 0;
  for (let index = batch * BATCH; index < (batch + 1) * BATCH; index++) sum += values[index]!;
  return sum / BATCH;
}
