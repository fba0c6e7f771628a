import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { type LocatedNode, placeOf } from "../../diagnostics/located-node.js";
import type { Problem } from "../../diagnostics/problem.js";
import type { CrdField, CrdMap } from "./crd-fields.js";

/**
 * Compares a document with the fields of its kind, as an API server with strict validation does: unknown and
 * missing fields, and values of the wrong kind, each at its place.
 */
export function checkFields(root: LocatedNode, crd: CrdMap): readonly Problem[] {
  const problems: Problem[] = [];
  visit(root, crd, "", problems);
  return problems;
}

const KIND_WORDS = {
  text: "text",
  "whole-number": "a whole number",
  truth: "true or false",
} as const;

function visit(node: LocatedNode, field: CrdField, path: string, problems: Problem[]): void {
  if (field === "anything") return;
  // An empty value counts as absent, as it does for Kubernetes.
  if (node.kind === "scalar" && node.value === null) return;
  if (typeof field === "string") {
    if (!isOfKind(node, field)) problems.push(wrongKind(node, path, KIND_WORDS[field]));
  } else if ("list" in field) {
    if (node.kind !== "list") problems.push(wrongKind(node, path, "a list"));
    else
      node.items.forEach((item, index) => visit(item, field.list, `${path}[${index}]`, problems));
  } else if ("oneOf" in field) {
    checkChoice(node, field.oneOf, path, problems);
  } else if (node.kind !== "map") {
    problems.push(wrongKind(node, path, "a map"));
  } else if ("mapOf" in field) {
    for (const [name, child] of node.entries)
      visit(child, field.mapOf, `${path}.${name}`, problems);
  } else {
    visitMap(node.entries, field, path, problems);
    for (const name of field.required ?? []) {
      if (!isGiven(node.entries.get(name))) problems.push(missing(node, path, name));
    }
  }
}

function checkChoice(
  node: LocatedNode,
  allowed: readonly string[],
  path: string,
  problems: Problem[],
): void {
  if (node.kind === "scalar" && allowed.some((value) => value === node.value)) return;
  const got = node.kind === "scalar" ? JSON.stringify(node.value) : `a ${node.kind}`;
  const suggestion = node.kind === "scalar" ? didYouMean(String(node.value), allowed) : undefined;
  problems.push({
    ...placeOf(node.origin),
    rule: "unknown-name",
    path,
    message: `${path} must be one of ${allowed.join(", ")}, got ${got}`,
    allowed,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function visitMap(
  entries: ReadonlyMap<string, LocatedNode>,
  { fields }: CrdMap,
  path: string,
  problems: Problem[],
): void {
  for (const [name, child] of entries) {
    const childPath = path === "" ? name : `${path}.${name}`;
    if (Object.hasOwn(fields, name)) {
      visit(child, fields[name]!, childPath, problems);
      continue;
    }
    const allowed = Object.keys(fields);
    const suggestion = didYouMean(name, allowed);
    problems.push({
      ...placeOf(child.keyOrigin ?? child.origin),
      rule: "unknown-field",
      path: childPath,
      message: `unknown field "${childPath}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
}

function isGiven(node: LocatedNode | undefined): boolean {
  return node !== undefined && !(node.kind === "scalar" && node.value === null);
}

function isOfKind(node: LocatedNode, kind: keyof typeof KIND_WORDS): boolean {
  if (node.kind !== "scalar") return false;
  switch (kind) {
    case "text":
      return typeof node.value === "string";
    case "truth":
      return typeof node.value === "boolean";
    case "whole-number":
      return Number.isSafeInteger(node.value);
  }
}

function wrongKind(node: LocatedNode, path: string, wanted: string): Problem {
  const got = node.kind === "scalar" ? JSON.stringify(node.value) : `a ${node.kind}`;
  const isUnquoted = wanted === "text" && node.kind === "scalar";
  return {
    ...placeOf(node.origin),
    rule: "wrong-type",
    path,
    message: `${path} must be ${wanted}, got ${got}`,
    ...(isUnquoted ? { help: "put it in quotes" } : {}),
  };
}

function missing(node: LocatedNode, path: string, name: string): Problem {
  const childPath = path === "" ? name : `${path}.${name}`;
  return {
    ...placeOf(node.keyOrigin ?? node.origin),
    rule: "missing-field",
    path: childPath,
    message: `${childPath} is required`,
  };
}
