import { NO_BREAK_SPACE, formatSignificant } from "./number.js";

/** A unit of time people read, and how many seconds it has. */
export interface DurationUnit {
  readonly symbol: "s" | "min" | "h" | "d";
  readonly word: "seconds" | "minutes" | "hours" | "days";
  readonly seconds: number;
}

const SECOND: DurationUnit = { symbol: "s", word: "seconds", seconds: 1 };
const MINUTE: DurationUnit = { symbol: "min", word: "minutes", seconds: 60 };
const HOUR: DurationUnit = { symbol: "h", word: "hours", seconds: 3600 };
const DAY: DurationUnit = { symbol: "d", word: "days", seconds: 86_400 };

/**
 * The unit that prints a duration of this size with few digits before the point.
 *
 * Hours run to three days, because people plan jobs in hours longer than clocks do.
 */
export function durationUnit(durationS: number): DurationUnit {
  const magnitude = Math.abs(durationS);
  if (magnitude < 60) return SECOND;
  if (magnitude < 3600) return MINUTE;
  return magnitude < 3 * 86_400 ? HOUR : DAY;
}

/** A duration in seconds for people: "11.2 min", "8.10 h". */
export function formatDuration(durationS: number): string {
  if (durationS === 0) return `0${NO_BREAK_SPACE}s`;
  const unit = durationUnit(durationS);
  return `${formatSignificant(durationS / unit.seconds)}${NO_BREAK_SPACE}${unit.symbol}`;
}

/** The one unit for a whole column of durations in seconds, by its largest. */
export function columnUnit(durationsS: Iterable<number | null>): DurationUnit {
  let longestS = 0;
  for (const durationS of durationsS) {
    if (durationS !== null && Number.isFinite(durationS) && durationS > longestS)
      longestS = durationS;
  }
  // Twice the usual limit: a column with one 70-second entry still reads best in seconds.
  return durationUnit(longestS / 2);
}

/** A moment of simulated time for people: "day 3, 04:05" counted from the start of the trace. */
export function formatMoment(timeS: number): string {
  const day = Math.floor(timeS / DAY.seconds);
  const minute = Math.floor((timeS - day * DAY.seconds) / 60);
  const clock = `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
  return `day${NO_BREAK_SPACE}${day},${NO_BREAK_SPACE}${clock}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
