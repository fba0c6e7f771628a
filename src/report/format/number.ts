import { formatNumber } from "../../base/units.js";

/** Between a number and its unit: the two never part at a line end. */
export const NO_BREAK_SPACE = "\u00a0";
/** A minus as wide as a digit, for people; CSV and JSON keep the hyphen. */
export const MINUS = "\u2212";

/**
 * A number for people, with the same digits as everywhere in the product.
 *
 * @param digits significant digits, 1..17
 * @throws RangeError when the value is not finite: a report shows "—" for what has no value
 */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) throw new RangeError(`report: ${value} is no number to print`);
  return forPeople(formatNumber(value, { digits }));
}

/** A count: every digit, thousands separated; five digits of a mean of counts, which need not be whole. */
export function formatCount(count: number): string {
  return formatSignificant(count, Number.isInteger(count) ? 15 : 5);
}

/** A number with its unit as typeset text: a wide minus, and no break between the two. */
export function forPeople(text: string): string {
  return text.replace(/^-/, MINUS).replaceAll(" ", NO_BREAK_SPACE);
}

/** With the sign always written: +3, −0.5, and 0 without one. */
export function formatSigned(value: number, format: (magnitude: number) => string): string {
  if (value === 0) return format(0);
  return (value < 0 ? MINUS : "+") + format(Math.abs(value));
}

/** What percentages print as that are too small to read as a number: more than nothing, and no more to say. */
export const NEGLIGIBLE_PERCENT = "<0.001";

/** True for a percentage above 0 of which people would see only an exponent. */
export function isNegligible(percent: number): boolean {
  return percent > 0 && percent < 0.001;
}

/**
 * A share of 0..1 as a percentage with three significant digits.
 *
 * Shares just below 1 print as ">99.9 %": rounding them up to 100 % would claim there was no rest.
 */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 99.9 && percent < 100) return `>99.9${NO_BREAK_SPACE}%`;
  const text = isNegligible(percent) ? NEGLIGIBLE_PERCENT : formatSignificant(percent);
  return `${text}${NO_BREAK_SPACE}%`;
}

/** `one` or `many` by the count, with the count before it: "1 job", "4,110 jobs". */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
