import { describeValue } from "../../diagnostics/describe-value.js";
import type { Quantity } from "../parse-quantity.js";
import { parseDurationValue, parseShareValue } from "../parse-quantity.js";

/** Reads the target of a goal of a fleet in the unit of its metric. */
export function parseFleetTarget(unit: string, given: string | number): Quantity {
  if (unit === "s") return parseDurationValue(given);
  if (unit === "share") return parseShareValue(given);
  const isFine = typeof given === "number" && given >= 0 && given <= Number.MAX_SAFE_INTEGER;
  if (isFine) return { ok: true, value: given };
  return {
    ok: false,
    rule: "goal-unit",
    message: `the target must be a plain number, 0 or more, got ${describeValue(given)}`,
  };
}
