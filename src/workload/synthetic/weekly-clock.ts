/** Hours of one week. */
export const HOURS_PER_WEEK = 168;
/** Seconds of one week. */
export const WEEK_S = 604_800;
const HOUR_S = 3600;

/** Maps a count of expected arrivals to the time at which that many are expected. */
export interface WeeklyClock {
  /** Seconds from the start at which `arrivals` arrivals are expected; Infinity when that never comes. */
  timeOf(arrivals: number): number;
}

/**
 * Creates the clock of a rate that is constant within each hour of the week.
 *
 * A Poisson process with this rate is a Poisson process of rate 1 in "expected arrivals", read off this
 * clock: exact, and one uniform number per arrival.
 *
 * @param weights relative rate per hour of the week, 168 values ≥ 0, not all 0
 * @param arrivalsPerWeek expected arrivals of one week, > 0
 */
export function createWeeklyClock(
  weights: readonly number[],
  arrivalsPerWeek: number,
): WeeklyClock {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const before = [0];
  for (const weight of weights) {
    before.push(before.at(-1)! + (weight / total) * arrivalsPerWeek);
  }
  return {
    timeOf(arrivals) {
      const week = Math.floor(arrivals / before.at(-1)!);
      const within = arrivals - week * before.at(-1)!;
      let low = 0;
      let high = HOURS_PER_WEEK - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (before[middle]! <= within) low = middle;
        else high = middle - 1;
      }
      const inHour = (within - before[low]!) / (before[low + 1]! - before[low]!);
      return week * WEEK_S + (low + inHour) * HOUR_S;
    },
  };
}
