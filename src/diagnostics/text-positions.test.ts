// Bytes that are no text, and cells of tables: the message must point at the byte or the cell.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { csvFieldRange, csvProblem } from "./csv-position.js";
import { decodeText } from "./decode-text.js";
import { describeValue } from "./describe-value.js";
import { formatPath, schemaPath } from "./field-path.js";
import { InputError } from "./problem.js";
import { renderProblem } from "./render-problems.js";

describe("decodeText", () => {
  const bytes = (...parts: (string | number[])[]): Uint8Array =>
    Uint8Array.from(
      parts.flatMap((part) =>
        typeof part === "string" ? [...new TextEncoder().encode(part)] : part,
      ),
    );
  const problemOf = (input: Uint8Array) => {
    try {
      decodeText("f.csv", input);
    } catch (error) {
      if (error instanceof InputError) return error.problems[0]!;
      throw error;
    }
    throw new Error("expected an InputError");
  };

  test("keeps text as it is, byte-order mark included", () => {
    expect(decodeText("f", bytes([0xef, 0xbb, 0xbf], "é\n名"))).toBe("\ufeffé\n名");
  });

  test.each([
    ["a Latin-1 letter", bytes("a,b\nx,caf", [0xe9], "\n"), 2, 6, "byte 0xe9 is not UTF-8 text"],
    ["after letters of several bytes", bytes("名é", [0xff]), 1, 3, "byte 0xff is not UTF-8 text"],
    ["the first byte", bytes([0x80]), 1, 1, "byte 0x80 is not UTF-8 text"],
    ["a surrogate", bytes("a", [0xed, 0xa0, 0x80]), 1, 2, "byte 0xed is not UTF-8 text"],
    ["UTF-16", bytes([0xff, 0xfe, 0x61, 0x00]), 1, 1, "the file is UTF-16 text, must be UTF-8"],
  ])("%s", (_, input, line, col, message) => {
    expect(problemOf(input)).toMatchObject({ rule: "not-utf8", line, col, message });
  });

  test("the position agrees with the decoder of the platform", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (tail) => {
        const input = Uint8Array.from([...new TextEncoder().encode("é名🙂\n"), ...tail]);
        const replaced = new TextDecoder("utf-8", { ignoreBOM: true }).decode(input);
        if (new TextEncoder().encode(replaced).join() === input.join()) {
          expect(decodeText("f", input)).toBe(replaced);
        } else {
          const { line, col } = problemOf(input);
          const before = replaced
            .split(/\r\n|\n|\r/)
            .slice(0, line)
            .join("\n");
          const lineStart = before.lastIndexOf("\n") + 1;
          expect(before[lineStart + col! - 1]).toBe("\u{FFFD}");
        }
      }),
    );
  });

  test("a character cut off at the end", () => {
    expect(problemOf(bytes("ab", [0xe5, 0x90]))).toMatchObject({
      rule: "not-utf8",
      line: 1,
      col: 3,
    });
  });
});

describe("cells of a table", () => {
  test.each([
    ["first", "a,b,c", 0, [0, 1]],
    ["last", "a,b,c", 2, [4, 5]],
    ["empty", "a,,c", 1, [2, 2]],
    ["quoted with a delimiter", 'a,"b,""x""",c', 1, [2, 11]],
    ["after a quoted one", 'a,"b,c",d', 2, [8, 9]],
    ["missing", "a,b", 5, [3, 3]],
    ["in an empty line", "", 0, [0, 0]],
  ] as const)("%s", (_, line, field, want) => {
    expect(csvFieldRange(line, field, ",")).toEqual(want);
  });

  test("a problem shows the line and marks the cell", () => {
    const cell = {
      file: "t.csv",
      line: 3,
      sourceLine: "j1;-5;8",
      field: 1,
      column: "submit_s",
      delimiter: ";",
    };
    const problem = csvProblem(cell, {
      rule: "out-of-range",
      message: "submit_s must be ≥ 0, got -5",
    });
    expect(renderProblem(problem)).toBe(
      [
        "t.csv:3:4: submit_s must be ≥ 0, got -5. [out-of-range]",
        "  |",
        "3 | j1;-5;8",
        "  |    ^~",
      ].join("\n"),
    );
    expect(problem.path).toBe("submit_s");
  });

  test("a problem of a whole line", () => {
    const problem = csvProblem(
      { file: "t", line: 2, sourceLine: "a,b" },
      { rule: "r", message: "m" },
    );
    expect(problem).toMatchObject({ col: 1, endCol: 4 });
    expect(problem.path).toBeUndefined();
  });
});

test.each([
  [[], "", ""],
  [["cluster", "nodes", 0, "count"], "cluster.nodes[0].count", "cluster.nodes[].count"],
  [["set", "a.b"], 'set["a.b"]', "set.a.b"],
] as const)("paths as people write them: %j", (path, written, inSchema) => {
  expect(formatPath(path)).toBe(written);
  expect(schemaPath(path)).toBe(inSchema);
});

test.each([
  ["x", '"x"'],
  ["y".repeat(61), `"${"y".repeat(60)}…"`],
  [1e308, "1e+308"],
  [Number.NaN, "not-a-number (.nan)"],
  [-Infinity, "minus infinity"],
  [Infinity, "infinity"],
  [true, "true"],
  [null, "nothing"],
  [undefined, "nothing"],
  [[1], "a list"],
  [{}, "a map"],
])("describeValue %#", (value, want) => {
  expect(describeValue(value)).toBe(want);
});
