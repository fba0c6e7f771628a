import type { ChangedField } from "./compare-document.js";

/** Fields that a document keeps; a comparison of unlike scenarios would fill it with their texts. */
const CHANGES_MAX = 200;

/** Fields that say what a scenario is called and asks, not what is run. */
const NOT_RUN = new Set([
  "schema",
  "name",
  "question",
  "description",
  "labels",
  "variants",
  "seed",
]);

/**
 * The fields two scenarios write differently, in the order of the first, then of the second.
 *
 * Defaults are not filled in: a field that only one of them writes has no value in the other. Items of lists are
 * matched by their name or id, else by position.
 */
export function changedFields(before: unknown, after: unknown): readonly ChangedField[] {
  const left = leavesOf(withoutNames(before));
  const right = leavesOf(withoutNames(after));
  const paths = [...new Set([...left.keys(), ...right.keys()])];
  return paths
    .map((path) => ({ path, before: left.get(path) ?? null, after: right.get(path) ?? null }))
    .filter((field) => field.before !== field.after)
    .slice(0, CHANGES_MAX);
}

function withoutNames(document: unknown): unknown {
  if (!isMap(document)) return document;
  return Object.fromEntries(Object.entries(document).filter(([name]) => !NOT_RUN.has(name)));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every value that holds no other, as JSON, by its path. */
function leavesOf(document: unknown): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    const children = childrenOf(value, path);
    if (children === undefined) leaves.set(path, JSON.stringify(value) ?? "null");
    else for (const [childPath, child] of children) visit(child, childPath);
  };
  visit(document, "");
  return leaves;
}

/** Undefined for a value that holds no other. */
function childrenOf(
  value: unknown,
  path: string,
): readonly (readonly [path: string, child: unknown])[] | undefined {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item: unknown, index) => [`${path}[${itemName(item) ?? index}]`, item]);
  }
  if (!isMap(value) || Object.keys(value).length === 0) return undefined;
  return Object.entries(value).map(([name, child]) => [
    path === "" ? name : `${path}.${name}`,
    child,
  ]);
}

function itemName(item: unknown): string | undefined {
  if (!isMap(item)) return undefined;
  const name = item["name"] ?? item["id"];
  return typeof name === "string" ? name : undefined;
}
