import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { PathPart } from "../diagnostics/field-path.js";
import { formatPath, schemaPath } from "../diagnostics/field-path.js";
import type { LocatedNode } from "../diagnostics/located-node.js";
import { childOf } from "../diagnostics/located-node.js";
import type { ScenarioField } from "./field-tree.js";
import { fieldAt } from "./field-tree.js";
import { expectedText, explainCommand } from "./report-issues.js";

/** Why a path of an overlay cannot be used. */
export interface PathFault {
  readonly message: string;
  readonly allowed?: readonly string[];
  readonly suggestion?: string;
  readonly help?: string;
}

/** A path as a person wrote it, found in a document. */
export type FoundPath =
  | { readonly ok: true; readonly path: readonly PathPart[] }
  | { readonly ok: false; readonly fault: PathFault };

/** One step as written: a field, or an item of a list by position or by name. */
export type WrittenStep =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "item"; readonly selector: string };

/**
 * Splits `cluster.nodes[h100].count` into its steps.
 *
 * @returns undefined when the text is no such path
 */
export function parseWrittenPath(text: string): readonly WrittenStep[] | undefined {
  const steps: WrittenStep[] = [];
  const pattern = /(?:^|\.)([A-Za-z_][\w-]*)|\[([^[\]]*)\]/gy;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, name, selector] = match;
    end = match.index + whole.length;
    if (name !== undefined) steps.push({ kind: "field", name });
    else steps.push({ kind: "item", selector: selector!.trim() });
  }
  const first = steps[0];
  return end === text.length && first?.kind === "field" ? steps : undefined;
}

/**
 * Finds a written path in a document: names are checked against the format, items of lists by position
 * (`[0]`) or by their name or id (`[h100]`) against what stands in the document.
 */
export function findPath(written: string, root: LocatedNode, fields: ScenarioField): FoundPath {
  const steps = parseWrittenPath(written);
  if (steps === undefined) {
    return fault({
      message: `"${written}" is no path, such as cluster.nodes[0].count or cluster.nodes[h100].count`,
    });
  }
  const path: PathPart[] = [];
  let node: LocatedNode | undefined = root;
  for (const step of steps) {
    const here = formatPath(path);
    const field = fieldAt(fields, path);
    if (step.kind === "field") {
      const children = namedChildren(field, path);
      if (!children.includes(step.name))
        return fault(unknownStep(here, step.name, children, field, path));
      path.push(step.name);
      node = node === undefined ? undefined : childOf(node, step.name);
      continue;
    }
    const found = findItem(step.selector, node, here);
    if (typeof found !== "number") return fault(found);
    path.push(found);
    node = node === undefined ? undefined : childOf(node, found);
  }
  return { ok: true, path };
}

/** Fields that can follow; none directly after a list, whose items come first. */
function namedChildren(
  field: ScenarioField | undefined,
  path: readonly PathPart[],
): readonly string[] {
  const isList =
    field?.type.startsWith("list") === true && typeof path[path.length - 1] !== "number";
  return isList
    ? []
    : (field?.children ?? []).map((child) => child.name).filter((name) => name !== "[]");
}

function unknownStep(
  here: string,
  name: string,
  children: readonly string[],
  field: ScenarioField | undefined,
  path: readonly PathPart[],
): PathFault {
  const isList =
    field?.type.startsWith("list") === true && typeof path[path.length - 1] !== "number";
  if (isList) {
    return { message: `${here} is a list: name one item, such as ${here}[0].${name}` };
  }
  if (children.length === 0)
    return { message: `${here} has no fields, must be ${expectedText(field)}` };
  const suggestion = didYouMean(name, children);
  return {
    message: `unknown field "${name}" ${here === "" ? "at the top level" : `in ${here}`}`,
    allowed: children,
    ...(suggestion === undefined ? {} : { suggestion }),
    help: explainCommand(schemaPath(path)),
  };
}

/** Position of an item, or why there is none. */
function findItem(
  selector: string,
  node: LocatedNode | undefined,
  here: string,
): number | PathFault {
  if (node === undefined)
    return { message: `${here} is not in the scenario, so it has no item "${selector}"` };
  if (node.kind !== "list")
    return { message: `${here} is no list, so it has no item "${selector}"` };
  const names = node.items.map(itemName);
  const byName = names.indexOf(selector);
  if (byName !== -1) return byName;
  const index = /^\d{1,9}$/.test(selector) ? Number(selector) : undefined;
  if (index !== undefined && index < node.items.length) return index;
  const known = names.filter((name) => name !== undefined);
  const suggestion = didYouMean(selector, known);
  const { length } = node.items;
  const count = length === 1 ? "1 item, and it is not" : `${length} items, and none is`;
  return {
    message: `${here} has ${count} "${selector}"`,
    ...(known.length === 0 ? {} : { allowed: known }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Name of an item: its `name`, or its `id`. */
function itemName(item: LocatedNode): string | undefined {
  for (const key of ["name", "id"]) {
    const child = childOf(item, key);
    if (child?.kind === "scalar" && typeof child.value === "string") return child.value;
  }
  return undefined;
}

function fault(value: PathFault): FoundPath {
  return { ok: false, fault: value };
}
