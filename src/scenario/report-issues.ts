import { stringify } from "yaml";
import type { z } from "zod";

import { describeValue } from "../diagnostics/describe-value.js";
import type { PathPart } from "../diagnostics/field-path.js";
import { formatPath, schemaPath } from "../diagnostics/field-path.js";
import { deepestNode } from "../diagnostics/located-node.js";
import type { CheckContext, Finding } from "./check-context.js";
import { mustBe } from "./check-context.js";
import type { ScenarioField } from "./field-tree.js";
import { allFields, fieldAt } from "./field-tree.js";
import type { ScenarioRule } from "./rules.js";

type Issue = z.core.$ZodIssue;

/**
 * Turns what the schema refused into problems, one per place: a second one there would only repeat the
 * first. Required fields that one map lacks are one problem.
 */
export function reportIssues(context: CheckContext, issues: readonly Issue[]): void {
  const seen = new Set<string>();
  const missing = new Map<
    string,
    { readonly owner: readonly PathPart[]; readonly names: string[] }
  >();
  for (const issue of issues.flatMap((candidate) => chooseBranch(candidate, []))) {
    const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
    const isGivenThere = issue.code === "unrecognized_keys" || isGiven(context, path);
    if (!isGivenThere) {
      const owner = path.slice(0, -1);
      const known = missing.get(formatPath(owner));
      const name = String(path[path.length - 1]);
      if (known === undefined) missing.set(formatPath(owner), { owner, names: [name] });
      else known.names.push(name);
      continue;
    }
    for (const finding of findingsOf(context, issue, path)) {
      const place = formatPath(finding.path);
      if (seen.has(place)) continue;
      seen.add(place);
      context.report(finding);
    }
  }
  for (const { owner, names } of missing.values()) context.report(missingFields(owner, names));
}

/**
 * The issues of the alternative that was meant: the only one whose outer type fits. A value that fits
 * none stays one issue about the value as a whole.
 */
function chooseBranch(issue: Issue, prefix: readonly PropertyKey[]): readonly Issue[] {
  const path = [...prefix, ...issue.path];
  if (issue.code !== "invalid_union") return [{ ...issue, path }];
  const meant = issue.errors.filter(
    (branch) => !branch.some((inner) => inner.path.length === 0 && isTypeIssue(inner)),
  );
  const branch = meant.length === 1 ? meant[0] : undefined;
  return branch === undefined
    ? [{ ...issue, path }]
    : branch.flatMap((inner) => chooseBranch(inner, path));
}

/** An enumeration refuses a map with `invalid_value`: that too says that another form was meant. */
function isTypeIssue(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function findingsOf(
  context: CheckContext,
  issue: Issue,
  path: readonly PathPart[],
): readonly Finding[] {
  const field = fieldAt(context.fields, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownField(context, path, key));
  }
  const value = context.valueAt(path);
  if (value === null) {
    const message = `${formatPath(path) || "the scenario"} is empty, must be ${expectedText(field)}`;
    return [{ path, rule: "wrong-type", message, ...explain(path) }];
  }
  const { code } = issue;
  if (code === "custom") return [customFinding(path, issue)];
  if (code === "invalid_value" || code === "invalid_union")
    return [valueFinding(path, field, value)];
  if (code === "too_small" || code === "too_big") return [sizeFinding(path, field, value, issue)];
  if (code === "invalid_format") return [textFinding(path, value, issue.message)];
  return [{ path, rule: "wrong-type", ...typeText(path, field, value) }];
}

function unknownField(context: CheckContext, path: readonly PathPart[], key: string): Finding {
  const owner = fieldAt(context.fields, path);
  const form = context.valueAt([...path, "name"]);
  const fields = (owner?.children ?? []).filter(
    (child) => child.onlyFor === undefined || child.onlyFor.includes(String(form)),
  );
  const place = path.length === 0 ? "at the top level" : `in ${formatPath(path)}`;
  return {
    path: [...path, key],
    part: "key",
    rule: "unknown-field",
    message: `unknown field "${key}" ${place}`,
    given: key,
    allowed: fields.map((child) => child.name),
    // A name of the format was no slip of the pen: the help says where it belongs.
    ...(allFields(context.fields).some((field) => field.name === key) ? { similarTo: [] } : {}),
    help: unknownFieldHelp(context, path, key),
  };
}

function unknownFieldHelp(context: CheckContext, path: readonly PathPart[], key: string): string {
  if (key === "<<") return "YAML 1.2 has no merge keys: use extends, or repeat the fields";
  // Somebody who knows the name and not the place is shown the place.
  const elsewhere = allFields(context.fields).find((field) => field.name === key);
  return explainCommand(elsewhere?.path ?? schemaPath(path));
}

function missingFields(owner: readonly PathPart[], names: readonly string[]): Finding {
  const quoted = [...new Set(names)].map((name) => `"${name}"`);
  const last = quoted.pop()!;
  const list = quoted.length === 0 ? ` ${last}` : `s ${quoted.join(", ")} and ${last}`;
  const isSchema = owner.length === 0 && names.includes("schema");
  return {
    path: [...owner, names[0]!],
    rule: "missing-field",
    message: `${owner.length === 0 ? "the scenario" : formatPath(owner)} lacks the required field${list}`,
    ...(isSchema
      ? { help: "begin the file with: schema: headroom/scenario/v1" }
      : explain([...owner, ...(names.length === 1 ? names : [])])),
  };
}

