import type { LocatedNode } from "../../diagnostics/located-node.js";
import { childOf, placeOf } from "../../diagnostics/located-node.js";
import type { ImportLog } from "./imported.js";

/** One object of a Kubernetes file: its kind, its name, and where problems in it are reported. */
export interface KubernetesObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace: string;
  readonly root: LocatedNode;
}

/** Line of a node, counted from 1. */
export function lineOf(node: LocatedNode): number {
  return placeOf(node.keyOrigin ?? node.origin).line ?? 1;
}

/** The node below a dotted path, or undefined; an empty value counts as nothing. */
export function at(node: LocatedNode | undefined, path: string): LocatedNode | undefined {
  let found = node;
  for (const part of path.split(".")) {
    found = found === undefined ? undefined : childOf(found, part);
  }
  return found?.kind === "scalar" && found.value === null ? undefined : found;
}

/** The scalar below a path as text; undefined where there is none. */
export function textAt(node: LocatedNode | undefined, path: string): string | undefined {
  const found = at(node, path);
  return found?.kind === "scalar" ? String(found.value) : undefined;
}

/** Items of the list below a path; none where there is no list. */
export function itemsAt(node: LocatedNode | undefined, path: string): readonly LocatedNode[] {
  const found = at(node, path);
  return found?.kind === "list" ? found.items : [];
}

/** Fields of the map below a path; none where there is no map. */
export function fieldsAt(
  node: LocatedNode | undefined,
  path: string,
): readonly (readonly [string, LocatedNode])[] {
  const found = at(node, path);
  return found?.kind === "map" ? [...found.entries] : [];
}

/** Reports a problem at a node. */
export function reject(
  log: ImportLog,
  node: LocatedNode,
  rule: string,
  message: string,
  allowed?: readonly string[],
): void {
  log.problems.push({
    ...placeOf(node.origin),
    rule,
    message,
    ...(allowed === undefined ? {} : { allowed }),
  });
}

/** Notes that a node was read and not used. */
export function ignore(log: ImportLog, node: LocatedNode, path: string, why: string): void {
  const { file, line = 1 } = placeOf(node.keyOrigin ?? node.origin);
  log.ignored.push({ file, line, path, why });
}

/**
 * Lists every field of a map that nobody reads: nothing is dropped without a word.
 *
 * @param why by field name; the empty name holds for all others
 */
export function ignoreOthers(
  log: ImportLog,
  node: LocatedNode | undefined,
  options: {
    readonly owner: string;
    readonly read: readonly string[];
    readonly why: Readonly<Record<string, string>>;
  },
): void {
  if (node?.kind !== "map") return;
  for (const [name, child] of node.entries) {
    const isEmpty =
      (child.kind === "scalar" && child.value === null) ||
      (child.kind === "map" && child.entries.size === 0) ||
      (child.kind === "list" && child.items.length === 0);
    if (options.read.includes(name) || isEmpty) continue;
    ignore(
      log,
      child,
      `${options.owner}.${name}`,
      options.why[name] ?? options.why[""] ?? "has no counterpart in a scenario",
    );
  }
}

/** The value of a word that must be one of a few; undefined after reporting a problem. */
export function wordAt<Word extends string>(
  log: ImportLog,
  node: LocatedNode | undefined,
  path: string,
  words: Readonly<Record<string, Word>>,
): Word | undefined {
  const found = at(node, path);
  return found === undefined ? undefined : wordOf(log, found, path, words);
}

/** The same for a node that is there. */
export function wordOf<Word extends string>(
  log: ImportLog,
  found: LocatedNode,
  path: string,
  words: Readonly<Record<string, Word>>,
): Word | undefined {
  const text = found.kind === "scalar" ? String(found.value) : "";
  if (Object.hasOwn(words, text)) return words[text];
  const allowed = Object.keys(words);
  reject(
    log,
    found,
    "unknown-name",
    `${path} must be one of ${allowed.join(", ")}, got "${text}"`,
    allowed,
  );
  return undefined;
}
