import type { z } from "zod";

import { describeValue } from "../../diagnostics/describe-value.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { formatPath, type PathPart } from "../../diagnostics/field-path.js";
import { locate, nodeAt, plainValue, type LocatedNode } from "../../diagnostics/located-node.js";
import type { Problem } from "../../diagnostics/problem.js";
import { KERNEL_NAMES, SHAPE_FIELDS } from "./suite-schema.js";

/** Help that every problem of a suite carries. */
export const SUITE_HELP = "docs/benchmark.md describes suites; bench/suites/ has examples";

/** Fields of each map of a suite, for names that are nearly right. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "": ["schema", "name", "description", "sampling", "cases"],
  sampling: [
    "processes",
    "processesMax",
    "precision",
    "samples",
    "warmUp",
    "sampleTime",
    "caseTime",
    "budget",
  ],
  "cases[]": ["kernel", "dtypes", "shapes", "grid", "hostMemory", "tenants", "backends", "labels"],
};

/** A problem at a path of the suite. */
export function suiteProblem(
  root: LocatedNode,
  path: readonly PathPart[],
  rest: {
    readonly rule: string;
    readonly message: string;
    readonly part?: "key" | "value";
    readonly allowed?: readonly string[];
    readonly given?: string;
    readonly help?: string;
  },
): Problem {
  const { rule, message, part = "value", allowed, given, help = SUITE_HELP } = rest;
  const suggestion =
    allowed === undefined || given === undefined ? undefined : didYouMean(given, allowed);
  return {
    ...locate(root, path, part),
    rule,
    message,
    path: formatPath(path),
    ...(allowed === undefined ? {} : { allowed }),
    ...(suggestion === undefined ? {} : { suggestion }),
    help,
  };
}

/** Everything that breaks the schema, each at its place in the file. */
export function schemaProblems(
  root: LocatedNode,
  issues: readonly z.core.$ZodIssue[],
): readonly Problem[] {
  const problems = issues.flatMap((issue) => issueProblems(root, issue));
  // A field that is missing because its name was mistyped is one mistake.
  const meant = new Set(
    problems.flatMap(({ rule, path = "", suggestion }) =>
      rule === "unknown-field" && suggestion !== undefined
        ? [path.replace(/[^.]*$/, suggestion)]
        : [],
    ),
  );
  return problems.filter(({ rule, path = "" }) => rule !== "missing-field" || !meant.has(path));
}

function issueProblems(root: LocatedNode, issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const place = formatPath(path) || "the suite";
  if (issue.code === "unrecognized_keys") {
    const owner = path.map((part) => (typeof part === "number" ? "[]" : part)).join("");
    return issue.keys.map((key) =>
      suiteProblem(root, [...path, key], {
        rule: "unknown-field",
        part: "key",
        message: `unknown field "${key}" in ${place}`,
        given: key,
        ...(FIELDS[owner] === undefined ? {} : { allowed: FIELDS[owner] }),
      }),
    );
  }
  const node = nodeAt(root, path);
  if (node === undefined) {
    return [suiteProblem(root, path, { rule: "missing-field", message: `${place} is missing` })];
  }
  const given = plainValue(node);
  const shown = describeValue(given);
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String);
    const message = `${place} has the unknown value ${shown}`;
    return [
      suiteProblem(root, path, { rule: "unknown-name", message, allowed, given: String(given) }),
    ];
  }
  const rule = issue.code === "invalid_type" ? "wrong-type" : "out-of-range";
  return [suiteProblem(root, path, { rule, message: `${place} ${mustBe(issue)}, got ${shown}` })];
}

function mustBe(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type")
    return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_union") return "must be text such as 2ms, or a number";
  if (issue.code === "too_small") {
    const least = Number(issue.minimum);
    return issue.origin === "array"
      ? `must have at least ${least} item`
      : `must be at least ${least}`;
  }
  if (issue.code === "too_big") {
    const most = Number(issue.maximum);
    if (issue.origin === "array") return `must have at most ${most} items`;
    return issue.origin === "string"
      ? `must have at most ${most} characters`
      : `must be at most ${most}`;
  }
  return issue.message;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "text",
  array: "a list",
  object: "a map",
  record: "a map",
};

/** Words for the sizes a kernel takes. */
export function shapeWords(kernel: (typeof KERNEL_NAMES)[number]): string {
  const fields = SHAPE_FIELDS[kernel];
  return fields.length === 0 ? "no sizes" : `the sizes ${fields.join(", ")}`;
}
