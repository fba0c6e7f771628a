/**
 * What reading one quantity gave: its value in base units, or what is wrong and what is allowed.
 *
 * A failure is a value, not an exception: the caller knows the file and line and reports all
 * problems at once.
 */
export type Parsed =
  | { readonly ok: true; readonly value: number }
  | {
      readonly ok: false;
      /** Says what is wrong, with the text that was given. */
      readonly message: string;
      /** Forms that would have been read, as examples. */
      readonly allowed: readonly string[];
      /** What was probably meant, when one reading suggests itself. */
      readonly suggestion?: string;
    };

/** A failed reading. */
export function refuse(message: string, allowed: readonly string[], suggestion?: string): Parsed {
  return suggestion === undefined
    ? { ok: false, message, allowed }
    : { ok: false, message, allowed, suggestion };
}

/** A number as written: all its digits without the point, and how many of them stood behind it. */
export interface Decimal {
  readonly digitText: string;
  readonly digits: number;
  readonly fractionDigits: number;
  readonly exponent: number;
}

/** An unsigned decimal number at the start of a text, with an optional exponent. */
const DECIMAL = /^(\d+(?:_\d+)*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3})(?![\d.]))?/;

/** Reads the number at the start of the text; undefined when there is none. */
export function readDecimal(
  text: string,
): { readonly decimal: Decimal; readonly rest: string } | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const whole = match[1]!.replaceAll("_", "");
  const fraction = match[2] ?? "";
  return {
    decimal: {
      digitText: whole + fraction,
      digits: Number(whole + fraction),
      fractionDigits: fraction.length,
      exponent: Number(match[3] ?? "0"),
    },
    rest: text.slice(match[0].length),
  };
}

/** Powers of ten up to here are exact doubles. */
const EXACT_POWER_OF_TEN_MAX = 22;

/**
 * The decimal number times numerator / denominator, rounded once when that is possible.
 *
 * "1.1m" is 66 seconds; 1.1 * 60 in doubles is 66.00000000000001.
 */
export function scaleDecimal(decimal: Decimal, numerator: number, denominator: number): number {
  const shift = decimal.exponent - decimal.fractionDigits;
  if (Math.abs(shift) <= EXACT_POWER_OF_TEN_MAX) {
    const power = Number(`1e${Math.abs(shift)}`);
    const above = decimal.digits * numerator * (shift > 0 ? power : 1);
    const below = denominator * (shift < 0 ? power : 1);
    if (above <= Number.MAX_SAFE_INTEGER && below <= 1e22) return above / below;
  }
  return (Number(`${decimal.digitText}e${shift}`) * numerator) / denominator;
}

/** The text a person gave, trimmed; numbers come from YAML scalars without quotes. */
export function asText(given: string | number): string {
  return typeof given === "number" ? String(given) : given.trim();
}

/** The given value in quotes, cut to a length a message can bear. */
export function quote(given: string | number): string {
  const text = String(given);
  return JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 40)}…`);
}
