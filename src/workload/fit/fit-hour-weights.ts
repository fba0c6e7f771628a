import { HOURS_PER_WEEK } from "../synthetic/weekly-clock.js";
import type { HoursOfWeek } from "../describe/arrival-pattern.js";

const HOURS_PER_DAY = 24;
const DAYS_PER_WEEK = 7;
/** Fewer batches per hour of the week, and the 168 rates would be mostly chance. */
const BATCHES_PER_HOUR_MIN = 20;

/** Arrival rates over the week. */
export interface FittedHours {
  /** Mean 1 over the hours of the week. */
  readonly weights: readonly number[];
  /** `each-hour`: one rate per hour of the week. `day-times-hour`: a factor per day and one per hour of day. */
  readonly form: "each-hour" | "day-times-hour";
}

/**
 * Fits the rate of each hour of the week.
 *
 * With 20 batches or more for each of the 168 hours every hour has its own rate; with fewer it is the
 * product of a factor for the day and one for the hour of day, which have 7 and 24 times the data.
 *
 * @param week starts of batches, and the hours covered
 */
export function fitHourWeights({ jobs, hours }: HoursOfWeek): FittedHours {
  const rates = Array.from(jobs, (count, hour) => (hours[hour]! > 0 ? count / hours[hour]! : null));
  const total = jobs.reduce((sum, count) => sum + count, 0);
  const isWhole = rates.every((rate) => rate !== null);
  if (isWhole && total >= BATCHES_PER_HOUR_MIN * HOURS_PER_WEEK) {
    return { weights: ofMeanOne(rates), form: "each-hour" };
  }
  const { day, hour } = productForm(jobs, hours);
  const weights = rates.map(
    (_, index) => day[Math.floor(index / HOURS_PER_DAY)]! * hour[index % HOURS_PER_DAY]!,
  );
  return { weights: ofMeanOne(weights), form: "day-times-hour" };
}

/**
 * The factors of greatest likelihood for Poisson counts: each is its count over what the others expect,
 * repeated until they agree. Where no hour of a day (or of that name) is covered the factor is 1, the mean.
 */
function productForm(jobs: Float64Array, hours: Float64Array): { day: number[]; hour: number[] } {
  const day = new Array<number>(DAYS_PER_WEEK).fill(1);
  const hour = new Array<number>(HOURS_PER_DAY).fill(1);
  const dayOf = (index: number): number => Math.floor(index / HOURS_PER_DAY);
  const hourOf = (index: number): number => index % HOURS_PER_DAY;
  const renew = (
    factors: number[],
    own: (index: number) => number,
    other: (index: number) => number,
  ): void => {
    const counts = factors.map(() => 0);
    const expected = factors.map(() => 0);
    jobs.forEach((count, index) => {
      counts[own(index)]! += count;
      expected[own(index)]! += hours[index]! * other(index);
    });
    const known = counts.filter((_, index) => expected[index]! > 0);
    const knownExpected = expected.filter((value) => value > 0);
    const mean = known.reduce(plus, 0) / knownExpected.reduce(plus, 0);
    factors.forEach((_, index) => {
      factors[index] = expected[index]! > 0 ? counts[index]! / expected[index]! / mean : 1;
    });
  };
  // With all hours covered alike the first round is exact; gaps in the cover need a few more.
  for (let round = 0; round < 50; round += 1) {
    renew(day, dayOf, (index) => hour[hourOf(index)]!);
    renew(hour, hourOf, (index) => day[dayOf(index)]!);
  }
  return { day, hour };
}

function ofMeanOne(values: readonly number[]): number[] {
  const mean = values.reduce(plus, 0) / values.length;
  return values.map((value) => value / mean);
}

function plus(left: number, right: number): number {
  return left + right;
}
