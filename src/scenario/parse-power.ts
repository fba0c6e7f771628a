import { readDecimal, scaleDecimal } from "../base/units/parsed.js";
import { describeValue } from "../diagnostics/describe-value.js";
import type { Quantity } from "./parse-quantity.js";

/** A thousand gigawatts: more than any site. */
const POWER_MAX_W = 1e12;

const FACTORS: ReadonlyMap<string, number> = new Map([
  ["W", 1],
  ["kW", 1_000],
  ["MW", 1_000_000],
]);

/** Reads an electric power such as `700W`, `10.2kW` or `1.5MW` into watts. */
export function parsePowerValue(given: unknown): Quantity {
  if (typeof given === "number" || (typeof given === "string" && /^[\d.]+$/.test(given.trim()))) {
    if (Number(given) === 0) return { ok: true, value: 0 };
    return {
      ok: false,
      rule: "missing-unit",
      message: `the power ${describeValue(given)} needs a unit`,
      suggestion: `${String(given)}W`,
      help: "write it like 700W, 10.2kW, 1.5MW",
    };
  }
  const text = typeof given === "string" ? given.trim() : "";
  const number = readDecimal(text);
  const unit = number?.rest.trim() ?? "";
  const factor = FACTORS.get(unit);
  if (number === undefined || factor === undefined) {
    // mW is a milliwatt, and nobody means one here.
    const near = [...FACTORS.keys()].find((known) => known.toLowerCase() === unit.toLowerCase());
    return {
      ok: false,
      rule: typeof given === "string" ? "bad-quantity" : "wrong-type",
      message: `${describeValue(given)} is no power`,
      help: "write it like 700W, 10.2kW, 1.5MW",
      ...(number === undefined || near === undefined || unit === "mW"
        ? {}
        : { suggestion: text.replace(unit, near) }),
    };
  }
  const value = scaleDecimal(number.decimal, factor, 1);
  if (value <= POWER_MAX_W) return { ok: true, value };
  return {
    ok: false,
    rule: "out-of-range",
    message: `a power must be at most 1000000MW, got ${describeValue(given)}`,
  };
}
