import { didYouMean } from "../diagnostics/did-you-mean.js";
import { InputError } from "../diagnostics/problem.js";
import type { ScenarioField } from "./field-tree.js";
import { allFields } from "./field-tree.js";
import { fieldExample, fieldTypeText, firstSentence, wrapText } from "./field-text.js";
import { expectedText } from "./report-issues.js";
import type { ScenarioRule } from "./rules.js";

/** Kinds of documents whose fields are explained. */
export type ExplainedKind = "scenario" | "fleet";

/** Columns of the text that explain prints. */
const WIDTH = 88;

/**
 * Finds a field by a path as people write it: `cluster.nodes[].hosting`, `cluster.nodes[0].hosting`,
 * `cluster.nodes[h100].hosting` and `cluster.nodes.hosting` are one field; "" is the scenario.
 *
 * @throws InputError with the nearest valid path
 */
export function findField(
  root: ScenarioField,
  written: string,
  kind: ExplainedKind = "scenario",
): ScenarioField {
  const names = written
    .replace(/\[[^\]]*\]/g, "")
    .split(".")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  let here = root;
  for (const name of names) {
    const child = here.children.find((candidate) => candidate.name === name);
    if (child === undefined) throw unknownField(root, here, { written, name, kind });
    here = child;
  }
  return here;
}

function unknownField(
  root: ScenarioField,
  parent: ScenarioField,
  asked: { readonly written: string; readonly name: string; readonly kind: ExplainedKind },
): InputError {
  const { written, name, kind } = asked;
  const children = parent.children.filter((child) => child.name !== "[]");
  const fields = allFields(root);
  // Somebody who knows the name and not the place is shown the place.
  const lastName = didYouMean(
    name,
    fields.map((candidate) => candidate.name),
  );
  const elsewhere = fields.find((candidate) => candidate.name === (lastName ?? name))?.path;
  const near = didYouMean(
    name,
    children.map((child) => child.name),
  );
  // The nearer name wins, and of equally near ones that at the place.
  const isNear = lastName !== undefined && near !== undefined;
  const atPlace = isNear && didYouMean(name, [near, lastName]) === near ? near : undefined;
  const suggestion =
    children.find((child) => child.name === atPlace)?.path ??
    elsewhere ??
    didYouMean(
      written,
      fields.map((candidate) => candidate.path),
    );
  const place = parent.path === "" ? `at the top level of a ${kind}` : `in ${parent.path}`;
  const hasNone = children.length === 0;
  return new InputError([
    {
      file: `explain ${written}`,
      rule: "unknown-field" satisfies ScenarioRule,
      message: hasNone
        ? `${parent.path} has no fields, it is ${expectedText(parent)}`
        : `unknown field "${name}" ${place}`,
      ...(hasNone ? {} : { allowed: children.map((child) => child.name) }),
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}

/** A field as text for a terminal: type, meaning, values, default, example, and what is inside it. */
export function explainField(field: ScenarioField, kind: ExplainedKind = "scenario"): string {
  const blocks = [
    `${field.path === "" ? kind : field.path}   ${fieldTypeText(field)}`,
    indent(wrapText(field.description, WIDTH - 2)),
    ...factsOf(field),
    ...valuesOf(field),
    ...exampleOf(field),
    ...childrenOf(field, kind),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function factsOf(field: ScenarioField): readonly string[] {
  const facts = [
    ...(field.unit === undefined ? [] : [`Unit:    ${field.unit}`]),
    ...("default" in field ? [`Default: ${String(field.default)}`] : []),
    ...(field.itemsMax === undefined ? [] : [`At most: ${field.itemsMax} items`]),
    ...(field.onlyFor === undefined ? [] : [`Only for: ${field.onlyFor.join(", ")}`]),
  ];
  return facts.length === 0 ? [] : [indent(facts)];
}

function valuesOf(field: ScenarioField): readonly string[] {
  if (field.allowed === undefined) return [];
  const rows = field.allowed.map(({ value, description = "" }) => [value, description] as const);
  return [`  Allowed:\n${table(rows, 4)}`];
}

function exampleOf(field: ScenarioField): readonly string[] {
  const example = fieldExample(field);
  return example === undefined ? [] : [`  Example:\n${indent(example.split("\n"), 4)}`];
}

function childrenOf(field: ScenarioField, kind: ExplainedKind): readonly string[] {
  const children = field.children.filter((child) => child.name !== "[]");
  if (children.length === 0) return [];
  const rows = children.map(
    (child) =>
      [
        child.required ? `${child.name}*` : child.name,
        `(${child.type}) ${firstSentence(child.description)}`,
      ] as const,
  );
  const prefix = children[0]!.path.slice(0, -children[0]!.name.length);
  const before = kind === "fleet" ? "fleet " : "";
  const more = `  headroom explain ${before}"${prefix}${children[0]!.name}" says more about one of them.`;
  return [`  Fields (* is required):\n${table(rows, 4)}`, more];
}

/** Two columns, the second wrapped under itself. */
function table(rows: readonly (readonly [string, string])[], margin: number): string {
  const first = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .flatMap(([name, text]) => {
      const lines = wrapText(text, WIDTH - margin - first);
      return [
        `${" ".repeat(margin)}${name.padEnd(first)}${lines[0] ?? ""}`.trimEnd(),
        ...lines.slice(1).map((line) => " ".repeat(margin + first) + line),
      ];
    })
    .join("\n");
}

function indent(lines: readonly string[], margin = 2): string {
  return lines.map((line) => (line === "" ? "" : " ".repeat(margin) + line)).join("\n");
}

/** A field as `explain --json` prints it: every key is always there, null where it does not apply. */
export interface FieldJson {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly unit: string | null;
  readonly default: unknown;
  readonly example: unknown;
  readonly allowed:
    readonly { readonly value: string; readonly description: string | null }[] | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly itemsMax: number | null;
  readonly onlyFor: readonly string[] | null;
  readonly children: readonly FieldJson[];
}

/** A field and all below it as plain data. */
export function fieldJson(field: ScenarioField): FieldJson {
  return {
    path: field.path,
    type: field.type,
    required: field.required,
    description: field.description,
    unit: field.unit ?? null,
    default: field.default ?? null,
    example: field.example ?? null,
    allowed:
      field.allowed?.map(({ value, description = null }) => ({ value, description })) ?? null,
    minimum: field.range?.low ?? null,
    maximum: field.range?.high ?? null,
    itemsMax: field.itemsMax ?? null,
    onlyFor: field.onlyFor ?? null,
    children: field.children.map(fieldJson),
  };
}
