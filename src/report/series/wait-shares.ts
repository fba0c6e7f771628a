/** Share of jobs that had started by each wait: points of a rising step curve. */
export interface WaitCurve {
  readonly waitS: readonly number[];
  /** Share of all jobs that could start, 0..1; the rest never started within the run. */
  readonly share: readonly number[];
}

/** Ratio of neighbouring points; 4 % of a wait is finer than a page shows. */
const RATIO = 1.04;

/**
 * Empirical distribution of waits, thinned to points that a page can show.
 *
 * The denominator counts jobs that never started as well: leaving them out would flatter a cluster
 * that starves its large jobs. Points grow by 4 % (plus a linear part under `linearS`), multiplied
 * up instead of taken from a logarithm, so every engine gives the same points.
 *
 * @param sortedWaitS waits of started jobs in seconds, ascending
 * @param options.jobs jobs that could have started: at least sortedWaitS.length
 */
export function waitCurve(
  sortedWaitS: Float64Array,
  options: { readonly jobs: number; readonly longestS: number; readonly linearS: number },
): WaitCurve {
  const { jobs, longestS, linearS } = options;
  const waitS: number[] = [];
  const share: number[] = [];
  const add = (atS: number): void => {
    waitS.push(atS);
    share.push(jobs === 0 ? 0 : countAtMost(sortedWaitS, atS) / jobs);
  };
  for (let atS = 0; atS < longestS; atS = (atS + linearS) * RATIO - linearS) {
    // Half-second precision keeps the points readable in the chart's data.
    add(atS < 10 * linearS ? Math.round(atS * 2) / 2 : Math.round(atS));
  }
  add(longestS);
  return { waitS, share };
}

/** Entries of an ascending array that are at most `limit`. */
export function countAtMost(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
