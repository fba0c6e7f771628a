import { z } from "zod";

import type { ScenarioRule } from "../rules.js";

/** What `headroom explain`, the reference and editors say about a field. */
export interface FieldText {
  /** What the field means, with its unit where it has one; full sentences. */
  readonly description: string;
  /** One value a person could write. */
  readonly example?: unknown;
  /** What holds when the field is left out. */
  readonly default?: unknown;
  /** What to call the type, where the JSON type says too little: `duration`, `size`. */
  readonly type?: string;
  /** Units a value may be written in. */
  readonly unit?: string;
  /** One sentence per value of an enumeration, in its order. */
  readonly valueTexts?: readonly string[];
}

/** Attaches the documentation of a field to its schema. The JSON Schema carries it to editors. */
export function field<T extends z.ZodType>(schema: T, text: FieldText): T {
  const { description, example, type, unit, valueTexts } = text;
  return schema.meta({
    description,
    // Names of our own: zod drops examples and defaults of values that it transforms.
    ...(example === undefined ? {} : { "x-example": example }),
    ...("default" in text ? { "x-default": text.default } : {}),
    ...(type === undefined ? {} : { "x-type": type }),
    ...(unit === undefined ? {} : { "x-unit": unit }),
    ...(valueTexts === undefined ? {} : { enumDescriptions: valueTexts }),
  });
}

/**
 * Text on one line without control characters: it is printed in tables, pages and terminals.
 *
 * Line and paragraph separators break lines, direction overrides make a name read as another, and half a
 * surrogate pair is no character.
 */
export function lineOfText(lengthMax: number): z.ZodString {
  return z
    .string()
    .min(1, "must not be empty")
    .max(lengthMax, `must have at most ${lengthMax} characters`)
    .regex(
      // eslint-disable-next-line no-control-regex -- control characters are what is refused
      /^[^\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]*$/,
      "must be one line without control characters",
    )
    // Not as patterns: those go into the JSON Schema, and not every editor knows character properties.
    .refine((text) => !/\p{Cs}/u.test(text), badText("the text must not hold half a surrogate pair"))
    .refine((text) => /[^\s\p{Cf}]/u.test(text), badText("the text must hold something that can be seen"));
}

/** What a check of a text says when it fails; `reportIssues` takes the rule from the parameters. */
function badText(error: string): { readonly error: string; readonly params: { rule: ScenarioRule } } {
  return { error, params: { rule: "bad-text" } };
}

/** What `plainName` accepts; the JSON Schema tells names from other texts by it. */
export const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** A name that also works in file names, command lines and node labels. */
export function plainName(): z.ZodString {
  return z
    .string()
    .regex(
      PLAIN_NAME,
      "must be 1 to 63 letters, digits, dots, underscores or hyphens, beginning with a letter or digit",
    );
}

/** A whole number in a range; both ends are allowed. */
export function wholeNumber(low: number, high: number): z.ZodInt {
  return z.int().min(low).max(high);
}

/** Names of a registry as an enumeration. */
export function oneOf(names: readonly string[]): z.ZodEnum<Record<string, string>> {
  return z.enum(names as [string, ...string[]]);
}