function customFinding(path: readonly PathPart[], issue: Issue & { code: "custom" }): Finding {
  const { rule, suggestion, help } = (issue.params ?? {}) as Partial<
    Record<"suggestion" | "help", string>
  > & { readonly rule?: ScenarioRule };
  return {
    path,
    rule: rule ?? "wrong-type",
    message: `${formatPath(path)}: ${issue.message}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(help === undefined ? {} : { help }),
  };
}

function valueFinding(
  path: readonly PathPart[],
  field: ScenarioField | undefined,
  value: unknown,
): Finding {
  const allowed = field?.allowed?.map((entry) => entry.value);
  const isName = typeof value === "string" && allowed !== undefined;
  if (!isName) {
    const names = field?.type === "name" && allowed !== undefined ? { allowed } : {};
    return { path, rule: "wrong-type", ...typeText(path, field, value), ...names };
  }
  return {
    path,
    rule: "unknown-name",
    message: `${formatPath(path)} has the unknown value ${describeValue(value)}`,
    allowed,
    ...explain(path),
  };
}

function sizeFinding(
  path: readonly PathPart[],
  field: ScenarioField | undefined,
  value: unknown,
  issue: Issue & { code: "too_small" | "too_big" },
): Finding {
  if (typeof value === "string") {
    const finding = textFinding(path, value, issue.message);
    return issue.origin === "number" ? { ...finding, rule: "out-of-range" } : finding;
  }
  if (Array.isArray(value)) {
    const message =
      issue.code === "too_small"
        ? `${formatPath(path)} is an empty list, must have at least one item`
        : `${formatPath(path)} has ${value.length} items, at most ${field?.itemsMax ?? 0} are allowed`;
    return { path, rule: "out-of-range", message };
  }
  const isPlain = field === undefined || ["number", "whole number"].includes(field.type);
  const expected = expectedText(field);
  // One of several forms: the bound is that of the number, and the field has none to tell.
  const bound = issue.code === "too_small" ? `least ${issue.minimum}` : `most ${issue.maximum}`;
  const forms = isPlain ? expected : `${expected} (a number: at ${bound})`;
  return { path, rule: "out-of-range", message: mustBe(path, forms, value) };
}

/** `message` completes the name of the field: the schema words it so. */
function textFinding(path: readonly PathPart[], value: unknown, message: string): Finding {
  return {
    path,
    rule: "bad-text",
    message: `${formatPath(path)} ${message}, got ${describeValue(value)}`,
  };
}

/** The message for a value of the wrong type, and what to do where quotes are the cause. */
function typeText(
  path: readonly PathPart[],
  field: ScenarioField | undefined,
  value: unknown,
): { readonly message: string; readonly help?: string } {
  const message = mustBe(path, expectedText(field), value);
  const wantsText = field?.type === "text" || field?.type === "name";
  if (wantsText && (typeof value === "number" || typeof value === "boolean")) {
    return { message, help: `put it in quotes: "${String(value)}"` };
  }
  const isNumberField = field?.type === "number" || field?.type === "whole number";
  if (isNumberField && typeof value === "string" && Number.isFinite(Number(value.trim() || "x"))) {
    return { message, help: `write it without quotes: ${value.trim()}` };
  }
  return { message, ...explain(path) };
}

/** What a field must be, as the words after "must be". */
export function expectedText(field: ScenarioField | undefined): string {
  if (field === undefined) return "something else";
  const { type, range, example } = field;
  if (type.startsWith("list")) return "a list";
  if (type === "name or map") return "a name or a map";
  if (type === "name") return "one of the allowed names";
  if (type === "text") return "text";
  if (type === "map") return "a map";
  if (type === "true or false") return type;
  if (type === "whole number" || type === "number") {
    const noun = type === "number" ? "a number" : "a whole number";
    return range === undefined ? noun : `${noun} ${rangeText(range)}`;
  }
  return `a ${type}${example === undefined ? "" : ` such as ${inOneLine(example)}`}`;
}

/** A value as it is written in a line of YAML. */
function inOneLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return stringify(value, {
    collectionStyle: "flow",
    flowCollectionPadding: true,
    lineWidth: 0,
  }).trimEnd();
}

/** `from 1 to 10`, `above 0, at most 1000`, `of at least 1`. */
export function rangeText(range: NonNullable<ScenarioField["range"]>): string {
  const { low, high, lowExclusive } = range;
  if (low === undefined) return `of at most ${high ?? 0}`;
  const isOpen = high === undefined || high === Number.MAX_SAFE_INTEGER;
  if (isOpen) return lowExclusive === true ? `above ${low}` : `of at least ${low}`;
  return lowExclusive === true ? `above ${low}, at most ${high}` : `from ${low} to ${high}`;
}

function explain(path: readonly PathPart[]): { readonly help: string } {
  return { help: explainCommand(schemaPath(path)) };
}

/** The command that documents a field; quoted where a shell would take brackets for a pattern. */
export function explainCommand(path: string): string {
  if (path === "") return "headroom explain";
  return path.includes("[") ? `headroom explain "${path}"` : `headroom explain ${path}`;
}

/** True when something stands at the path, whatever it is. */
export function isGiven(context: CheckContext, path: readonly PathPart[]): boolean {
  return deepestNode(context.root, path).complete;
}
