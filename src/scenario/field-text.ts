import { stringify } from "yaml";

import type { ScenarioField } from "./field-tree.js";
import { rangeText } from "./report-issues.js";

/** `whole number from 0 to 10, required`. */
export function fieldTypeText(field: ScenarioField): string {
  const range = field.range === undefined ? "" : ` ${rangeText(field.range)}`;
  return `${field.type}${range}, ${field.required ? "required" : "optional"}`;
}

/** The example of a field as YAML, with the name of the field before it; undefined when there is none. */
export function fieldExample(field: ScenarioField): string | undefined {
  const { example, name } = field;
  if (example === undefined) return undefined;
  const value = name === "[]" ? [example] : { [name]: example };
  return stringify(value, { lineWidth: 0, flowCollectionPadding: true }).trimEnd();
}

/** Up to the first full stop that ends a sentence. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}

/** Breaks text between words into lines of at most `width` characters; a longer word stands alone. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
