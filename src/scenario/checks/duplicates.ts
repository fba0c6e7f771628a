import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { locate } from "../../diagnostics/located-node.js";
import type { CheckContext } from "../check-context.js";

/** Reports every name that is used again in a list, at its second use. */
export function checkDuplicates(
  context: CheckContext,
  listPath: readonly PathPart[],
  options: {
    readonly key: string;
    readonly what: string;
    readonly nameOf?: (item: unknown) => unknown;
  },
): void {
  const { key, what, nameOf = (item) => fieldOf(item, key) } = options;
  const items = listAt(context, listPath);
  const firstIndex = new Map<string, number>();
  items.forEach((item, index) => {
    const name = nameOf(item);
    if (typeof name !== "string") return;
    const first = firstIndex.get(name);
    if (first === undefined) {
      firstIndex.set(name, index);
      return;
    }
    const line = locate(context.root, [...listPath, first, key], "value").line;
    const where = line === undefined ? formatPath([...listPath, first]) : `line ${line}`;
    context.report({
      path: [...listPath, index, key],
      rule: "duplicate-name",
      message: `${formatPath(listPath)}: the ${what} "${name}" is used twice; the first is in ${where}`,
    });
  });
}

/** The list at a path; empty when something else or nothing stands there, which is reported elsewhere. */
export function listAt(context: CheckContext, path: readonly PathPart[]): readonly unknown[] {
  const value = context.valueAt(path);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A field of something that may be a map; undefined otherwise. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** A field that holds text; undefined otherwise. */
export function textOf(value: unknown, name: string): string | undefined {
  const text = fieldOf(value, name);
  return typeof text === "string" ? text : undefined;
}
