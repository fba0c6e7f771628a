// Bytes that are no text: the message must point at the byte.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decodeText } from "./decode-text.js";
import { describeValue } from "./describe-value.js";
import { formatPath, schemaPath } from "./field-path.js";
import { InputError } from "./problem.js";

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
