import type { PathPart } from "./field-path.js";
import type { Problem, SourceRange } from "./problem.js";
import type { SourceText } from "./source-text.js";

/** Where a node was written. `file` without offsets is an overlay that has no file, such as `--set a.b=1`. */
export type Origin =
  | {
      readonly kind: "text";
      readonly source: SourceText;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "argument"; readonly name: string };

/**
 * A value together with the place it came from.
 *
 * Documents that are laid over each other stay readable this way: each value keeps the file and line it
 * was written in, so a problem found after merging still points at the text a person has to change.
 */
export type LocatedNode = LocatedMap | LocatedList | LocatedScalar;

interface LocatedBase {
  readonly origin: Origin;
  /** Where the name of this field stands; absent for the root and for items of a list. */
  readonly keyOrigin?: Origin;
  /** Name of the variant that set this node; absent for the base. */
  readonly variant?: string;
}

/** A map, its fields in the order written. */
export interface LocatedMap extends LocatedBase {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, LocatedNode>;
}

/** A list. */
export interface LocatedList extends LocatedBase {
  readonly kind: "list";
  readonly items: readonly LocatedNode[];
}

/** Text, a number, true, false or nothing. */
export interface LocatedScalar extends LocatedBase {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

/** The value without its places. Maps become objects; `__proto__` is an ordinary field of them. */
export function plainValue(node: LocatedNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainValue);
  const object: Record<string, unknown> = {};
  for (const [name, child] of node.entries) {
    const value = plainValue(child);
    // Assigning to `__proto__` would set the prototype; defining it makes a field.
    if (name !== "__proto__") object[name] = value;
    else
      Object.defineProperty(object, name, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return object;
}

/** Child of a node, or undefined where the path leaves the document. */
export function childOf(node: LocatedNode, part: PathPart): LocatedNode | undefined {
  if (node.kind === "map") return node.entries.get(String(part));
  if (node.kind === "list" && typeof part === "number") return node.items[part];
  return undefined;
}

/** The node at a path, or undefined. */
export function nodeAt(root: LocatedNode, path: readonly PathPart[]): LocatedNode | undefined {
  let node: LocatedNode | undefined = root;
  for (const part of path) {
    if (node === undefined) return undefined;
    node = childOf(node, part);
  }
  return node;
}

/** The deepest node of a path that exists, and whether it is the end of the path. */
export function deepestNode(
  root: LocatedNode,
  path: readonly PathPart[],
): {
  readonly node: LocatedNode;
  readonly complete: boolean;
  readonly variant: string | undefined;
} {
  let node = root;
  let { variant } = root;
  for (const part of path) {
    const child = childOf(node, part);
    if (child === undefined) return { node, complete: false, variant };
    node = child;
    variant = child.variant ?? variant;
  }
  return { node, complete: true, variant };
}

/**
 * The place of a path for a message.
 *
 * `key` marks the name of the field (unknown fields), `value` what was written there. Where the path does
 * not exist (a missing field) it is the name of the deepest map that does, as for an empty value.
 */
export function locate(root: LocatedNode, path: readonly PathPart[], part: "key" | "value"): Place {
  const { node, complete } = deepestNode(root, path);
  const isEmpty = node.origin.kind === "text" && node.origin.start >= node.origin.end;
  const useKey = node.keyOrigin !== undefined && (part === "key" || !complete || isEmpty);
  return placeOf(useKey ? node.keyOrigin : node.origin);
}

/** The positional fields of a `Problem`. */
export type Place = Pick<Problem, "file" | "sourceLine"> & Partial<SourceRange>;

/** Turns an origin into the positional fields of a `Problem`. */
export function placeOf(origin: Origin): Place {
  if (origin.kind === "argument") return { file: origin.name };
  return origin.source.rangeOf(origin.start, origin.end);
}
