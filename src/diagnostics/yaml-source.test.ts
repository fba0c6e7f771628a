// Values must know their place in the file whatever the YAML looks like, and no YAML may cost more than a moment.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { locate, nodeAt, plainValue } from "./located-node.js";
import { InputError } from "./problem.js";
import { renderProblems } from "./render-problems.js";
import { parseYaml, parseYamlArgument, YAML_LIMITS } from "./yaml-source.js";

function problemsOf(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("expected an InputError");
}

const text = `name: a
nodes:
  - {name: x, count: 2}
  - name: y
    empty:
alias: &shared {deep: [1, 2]}
again: *shared
`;

describe("places", () => {
  const root = parseYaml("f.yaml", text);
  test.each([
    ["a value", ["nodes", 0, "count"], "value", { line: 3, col: 22, endCol: 23 }],
    ["a key", ["nodes", 0, "count"], "key", { line: 3, col: 15, endCol: 20 }],
    ["a key in block style", ["nodes", 1, "name"], "key", { line: 4, col: 5, endCol: 9 }],
    ["an empty value is shown at its key", ["nodes", 1, "empty"], "value", { line: 5, col: 5 }],
    [
      "a missing field is shown at the key of its map",
      ["nodes", 1, "none"],
      "value",
      { line: 4, col: 5 },
    ],
    [
      "a missing path of several parts",
      ["alias", "x", 3, "y"],
      "value",
      { line: 6, col: 1, endCol: 6 },
    ],
    ["inside an alias the anchor is shown", ["again", "deep", 1], "value", { line: 6, col: 27 }],
    ["the key of an alias is its own", ["again"], "key", { line: 7, col: 1, endCol: 6 }],
    ["the root", [], "value", { line: 1, col: 1 }],
  ] as const)("%s", (_, path, part, want) => {
    expect(locate(root, path, part)).toMatchObject({ file: "f.yaml", ...want });
  });

  test("values come out as written", () => {
    expect(plainValue(root)).toEqual({
      name: "a",
      nodes: [
        { name: "x", count: 2 },
        { name: "y", empty: null },
      ],
      alias: { deep: [1, 2] },
      again: { deep: [1, 2] },
    });
  });

  test("paths that lead nowhere give nothing", () => {
    expect(nodeAt(root, ["nodes", 7])).toBeUndefined();
    expect(nodeAt(root, ["name", "x"])).toBeUndefined();
  });
});

test("scalars follow the core schema of YAML 1.2", () => {
  const values = plainValue(
    parseYaml("f", "[yes, no, on, true, 0o17, 0x1f, 1_000, 1e3, .inf, ~, '1', 2026-01-01]"),
  );
  const want = ["yes", "no", "on", true, 15, 31, "1_000", 1000, Infinity, null, "1", "2026-01-01"];
  expect(values).toEqual(want);
});

