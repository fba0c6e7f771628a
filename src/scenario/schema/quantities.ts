import { z } from "zod";

import type { DurationRange, Quantity } from "../parse-quantity.js";
import {
  parseCoresValue,
  parseDurationValue,
  parseGpuShareValue,
  parseShareValue,
  parseSizeValue,
} from "../parse-quantity.js";

/** A duration as text; the checked value is in seconds. */
export function duration(range: DurationRange) {
  return quantity((given) => parseDurationValue(given, range), "duration", "ms, s, m, h, d, w");
}

/** An amount of memory as text; the checked value is in bytes. */
export function size() {
  return quantity(parseSizeValue, "size", "KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000)");
}

/** CPU as a number of cores or text; the checked value is in thousandths of a core. */
export function cores() {
  return quantity(parseCoresValue, "number of cores", "cores, or thousandths with m: 500m");
}

/** Part of one GPU; the checked value is in thousandths, 1 to 1000. */
export function share() {
  return quantity(parseGpuShareValue, "share", "0 to 1, or %");
}

/** Part of a whole; the checked value is 0 to 1. */
export function proportion() {
  return quantity(parseShareValue, "share", "0 to 1, or %");
}

/** A duration as text, or the word `auto`; the checked value is in seconds, or the word. */
export function durationOrAuto() {
  const parsed = quantity((given) => parseDurationValue(given), "duration", "ms, s, m, h, d, w");
  return z.union([z.literal("auto"), parsed]);
}

/** Target of a goal. What it means depends on the metric beside it, so only its type is checked here. */
export function target() {
  return textOrNumber().meta({
    "x-type": "target",
    "x-unit": "that of the metric: a duration, a share (80%), or a plain number",
  });
}

function quantity(parse: (given: unknown) => Quantity, type: string, unit: string) {
  return textOrNumber()
    .transform((given, context) => {
      const parsed = parse(given);
      if (parsed.ok) return parsed.value;
      const { rule, message, suggestion, help } = parsed;
      context.addIssue({ code: "custom", message, params: { rule, suggestion, help }, input: given });
      return z.NEVER;
    })
    .meta({ "x-type": type, "x-unit": unit });
}

function textOrNumber() {
  return z.union([z.string(), z.number()]);
}
