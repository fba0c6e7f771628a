/** What a number in a trace must satisfy. Bounds are inclusive. */
export interface NumberRule {
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly integer?: boolean;
}

/** Longest time in a trace in seconds: about 317 years. Anything above is damage, such as 1e308. */
export const SECONDS_MAX = 1e10;

/** Times and durations in seconds. */
export const SECONDS_RULE: NumberRule = { min: 0, max: SECONDS_MAX };

/** GPUs of one gang: more than any machine ever built for one job, and few enough to catch a misread column. */
export const GPU_COUNT_RULE: NumberRule = { min: 0, max: 1_000_000, integer: true };

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Why a text is not an acceptable number. */
export type NumberDefect = "not-a-number" | "out-of-range" | "not-whole";

/**
 * Reads a decimal number strictly: no blanks, no hexadecimal, no `Infinity`, no thousands separators.
 *
 * `Number()` alone takes an empty text for 0 and `0x10` for 16.
 */
export function parseNumber(text: string, rule: NumberRule): number | NumberDefect {
  if (!DECIMAL.test(text)) return "not-a-number";
  const value = Number(text);
  if (!(value >= rule.min && value <= rule.max)) return "out-of-range";
  if (rule.integer === true && !Number.isInteger(value)) return "not-whole";
  return value;
}

/** The rule in words: `a whole number from 0 to 1000`. */
export function describeRule(rule: NumberRule): string {
  return `a ${rule.integer === true ? "whole " : ""}number from ${rule.min} to ${rule.max}`;
}
