import { asText, type Parsed, quote, readDecimal, refuse, scaleDecimal } from "./parsed.js";

const CPU_FORMS = ["96", "0.5", "500m"];

/**
 * Reads an amount of CPU in Kubernetes' notation ("96" cores, "500m" thousandths) into thousandths
 * of a core. Anything finer than a thousandth is refused, as Kubernetes does.
 */
export function parseCpuMilli(given: string | number): Parsed {
  const number = readDecimal(asText(given));
  if (number === undefined || (number.rest !== "" && number.rest !== "m")) {
    return refuse(
      `${quote(given)} is not an amount of CPU in cores ("96") or thousandths ("500m")`,
      CPU_FORMS,
    );
  }
  const milli = scaleDecimal(number.decimal, number.rest === "m" ? 1 : 1000, 1);
  if (!Number.isSafeInteger(milli)) {
    return refuse(`CPU ${quote(given)} must be a whole number of thousandths of a core`, CPU_FORMS);
  }
  return { ok: true, value: milli };
}

const SHARE_FORMS = ["85%", "0.85"];

/**
 * Reads a percentage ("85%") or a share ("0.85") into a share, 0..`shareMax`.
 *
 * A bare number above 1 is refused: "85" is most likely a percentage, and "1.5" may be either.
 *
 * @param options.shareMax largest share allowed; 1 when absent
 */
export function parseShare(
  given: string | number,
  options: { readonly shareMax?: number } = {},
): Parsed {
  const shareMax = options.shareMax ?? 1;
  const number = readDecimal(asText(given));
  const unit = number?.rest.trim();
  if (number === undefined || (unit !== "" && unit !== "%")) {
    return refuse(`${quote(given)} is not a percentage or a share`, SHARE_FORMS);
  }
  const value = scaleDecimal(number.decimal, 1, unit === "%" ? 100 : 1);
  if (unit === "" && value > 1) {
    return refuse(
      `share ${quote(given)} must be in 0..1; a percentage needs "%"`,
      SHARE_FORMS,
      `${asText(given)}%`,
    );
  }
  if (!(value <= shareMax)) {
    return refuse(`percentage ${quote(given)} must be at most ${shareMax * 100}%`, SHARE_FORMS);
  }
  return { ok: true, value };
}

const COUNT_FORMS = ["1000", "1_000", "10k", "2.5M", "1e6"];
const COUNT_FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** Reads a whole number of things, ≥ 0: "1000", "1_000", "10k", "2.5M" or "1e6". */
export function parseCount(given: string | number): Parsed {
  const number = readDecimal(asText(given));
  const factor = number === undefined ? undefined : COUNT_FACTORS[number.rest.trim()];
  if (number === undefined || factor === undefined) {
    return refuse(`${quote(given)} is not a count`, COUNT_FORMS);
  }
  const value = scaleDecimal(number.decimal, factor, 1);
  if (!Number.isSafeInteger(value)) {
    const rule = Number.isInteger(value) || value > 1e15 ? "below 2^53" : "a whole number";
    return refuse(`count ${quote(given)} must be ${rule}`, COUNT_FORMS);
  }
  return { ok: true, value };
}
