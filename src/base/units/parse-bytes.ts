import { asText, type Parsed, quote, readDecimal, refuse, scaleDecimal } from "./parsed.js";

const FORMS = ["40GiB", "512MiB", "40GB", "80Gi", "80G", "0"];

const PREFIXES = ["k", "M", "G", "T", "P", "E"];
const UNIT = /^\s*(?:([kKMGTPE])(i?))?(B?)$/;

/**
 * Reads an amount of memory into bytes, rounded to a whole byte.
 *
 * "40GiB" and Kubernetes' "40Gi" are binary (40 * 2^30), "40GB" and "40G" decimal (40 * 10^9).
 * A bare number other than 0 is refused, because "80" never means 80 bytes; "80B" does.
 */
export function parseBytes(given: string | number): Parsed {
  const text = asText(given);
  const number = readDecimal(text);
  if (number === undefined) {
    return refuse(
      `${quote(given)} is not an amount of memory: it must start with a number ≥ 0`,
      FORMS,
    );
  }
  if (number.rest === "") {
    if (number.decimal.digits === 0) return { ok: true, value: 0 };
    return refuse(`memory ${quote(given)} needs a unit`, FORMS, `${text}GiB`);
  }
  const unit = UNIT.exec(number.rest);
  if (unit === null) return unknownUnit(given, text, number.rest.trim());
  const bytes = scaleDecimal(number.decimal, bytesPerUnit(unit[1], unit[2] === "i"), 1);
  if (!Number.isFinite(bytes)) return refuse(`memory ${quote(given)} is too large`, FORMS);
  if (unit[1] === undefined && !Number.isInteger(bytes)) {
    return refuse(`memory ${quote(given)} must be a whole number of bytes`, FORMS);
  }
  return { ok: true, value: Math.round(bytes) };
}

function bytesPerUnit(prefix: string | undefined, binary: boolean): number {
  if (prefix === undefined) return 1;
  const step = PREFIXES.indexOf(prefix === "K" ? "k" : prefix) + 1;
  let bytes = 1;
  for (let i = 0; i < step; i++) bytes *= binary ? 1024 : 1000;
  return bytes;
}

function unknownUnit(given: string | number, text: string, unit: string): Parsed {
  const upper = unit.toUpperCase().replace("I", "i");
  const amount = text.slice(0, text.length - unit.length);
  if (/^[kKMGTPE]i?b$/.test(unit)) {
    return refuse(
      `memory ${quote(given)} is in bits ("b"); memory is counted in bytes ("B")`,
      FORMS,
      `${amount}${upper}`,
    );
  }
  const what = `memory ${quote(given)} has the unknown unit ${quote(unit)}`;
  const fixed = UNIT.exec(upper);
  // "m" is a thousandth in Kubernetes and a typing slip for mega elsewhere: no guess.
  if (fixed === null || unit === "m") return refuse(what, FORMS);
  return refuse(what, FORMS, `${amount}${upper}`);
}
