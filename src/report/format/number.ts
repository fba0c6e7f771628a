/** Between a number and its unit: the two never part at a line end. */
export const NO_BREAK_SPACE = "\u00a0";
/** A minus as wide as a digit, for people; CSV and JSON keep the hyphen. */
export const MINUS = "\u2212";

/**
 * A number for people: `digits` significant digits, thousands separated, no exponent.
 *
 * Exact values print short (15, not 15.0); rounded ones keep their zeros (8.10), so a reader can
 * tell how far a figure was rounded.
 *
 * @param digits significant digits, 1..15
 * @throws RangeError when the value is not finite
 */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) throw new RangeError(`cannot print ${value} as a number`);
  if (value === 0) return "0";
  const rounded = roundTo(value, digits);
  const magnitude = Math.abs(rounded);
  const text =
    rounded === value
      ? plainDecimal(magnitude)
      : roundedDecimal(Math.abs(value), magnitude, digits);
  return (value < 0 ? MINUS : "") + groupThousands(text);
}

/** A count: every digit, thousands separated. */
export function formatCount(count: number): string {
  return (count < 0 ? MINUS : "") + groupThousands(String(Math.abs(count)));
}

/** Significant digits with the sign always written: +3, −0.5, and 0 without one. */
export function formatSigned(value: number, format: (magnitude: number) => string): string {
  if (value === 0) return format(0);
  return (value < 0 ? MINUS : "+") + format(Math.abs(value));
}

/**
 * A share of 0..1 as a percentage with three significant digits.
 *
 * Shares just below 1 print as ">99.9 %": rounding them up to 100 % would claim there was no rest.
 */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 99.9 && percent < 100) return `>99.9${NO_BREAK_SPACE}%`;
  return `${formatSignificant(percent)}${NO_BREAK_SPACE}%`;
}

/** `one` or `many` by the count, with the count before it: "1 job", "4,110 jobs". */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The largest doubles round to Infinity; they stay as they are. */
function roundTo(value: number, digits: number): number {
  const rounded = Number(value.toPrecision(digits));
  return Number.isFinite(rounded) ? rounded : value;
}

function roundedDecimal(exact: number, rounded: number, digits: number): string {
  const text = exact.toPrecision(digits);
  return text.includes("e") ? plainDecimal(rounded) : text;
}

/** Decimal notation of a positive number whose shortest form may carry an exponent. */
function plainDecimal(value: number): string {
  const shortest = String(value);
  const match = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(shortest);
  if (match === null) return shortest;
  const digits = match[1]! + (match[2] ?? "");
  const exponent = Number(match[3]);
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  return digits.padEnd(exponent + 1, "0");
}

function groupThousands(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
