import type { JobTable } from "../job-table.js";
import { HOURS_PER_WEEK, WEEK_S } from "../synthetic/weekly-clock.js";

const HOUR_S = 3600;
const HOURS_PER_DAY = 24;
/** 1970-01-05, the first Monday of Unix time. */
const FIRST_MONDAY_S = 345_600;

/** Names in the order of the week. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** Arrivals of one hour of the day or one day of the week, over the whole trace. */
export interface ArrivalSlot {
  /** `0` to `23`, or `Mon` to `Sun`. */
  readonly name: string;
  readonly jobs: number;
  /** Hours of this name that the trace covers; parts of an hour count as one. */
  readonly hours: number;
  /** Null where the trace covers none. */
  readonly jobsPerHour: number | null;
}

/** When jobs are submitted. */
export interface ArrivalPattern {
  /** `utc` when the trace has calendar times, else hours count from second 0 as Monday 00:00. */
  readonly clock: "utc" | "second-0-is-monday";
  readonly hourOfDay: readonly ArrivalSlot[];
  readonly weekday: readonly ArrivalSlot[];
  /** Clock hours from the first submission to the last, parts counted whole. */
  readonly hours: number;
  /**
   * Index of dispersion: variance over mean of the jobs per clock hour. 1 for a steady Poisson stream;
   * daily rhythm and bursts raise it. Null below two hours.
   */
  readonly dispersionIndex: number | null;
}

/** Jobs and hours covered, for each of the 168 hours of the week from Monday 00:00. */
export interface HoursOfWeek {
  readonly jobs: Float64Array;
  readonly hours: Float64Array;
}

/** Seconds from Monday 00:00 (UTC where the trace has calendar times) to second 0 of the table. */
export function secondsIntoWeek({ originEpochS }: JobTable): number {
  if (originEpochS === undefined) return 0;
  return (((originEpochS - FIRST_MONDAY_S) % WEEK_S) + WEEK_S) % WEEK_S;
}

/** Counts submissions by hour of the week. Rows for which `weight` is 0 do not count. */
export function hoursOfWeek(
  jobs: JobTable,
  weight: (row: number) => number = () => 1,
): HoursOfWeek {
  const offsetS = secondsIntoWeek(jobs);
  const counts = new Float64Array(HOURS_PER_WEEK);
  const slotOf = (hour: number): number =>
    ((hour % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK;
  for (let row = 0; row < jobs.count; row += 1) {
    counts[slotOf(hourAt(jobs.submitS[row]! + offsetS))]! += weight(row);
  }
  const { first, count } = hourRange(jobs);
  const hours = new Float64Array(HOURS_PER_WEEK).fill(Math.floor(count / HOURS_PER_WEEK));
  for (let hour = first; hour < first + (count % HOURS_PER_WEEK); hour += 1) {
    hours[slotOf(hour)]! += 1;
  }
  return { jobs: counts, hours };
}

/** Finds the daily and weekly rhythm and the burstiness of the submissions. */
export function arrivalPattern(jobs: JobTable): ArrivalPattern {
  const week = hoursOfWeek(jobs);
  return {
    clock: jobs.originEpochS === undefined ? "second-0-is-monday" : "utc",
    hourOfDay: Array.from({ length: HOURS_PER_DAY }, (_, hour) =>
      slot(String(hour), week, (index) => index % HOURS_PER_DAY === hour),
    ),
    weekday: WEEKDAYS.map((name, day) =>
      slot(name, week, (index) => Math.floor(index / HOURS_PER_DAY) === day),
    ),
    hours: hourRange(jobs).count,
    dispersionIndex: dispersionIndex(jobs),
  };
}

function slot(name: string, week: HoursOfWeek, belongs: (index: number) => boolean): ArrivalSlot {
  const sum = (values: Float64Array): number =>
    values.reduce((total, value, index) => (belongs(index) ? total + value : total), 0);
  const jobs = sum(week.jobs);
  const hours = sum(week.hours);
  return { name, jobs, hours, jobsPerHour: hours === 0 ? null : jobs / hours };
}

function hourAt(timeS: number): number {
  return Math.floor(timeS / HOUR_S);
}

function hourRange(jobs: JobTable): { first: number; count: number } {
  if (jobs.count === 0) return { first: 0, count: 0 };
  const offsetS = secondsIntoWeek(jobs);
  const first = hourAt(jobs.submitS[0]! + offsetS);
  return { first, count: hourAt(jobs.submitS[jobs.count - 1]! + offsetS) - first + 1 };
}

/** Hours without jobs count too; they are not walked through, a trace may have millions. */
function dispersionIndex(jobs: JobTable): number | null {
  const { count: hours } = hourRange(jobs);
  if (hours < 2) return null;
  const offsetS = secondsIntoWeek(jobs);
  const mean = jobs.count / hours;
  let squares = 0;
  let hoursWithJobs = 0;
  for (let row = 0; row < jobs.count;) {
    const hour = hourAt(jobs.submitS[row]! + offsetS);
    const firstRow = row;
    while (row < jobs.count && hourAt(jobs.submitS[row]! + offsetS) === hour) row += 1;
    const away = row - firstRow - mean;
    squares += away * away;
    hoursWithJobs += 1;
  }
  squares += (hours - hoursWithJobs) * mean * mean;
  return squares / (hours - 1) / mean;
}
