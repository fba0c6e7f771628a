import {
  formatBytes,
  formatDuration,
  parseBytes,
  parseCpuMilli,
  parseDuration,
  parseShare,
} from "../base/units.js";
import type { Parsed } from "../base/units.js";
import { describeValue } from "../diagnostics/describe-value.js";
import { LIMITS } from "./defaults.js";
import type { ScenarioRule } from "./rules.js";

/** A quantity in base units, or what is wrong with it. */
export type Quantity =
  | { readonly ok: true; readonly value: number }
  | {
      readonly ok: false;
      readonly rule: ScenarioRule;
      /** Completes the name of the field and a colon. */
      readonly message: string;
      readonly suggestion?: string;
      readonly help?: string;
    };

/** Whether a duration may be zero. */
export type DurationRange = "zero-or-more" | "above-zero";

/** Reads a duration into seconds, at most a thousand years. */
export function parseDurationValue(
  given: unknown,
  range: DurationRange = "zero-or-more",
): Quantity {
  const quantity = read(given, parseDuration, {
    what: "duration",
    max: LIMITS.durationMaxS,
    show: formatDuration,
  });
  if (quantity.ok && quantity.value === 0 && range === "above-zero") {
    return refuse("out-of-range", "the duration must be longer than 0");
  }
  return quantity;
}

/** Reads an amount of memory into bytes. */
export function parseSizeValue(given: unknown): Quantity {
  return read(given, parseBytes, { what: "memory", max: LIMITS.memoryBytesMax, show: formatBytes });
}

/** Reads cores into thousandths of a core. */
export function parseCoresValue(given: unknown): Quantity {
  const show = (milli: number): string => `${milli / 1000} cores`;
  if (Number(given) > LIMITS.cpuMilliMax / 1000 && given !== Infinity) {
    return refuse(
      "out-of-range",
      `CPU must be at most ${show(LIMITS.cpuMilliMax)}, got ${describeValue(given)}`,
    );
  }
  return read(given, parseCpuMilli, { what: "CPU", max: LIMITS.cpuMilliMax, show });
}

/** Reads a part of one GPU into thousandths, 1..1000. */
export function parseGpuShareValue(given: unknown): Quantity {
  const quantity = read(given, parseShare, { what: "share", max: 1, show: String });
  if (!quantity.ok) return quantity;
  const milli = Math.round(quantity.value * 1000);
  // A share such as 0.29 is not a whole number of thousandths in binary; a rounding error is.
  if (milli < 1 || Math.abs(quantity.value * 1000 - milli) > 1e-9) {
    return refuse(
      "out-of-range",
      `the share must be a whole number of thousandths from 0.001 to 1, got ${describeValue(given)}`,
    );
  }
  return { ok: true, value: milli };
}

/** Reads a share of capacity, 0..1. */
export function parseShareValue(given: unknown): Quantity {
  return read(given, parseShare, { what: "share", max: 1, show: String });
}

function read(
  given: unknown,
  parse: (given: string | number) => Parsed,
  limit: { readonly what: string; readonly max: number; readonly show: (value: number) => string },
): Quantity {
  if (typeof given !== "string" && typeof given !== "number") {
    return refuse(
      "wrong-type",
      `${limit.what} must be text or a number, got ${describeValue(given)}`,
    );
  }
  if (typeof given === "number" && !Number.isFinite(given)) {
    return refuse("bad-quantity", `${describeValue(given)} is no amount`);
  }
  const parsed = parse(given);
  if (parsed.ok) {
    if (parsed.value <= limit.max) return parsed;
    const allowed = `at most ${limit.show(limit.max)}`;
    return refuse("out-of-range", `${limit.what} must be ${allowed}, got ${describeValue(given)}`);
  }
  const isBare = Number(given) > 0;
  const { suggestion } = parsed;
  const isMissingUnit = isBare && suggestion !== undefined;
  // Nobody is told to write what would be refused next.
  const meant = suggestion === undefined ? undefined : parse(suggestion);
  const isUseful = meant?.ok === true && meant.value <= limit.max;
  return {
    ok: false,
    rule: isMissingUnit ? "missing-unit" : "bad-quantity",
    message: parsed.message,
    help: `write it like ${parsed.allowed.join(", ")}`,
    ...(isUseful ? { suggestion } : {}),
  };
}

function refuse(rule: ScenarioRule, message: string): Quantity {
  return { ok: false, rule, message };
}
