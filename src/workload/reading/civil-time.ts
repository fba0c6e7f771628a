/** An instant read from a text. */
export interface ParsedTime {
  /** Unix time in seconds; for a time without a zone, as if it were UTC. */
  readonly epochS: number;
  /** `none` for a civil time without a zone, `epoch` for a bare number of seconds. */
  readonly zone: "stated" | "none" | "epoch";
}

const SECONDS_PER_DAY = 86_400;

/** Earliest and latest Unix second taken for a time: 1970 to 9999. */
const EPOCH_MAX_S = 253_402_300_799;

/** Largest difference of a zone in use from UTC: Kiribati's 14 hours. */
const OFFSET_MAX_S = 14 * 3600;

// 2026-01-05, T or blank, 08:00 with optional :00 and fraction, optional Z or ±hh[:mm].
const CIVIL =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/;
const EPOCH = /^\d{1,12}(?:\.\d{1,9})?$/;

/**
 * Reads `2026-01-05T08:00:00Z`, `2026-01-05 08:00:00`, with or without an offset, or a Unix time.
 *
 * Own arithmetic of the proleptic Gregorian calendar: the built-in date parser uses the zone of the
 * machine, so that one file would give different times on two machines. Impossible dates such as
 * February 30 are refused, as are leap seconds (:60), which Unix time does not have.
 *
 * @returns undefined when the text is no such time
 */
export function parseTime(text: string): ParsedTime | undefined {
  const plainS = plainCivilTime(text);
  if (plainS !== undefined) return { epochS: plainS, zone: "none" };
  if (EPOCH.test(text)) {
    const epochS = Number(text);
    return epochS <= EPOCH_MAX_S ? { epochS, zone: "epoch" } : undefined;
  }
  const match = CIVIL.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as Five;
  const second = Number(match[6] ?? 0);
  const inRange =
    month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59;
  if (!inRange || year < 1970 || day > daysInMonth(year, month)) return undefined;
  const dayS = daysFromCivil(year, month, day) * SECONDS_PER_DAY;
  const localS = dayS + hour * 3600 + minute * 60 + second + Number(match[7] ?? 0);
  const offset = match[8];
  if (offset === undefined) return { epochS: localS, zone: "none" };
  const offsetS = offsetSeconds(offset);
  return Math.abs(offsetS) <= OFFSET_MAX_S
    ? { epochS: localS - offsetS, zone: "stated" }
    : undefined;
}

type Five = [number, number, number, number, number];

/**
 * The form nearly all traces use, `2026-01-05 08:00:00` with a blank or T, read digit by digit.
 *
 * Several times faster than the expression below, which reads the same and more; undefined leaves the
 * text to it.
 */
function plainCivilTime(text: string): number | undefined {
  if (text.length !== 19 || text[4] !== "-" || text[7] !== "-") return undefined;
  if (text[13] !== ":" || text[16] !== ":" || (text[10] !== " " && text[10] !== "T")) {
    return undefined;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // NaN, from a character that is no digit, fails every comparison.
  const valid =
    year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!valid || !(hour <= 23) || !(minute <= 59) || !(second <= 59)) return undefined;
  return daysFromCivil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
}

/** The number in two digits at a place; NaN when one is no digit. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  const areDigits = tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
  return areDigits ? tens * 10 + ones : Number.NaN;
}

/** A Unix time as `2026-01-05T08:00:00Z`; fractions of a second are dropped. */
export function formatTime(epochS: number): string {
  const days = Math.floor(epochS / SECONDS_PER_DAY);
  const inDay = Math.floor(epochS - days * SECONDS_PER_DAY);
  const { year, month, day } = civilFromDays(days);
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = [Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60].map(two);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${clock.join(":")}Z`;
}

/** Days from 1970-01-01 to a date; H. Hinnant's algorithm, in which years begin in March. */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const marchMonth = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = ((marchMonth + 2) % 12) + 1;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function offsetSeconds(offset: string): number {
  if (offset === "Z" || offset === "UTC") return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(":", "") || "0");
  return (offset.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}
