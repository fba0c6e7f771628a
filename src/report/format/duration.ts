import { formatDuration as formatPlainDuration } from "../../base/units.js";
import { NO_BREAK_SPACE, forPeople } from "./number.js";

const DAY_S = 86_400;

/** A duration in seconds for people: "11.2 min", "8.1 h". */
export function formatDuration(durationS: number): string {
  if (!Number.isFinite(durationS)) throw new RangeError(`report: ${durationS} s is no duration`);
  return forPeople(formatPlainDuration(durationS));
}

/** A moment of simulated time for people: "day 3, 04:05" counted from the start of the trace. */
export function formatMoment(timeS: number): string {
  const day = Math.floor(timeS / DAY_S);
  const minute = Math.floor((timeS - day * DAY_S) / 60);
  const clock = `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
  return `day${NO_BREAK_SPACE}${day},${NO_BREAK_SPACE}${clock}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
