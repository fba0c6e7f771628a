/** A number and what stands behind it. */
export interface NumberWithUnit {
  readonly number: number;
  /** Letters or `%`; empty for a plain number. */
  readonly unit: string;
}

/** Splits `1.5h` into a number and its unit; undefined for anything else. */
export function parseUnitless(text: string): NumberWithUnit | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-zA-Z%]*)$/u.exec(text.trim());
  const number = Number(match?.[1] ?? Number.NaN);
  return match === null || !Number.isFinite(number) ? undefined : { number, unit: match[2]! };
}

/** At most nine digits, never with an exponent: fields of a scenario are written so. */
export function formatNumber(value: number): string {
  const short = Number(value.toPrecision(9));
  return Number.isInteger(short) ? String(short) : short.toFixed(12).replace(/0+$/u, "");
}
