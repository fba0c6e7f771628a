import { describeValue } from "../diagnostics/describe-value.js";
import type { MetricUnit } from "./metrics.js";
import type { Quantity } from "./parse-quantity.js";
import { parseDurationValue, parseShareValue } from "./parse-quantity.js";

/** Reads the target of a goal in the unit of its metric. */
export function parseTarget(unit: MetricUnit, given: string | number): Quantity {
  switch (unit) {
    case "s":
      return parseDurationValue(given);
    case "share":
      return parseShareValue(given);
    case "jobs":
      return plainNumber(given, "a whole number of jobs, 0 or more", (value) =>
        Number.isInteger(value),
      );
    case "ratio":
    case "stops":
    case "requests":
    case "GPU-hours":
    case "kWh":
    case "W":
    case "currency":
      return plainNumber(given, "a plain number, 0 or more", () => true);
  }
}

function plainNumber(
  given: string | number,
  rule: string,
  fits: (value: number) => boolean,
): Quantity {
  const isFine =
    typeof given === "number" && given >= 0 && given <= Number.MAX_SAFE_INTEGER && fits(given);
  if (isFine) return { ok: true, value: given };
  return {
    ok: false,
    rule: "goal-unit",
    message: `the target must be ${rule}, got ${describeValue(given)}`,
  };
}
