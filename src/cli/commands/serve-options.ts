import type { Command } from "commander";

import { parseDuration } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";

/** Makes an error about one option. */
export function optionError(option: string, message: string, help?: string): InputError {
  return new InputError([
    { file: option, rule: "bad-argument", message, ...(help === undefined ? {} : { help }) },
  ]);
}

/** One of the items by its name, in any letter case. @throws InputError with the nearest name */
export function named<Item extends { readonly name: string }>(
  option: string,
  name: string,
  items: readonly Item[],
): Item {
  const found = items.find((item) => item.name.toLowerCase() === name.trim().toLowerCase());
  if (found !== undefined) return found;
  const allowed = items.map((item) => item.name);
  const suggestion = didYouMean(name, allowed);
  throw new InputError([
    {
      file: option,
      rule: "unknown-name",
      message: `there is no "${name}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}

/** A whole number from 1. @throws InputError */
export function wholeNumber(option: string, text: string, max: number): number {
  const trimmed = text.trim();
  if (/^\d{1,9}$/.test(trimmed) && Number(trimmed) >= 1 && Number(trimmed) <= max)
    return Number(trimmed);
  throw optionError(option, `must be a whole number from 1 to ${max}, got "${text}"`);
}

/** A number above 0, or from 0. @throws InputError */
export function positiveNumber(
  option: string,
  text: string,
  least: "above 0" | "0 or more",
): number {
  const value = Number(text);
  const isRight = least === "above 0" ? value > 0 : value >= 0;
  if (text.trim() !== "" && isRight && value < 1e12) return value;
  throw optionError(option, `must be a number ${least}, got "${text}"`);
}

/** Seconds of "30s", "500 ms", "10m". @throws InputError */
export function duration(option: string, text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value > 0) return parsed.value;
  const { message } = parsed.ok ? { message: "must be longer than 0" } : parsed;
  throw optionError(option, `${message} (such as 500ms, 30s, 10m, 24h)`);
}

/** GB/s and microseconds, with a comma. @throws InputError */
export function linkOf(
  option: string,
  text: string,
): { readonly bytesPerS: number; readonly latencyS: number } {
  const [rate = "", latency = "", ...more] = listOf(text);
  if (more.length > 0 || latency === "")
    throw optionError(option, `must be GB/s and microseconds, such as 16,20, got "${text}"`);
  return {
    bytesPerS: positiveNumber(option, rate, "above 0") * 1e9,
    latencyS: positiveNumber(option, latency, "0 or more") * 1e-6,
  };
}

/** Parts of a list with commas; at least one. */
export function listOf(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

/** Ends with a usage error, as commander does for a required option. */
export function required(command: Command, flags: string, value: string | undefined): string {
  if (value !== undefined) return value;
  return command.error(`error: required option '${flags}' not specified`, {
    code: "commander.missingMandatoryOptionValue",
  });
}
