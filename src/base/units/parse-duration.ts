import { asText, type Parsed, quote, readDecimal, refuse, scaleDecimal } from "./parsed.js";

const FORMS = ["30s", "15m", "2h", "1d", "1w", "1h30m", "250ms", "0"];

/** Seconds per unit as a fraction, so that "0.1ms" is rounded once. A year is 365 days. */
const UNITS: readonly {
  readonly names: readonly string[];
  readonly numerator: number;
  readonly denominator: number;
}[] = [
  { names: ["ns"], numerator: 1, denominator: 1e9 },
  { names: ["us", "µs", "μs"], numerator: 1, denominator: 1e6 },
  { names: ["ms"], numerator: 1, denominator: 1e3 },
  { names: ["s", "sec", "second", "seconds"], numerator: 1, denominator: 1 },
  { names: ["m", "min", "minute", "minutes"], numerator: 60, denominator: 1 },
  { names: ["h", "hour", "hours"], numerator: 3600, denominator: 1 },
  { names: ["d", "day", "days"], numerator: 86_400, denominator: 1 },
  { names: ["w", "week", "weeks"], numerator: 604_800, denominator: 1 },
  { names: ["y", "year", "years"], numerator: 31_536_000, denominator: 1 },
];
const UNIT_NAME = /^\s*([A-Za-zµμ]+)\s*/;

/**
 * Reads a duration of zero or more, such as "15m", "1.5 h" or "1h30m", into seconds.
 *
 * A bare number other than 0 is refused: seconds and minutes look the same without a unit.
 */
export function parseDuration(given: string | number): Parsed {
  const text = asText(given);
  const first = readDecimal(text);
  if (first === undefined) {
    return refuse(`${quote(given)} is not a duration: it must start with a number ≥ 0`, FORMS);
  }
  if (first.rest === "") {
    if (first.decimal.digits === 0) return { ok: true, value: 0 };
    return refuse(`duration ${quote(given)} needs a unit`, FORMS, `${text}s`);
  }
  return readParts(given, text);
}

function readParts(given: string | number, text: string): Parsed {
  let rest = text;
  let totalS = 0;
  let previous = Infinity;
  while (rest !== "") {
    const number = readDecimal(rest);
    const name = number === undefined ? null : UNIT_NAME.exec(number.rest);
    if (number === undefined || name === null) {
      return refuse(
        `${quote(given)} is not a duration: ${quote(rest)} is not a number with a unit`,
        FORMS,
      );
    }
    const index = UNITS.findIndex((unit) => unit.names.includes(name[1]!));
    const unit = UNITS[index];
    if (unit === undefined) return unknownUnit(given, name[1]!);
    if (index >= previous) {
      return refuse(`duration ${quote(given)} must name larger units first, each once`, FORMS);
    }
    previous = index;
    totalS += scaleDecimal(number.decimal, unit.numerator, unit.denominator);
    rest = number.rest.slice(name[0].length);
  }
  if (!Number.isFinite(totalS)) return refuse(`duration ${quote(given)} is too large`, FORMS);
  return { ok: true, value: totalS };
}

function unknownUnit(given: string | number, name: string): Parsed {
  const lower = name.toLowerCase();
  const known = UNITS.some((unit) => unit.names.includes(lower));
  const what = `duration ${quote(given)} has the unknown unit ${quote(name)}`;
  // "M" may mean months as well: no guess.
  if (!known || name === "M") return refuse(what, FORMS);
  return refuse(what, FORMS, String(given).trim().replace(name, lower));
}
