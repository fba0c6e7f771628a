// The format documents itself: every field must say what it is, and every way to ask for it must find it.
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { InputError } from "../diagnostics/problem.js";
import { explainField, fieldJson, findField } from "./explain-field.js";
import { fieldExample } from "./field-text.js";
import { allFields, fieldAt } from "./field-tree.js";
import { scenarioFormat } from "./format.js";
import { METRICS } from "./metrics.js";
import { scenarioReference, scenarioSchemaText } from "./reference-document.js";
import { SCENARIO_RULES } from "./rules.js";
import { FIXTURE_FORMAT, problemsOf, VALID_SCENARIO } from "./scenario-fixture.js";

const { fields, jsonSchema } = scenarioFormat();
const paths = allFields(fields).map((field) => field.path);

describe("every field of the format", () => {
  test("is listed once", () => {
    expect(paths.length).toBeGreaterThan(50);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test.each(allFields(fields).map((field) => [field.path, field] as const))(
    "%s is documented",
    (_, field) => {
      expect(field.description).toMatch(/^[A-Z`].*[.]$/s);
      expect(field.type).not.toBe("any value");
      const isMap = field.type === "map";
      if (!isMap) expect(field.example, "an example").toBeDefined();
      for (const { value, description } of field.allowed ?? []) {
        expect(value).not.toBe("");
        if (description !== undefined) expect(description).not.toBe("");
      }
      if ("default" in field) expect(field.required).toBe(false);
    },
  );

  test.each(paths)("%s can be explained, however it is written", (path) => {
    const field = findField(fields, path);
    const text = explainField(field);
    expect(text.startsWith(`${field.path}   `)).toBe(true);
    expect(text.endsWith("\n")).toBe(true);
    for (const line of text.split("\n")) expect(line).toBe(line.trimEnd());
    expect(findField(fields, path.replaceAll("[]", "[0]"))).toBe(field);
    expect(findField(fields, path.replaceAll("[]", "[some-name]"))).toBe(field);
    expect(findField(fields, path.replaceAll("[]", ""))).toBe(field);
    expect(fieldJson(field)).toMatchObject({ path: field.path, description: field.description });
    expect(JSON.parse(JSON.stringify(fieldJson(field)))).toEqual(fieldJson(field));
  });

  test("has an example that the format accepts in its place", () => {
    const fixturePaths = allFields(FIXTURE_FORMAT.fields).filter((field) => field.name !== "[]");
    for (const field of fixturePaths) {
      if (field.example === undefined || field.path === "extends") continue;
      // The second goal is about a share, which is what the example of atLeast is.
      const place = field.path.replaceAll("[]", field.name === "atLeast" ? "[1]" : "[0]");
      // What cannot stand in the fixture beside what is there is checked for its type alone.
      const problems = problemsOf(VALID_SCENARIO, {
        overlays: [{ path: place, value: JSON.stringify(field.example), source: field.path }],
      }).filter(({ rule }) =>
        [
          "wrong-type",
          "out-of-range",
          "bad-quantity",
          "unknown-name",
          "bad-text",
          "unknown-gpu",
          "unknown-sku",
        ].includes(rule),
      );
      expect(problems, field.path).toEqual([]);
    }
  });
});

describe("finding a field", () => {
  const problemOf = (written: string) => {
    try {
      findField(fields, written);
    } catch (error) {
      if (error instanceof InputError) return error.problems[0]!;
      throw error;
    }
    throw new Error("found");
  };

  test("nothing is the scenario", () => {
    expect(findField(fields, "")).toBe(fields);
    expect(explainField(fields)).toContain("cluster*");
  });

  test.each([
    ["a misspelt last name", "cluster.nodes[].hostng", "cluster.nodes[].hosting"],
    ["a misspelt first name", "clster", "cluster"],
    ["a name from further down", "hosting", "cluster.nodes[].hosting"],
    ["a misspelt name from further down", "hostng", "cluster.nodes[].hosting"],
    ["a name under a wrong parent", "workload.hosting", "cluster.nodes[].hosting"],
  ])("%s", (_, written, suggestion) => {
    expect(problemOf(written)).toMatchObject({
      rule: "unknown-field",
      suggestion,
      file: `explain ${written}`,
    });
  });

  test("a name below a plain value", () => {
    expect(problemOf("name.first").message).toBe("name has no fields, it is text");
    expect(problemOf("qqqqqqqqqq").suggestion).toBeUndefined();
  });
});

test("the text of one field, in full", () => {
  expect(explainField(findField(FIXTURE_FORMAT.fields, "policy.queue")))
    .toBe(`policy.queue   name or map, required

  Which waiting job goes next: the name of a policy, or a map with its \`name\` and
  options.

  Allowed:
    fifo-strict  In order.
    fifo-skip    In order, skipping.
    sjf          Shortest first.

  Example:
    queue: fifo-strict

  Fields (* is required):
    name*        (name) Name of the queue policy.
    blocking     (name) What stops the queue.
    restartCost  (duration) Cost of a restart.
    levels       (number) Number of levels.
    strict       (true or false) Whether it is strict.

  headroom explain "policy.queue.name" says more about one of them.
`);
  const levels = explainField(findField(FIXTURE_FORMAT.fields, "policy.queue.levels"));
  expect(levels).toContain("policy.queue.levels   number from 1 to 8, optional");
  expect(levels).toContain("  Default: 2\n  Only for: sjf");
});

test("the JSON Schema is draft-07, closed, and complete", () => {
  expect(
    scenarioSchemaText(scenarioFormat()).startsWith(
      '{\n  "$schema": "http://json-schema.org/draft-07/schema#"',
    ),
  ).toBe(true);
  expect(scenarioSchemaText(scenarioFormat()).endsWith("}\n")).toBe(true);
  const open: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    const schema = value as Record<string, unknown>;
    if (schema["type"] === "object" && schema["additionalProperties"] !== false) open.push(path);
    for (const [key, child] of Object.entries(schema)) visit(child, `${path}/${key}`);
  };
  visit(jsonSchema, "");
  // Labels of nodes have any name; those in `set` of a variant and of an option of a plan are paths.
  expect(open).toEqual([
    "/properties/cluster/properties/nodes/items/properties/labels",
    "/properties/plan/properties/decide/items/properties/options/items/properties/set",
    "/properties/variants/items/properties/set",
  ]);
});

test("the reference names every field, metric and rule", () => {
  const reference = scenarioReference(scenarioFormat());
  for (const field of allFields(fields)) {
    if (field.name !== "[]") expect(reference).toContain(`| \`${field.name}\` | `);
  }
  for (const metric of METRICS) expect(reference).toContain(`- \`${metric.path}\`: `);
  for (const rule of Object.keys(SCENARIO_RULES)) expect(reference).toContain(`| \`${rule}\` | `);
  expect(reference.match(/^# /gm)).toHaveLength(1);
});

test("fields are found by their place in a document", () => {
  expect(fieldAt(fields, ["cluster", "nodes", 3, "gpus"])?.path).toBe("cluster.nodes[].gpus");
  expect(fieldAt(fields, ["workload", "jobs", 0, "gpuModels", 2])?.path).toBe(
    "workload.jobs[].gpuModels[]",
  );
  expect(fieldAt(fields, ["cluster", "nope", "x"])).toBeUndefined();
});

test("examples are YAML with the name of the field", () => {
  const nodes = findField(fields, "cluster.nodes");
  expect(parse(fieldExample(nodes)!)).toEqual({ nodes: nodes.example });
  expect(fieldExample(fields)).toBeUndefined();
});
