import type { Command } from "commander";

import { parseDuration } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import type { RouterName } from "../../simulation/serving/serving-spec.js";

/** How requests may find their replica. */
export const ROUTERS: readonly RouterName[] = ["round-robin", "least-outstanding"];

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

/** The router of that name. @throws InputError with the nearest name */
export function routerNamed(name: string): RouterName {
  return named(
    "--router",
    name,
    ROUTERS.map((each) => ({ name: each })),
  ).name;
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
