import type { PathPart } from "../diagnostics/field-path.js";
import type { LocatedNode, Origin } from "../diagnostics/located-node.js";
import type { ScenarioField } from "./field-tree.js";
import { fieldAt } from "./field-tree.js";

/**
 * Lays one document over another: what `extends` means.
 *
 * Maps are joined field by field. Everything else is replaced: lists as a whole, and fields that can be
 * written in more than one way, whose parts do not fit together. A field set to nothing (`null`) goes away.
 */
export function layOver(
  base: LocatedNode,
  over: LocatedNode,
  fields: ScenarioField,
  path: readonly PathPart[] = [],
): LocatedNode {
  const hasForms = fieldAt(fields, path)?.hasForms === true;
  if (base.kind !== "map" || over.kind !== "map" || hasForms) return over;
  const entries = new Map(base.entries);
  for (const [name, child] of over.entries) {
    const below = entries.get(name);
    if (child.kind === "scalar" && child.value === null) entries.delete(name);
    else if (below === undefined) entries.set(name, child);
    else entries.set(name, layOver(below, child, fields, [...path, name]));
  }
  return { ...over, entries };
}

/**
 * A copy of the document with one value put at a path; maps on the way are made where they are missing.
 *
 * @param value undefined takes the field away
 * @returns undefined when the path leads through a value that is no map or list, or past the end of a list
 */
export function setAt(
  root: LocatedNode,
  path: readonly PathPart[],
  value: LocatedNode | undefined,
  origin: Origin,
): LocatedNode | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (typeof part === "number") {
    const child = root.kind === "list" ? root.items[part] : undefined;
    if (root.kind !== "list" || child === undefined) return undefined;
    const changed = setAt(child, rest, value, origin);
    if (changed === undefined && rest.length > 0) return undefined;
    const items = root.items.flatMap((item, index) =>
      index === part ? (changed === undefined ? [] : [changed]) : [item],
    );
    return { ...root, items };
  }
  if (root.kind !== "map") return undefined;
  const entries = new Map(root.entries);
  if (rest.length === 0) {
    if (value === undefined) entries.delete(part);
    else entries.set(part, { ...value, keyOrigin: origin });
    return { ...root, entries };
  }
  const child: LocatedNode = entries.get(part) ?? {
    kind: "map",
    origin,
    keyOrigin: origin,
    entries: new Map(),
  };
  const changed = setAt(child, rest, value, origin);
  if (changed === undefined) return undefined;
  entries.set(part, changed);
  return { ...root, entries };
}

/** A copy of a value that says which variant it belongs to. Its children inherit it by standing inside. */
export function ofVariant(node: LocatedNode, variant: string): LocatedNode {
  return { ...node, variant };
}
