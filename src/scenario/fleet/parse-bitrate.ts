import { asText, quote, readDecimal, scaleDecimal } from "../../base/units/parsed.js";
import { describeValue } from "../../diagnostics/describe-value.js";
import type { Quantity } from "../parse-quantity.js";

const UNIT = /^\s*([kMGT])(?:bit\/s|bps)$/;
const PER_UNIT: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const FORMS = "write it like 100Mbit/s, 2.5Gbit/s, 512kbit/s";
/** Far beyond any link: a value above it is a slip of the pen. */
const BITRATE_MAX = 1e15;

/** Reads a rate of data into bits per second, above 0. */
export function parseBitrate(given: unknown): Quantity {
  if (typeof given !== "string" && typeof given !== "number")
    return refuse("wrong-type", `a data rate must be text, got ${describeValue(given)}`);
  const text = asText(given);
  const number = readDecimal(text);
  if (number === undefined)
    return refuse(
      "bad-quantity",
      `${quote(given)} is not a data rate: it must start with a number above 0`,
    );
  const unit = UNIT.exec(number.rest);
  if (unit === null) return withoutUnit(given, text, number.rest);
  const value = scaleDecimal(number.decimal, PER_UNIT[unit[1]!]!, 1);
  if (!(value > 0) || value > BITRATE_MAX)
    return refuse(
      "out-of-range",
      `a data rate must be above 0 and at most 1000 Tbit/s, got ${quote(given)}`,
    );
  return { ok: true, value };
}

function withoutUnit(given: string | number, text: string, rest: string): Quantity {
  if (rest === "")
    return {
      ...refuse("missing-unit", `the data rate ${quote(given)} needs a unit`),
      suggestion: `${text}Mbit/s`,
    };
  const isBytes = /^\s*([kMGT])B(?:\/s|ps)$/.exec(rest);
  if (isBytes !== null)
    return refuse(
      "bad-quantity",
      `the data rate ${quote(given)} is in bytes ("B"); links are counted in bits: times 8`,
    );
  return refuse(
    "bad-quantity",
    `the data rate ${quote(given)} has the unknown unit ${quote(rest.trim())}`,
  );
}

function refuse(
  rule: "wrong-type" | "bad-quantity" | "out-of-range" | "missing-unit",
  message: string,
): Extract<Quantity, { ok: false }> {
  return { ok: false, rule, message, help: FORMS };
}