test("__proto__ is an ordinary field and changes no prototype", () => {
  const value = plainValue(parseYaml("f", "__proto__: {polluted: 1}\nx: 1"));
  expect(Object.keys(value as object)).toEqual(["__proto__", "x"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect((value as Record<string, unknown>)["polluted"]).toBeUndefined();
});

const bomb = `a: &a [1,1,1,1,1,1,1,1,1]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: [*d,*d,*d,*d,*d,*d,*d,*d,*d]
`;

describe("refusals", () => {
  test.each([
    ["empty", "", "empty-file", 1, 1],
    ["comments only", "# nothing\n", "empty-file", 1, 1],
    ["a marker only", "---\n", "empty-file", 1, 1],
    ["null", "null", "empty-file", 1, 1],
    ["two documents", "a: 1\n---\nb: 2\n", "yaml-syntax", 2, 1],
    ["an unclosed quote", "a: 'x\n", "yaml-syntax", 1, 5],
    ["a tab as indentation", "a:\n\t- b\n", "yaml-syntax", 2, 1],
    ["an unclosed list", "a: [1, 2\nb: 3\n", "yaml-syntax", 2, 1],
    ["a standard tag", "a: !!binary aGk=\n", "yaml-tag", 1, 4],
    ["a tag of one's own", "a: !run x\n", "yaml-tag", 1, 4],
    ["a tag on a map", "a: !run {b: 1}\n", "yaml-tag", 1, 4],
    ["a YAML 1.1 directive", "%YAML 1.1\n---\na: yes\n", "yaml-version", 1, 1],
    ["an unknown alias", "a: *x\n", "yaml-alias", 1, 4],
    ["an alias inside itself", "a: &x [*x]\n", "yaml-alias", 1, 8],
    ["an alias bomb", bomb, "yaml-alias", 3, 8],
    ["a list as a key", "? [a]\n: 3\n", "yaml-key", 1, 3],
    ["no key", ": 3\n", "yaml-key", 1, 1],
    ["a field twice", "a: 1\nb:\n  c: 1\n  c: 2\n", "duplicate-key", 4, 3],
    ["a byte-order mark", "\ufeffa: 1", "byte-order-mark", 1, 1],
    ["a NUL", "a: 1\nb: \u0000", "control-character", 2, 4],
    ["an escape", "a: \u001b[31m", "control-character", 1, 4],
    ["too deep in flow style", `a: ${"[".repeat(60)}${"]".repeat(60)}`, "too-deep", 1, 54],
    ["too deep in block style", `${"- ".repeat(60)}x`, "too-deep", 1, 103],
  ])("%s", (_, source, rule, line, col) => {
    const { problems } = problemsOf(() => parseYaml("f.yaml", source));
    expect(problems[0]).toMatchObject({ file: "f.yaml", rule, line, col });
  });

  test("a file over the limit is not parsed at all", () => {
    const { problems } = problemsOf(() =>
      parseYaml("f", `a: ${"[".repeat(YAML_LIMITS.textLengthMax)}`),
    );
    expect(problems.map((problem) => problem.rule)).toEqual(["file-too-large"]);
  });

  test("all duplicates are reported, with the line of the first", () => {
    const { problems } = problemsOf(() => parseYaml("f", "a: 1\nb: 1\na: 2\nb: 2\na: 3\n"));
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '3: the field "a" is given twice; the first is in line 1',
      '4: the field "b" is given twice; the first is in line 2',
      '5: the field "a" is given twice; the first is in line 1',
    ]);
  });

  test("many equal keys take no quadratic time to find", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n");
    expect(Object.keys(plainValue(parseYaml("f", keys)) as object)).toHaveLength(20_000);
  });
});

test("an argument has no lines: messages name the argument", () => {
  const node = parseYamlArgument("--set a=[1, {b: x}]", "[1, {b: x}]");
  expect(plainValue(node)).toEqual([1, { b: "x" }]);
  expect(locate(node, [1, "b"], "value")).toEqual({ file: "--set a=[1, {b: x}]" });
  expect(plainValue(parseYamlArgument("--set a=", ""))).toBe("");
  const { problems } = problemsOf(() => parseYamlArgument("--set a='x", "'x"));
  expect(renderProblems(problems)).toBe(
    "--set a='x: not valid YAML: Missing closing quote '. [yaml-syntax]",
  );
});

test("any text gives a value or an InputError whose places lie in the text", () => {
  const pieces = fc.constantFrom(
    ..."a: |- >[]{}*&!'\"#%@,?\t\n ~1.x\u{FEFF}🙂".split(""),
    "\n  ",
    "- ",
    ": ",
    "&a ",
    "*a",
    "---\n",
    "null",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const source = parts.join("");
      const lines = source.split(/\r\n|\n|\r/);
      try {
        plainValue(parseYaml("f", source));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.problems.length).toBeGreaterThan(0);
        for (const { line, col, endLine, endCol, sourceLine } of error.problems) {
          expect(lines[line! - 1]).toBe(sourceLine);
          expect(col).toBeGreaterThanOrEqual(1);
          expect(col).toBeLessThanOrEqual(sourceLine!.length + 1);
          expect(endCol).toBeLessThanOrEqual(lines[endLine! - 1]!.length + 1);
          expect(endLine! > line! || endCol! >= col!).toBe(true);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
