import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createJsonItemScanner } from "./json-items.js";

interface Scanned {
  readonly items: { list: string; index: number; value: unknown; at: string }[];
  readonly fields: [string, unknown][];
}

function scan(pieces: readonly string[], lists: readonly string[] = []): Scanned {
  const items: Scanned["items"] = [];
  const fields: Scanned["fields"] = [];
  const scanner = createJsonItemScanner({
    lists,
    onItem: ({ text, list, index, line, col }) =>
      items.push({ list, index, value: JSON.parse(text), at: `${line}:${col}` }),
    onField: (name, { text }) => fields.push([name, JSON.parse(text)]),
    onDefect: ({ message, line, col }) => {
      throw new Error(`${line}:${col} ${message}`);
    },
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  return { items, fields };
}

describe("createJsonItemScanner", () => {
  test("hands over the elements of a list with their places", () => {
    expect(scan(['[ {"a": 1},\n  {"b": [1, 2]} , "x", 5 ]\n']).items).toEqual([
      { list: "", index: 0, value: { a: 1 }, at: "1:3" },
      { list: "", index: 1, value: { b: [1, 2] }, at: "2:3" },
      { list: "", index: 2, value: "x", at: "2:19" },
      { list: "", index: 3, value: 5, at: "2:24" },
    ]);
  });

  test("hands over the lists of an object and its other fields", () => {
    const { items, fields } = scan(
      ['{"kind":"List","items":[{"a":1},2],"more":{"items":[9]},"n":null}'],
      ["items"],
    );
    expect(items.map(({ value }) => value)).toEqual([{ a: 1 }, 2]);
    expect(fields).toEqual([
      ["kind", "List"],
      ["more", { items: [9] }],
      ["n", null],
    ]);
  });

  test.each([
    ["an empty list", "[]", 0],
    ["an empty object", " { } ", 0],
    ["brackets and quotes in strings", '["]", "}\\"", "\\\\"]', 3],
  ])("%s", (_name, text, count) => {
    expect(scan([text]).items).toHaveLength(count);
    expect(scan(text.split("")).items).toHaveLength(count);
  });

  test.each([
    ["cut", '[{"a":1},{"b":', /1:14 .*ends too early/],
    ["cut in a string", '["abc', /ends too early/],
    ["nothing", "  ", /ends too early/],
    ["not JSON", "id,submit\n", /1:1 a JSON list or object must begin here/],
    ["text after the end", "[1] x", /1:5 text stands after the end/],
    ["a second document", "[1][2]", /1:4 text stands after the end/],
    ["a trailing comma", "[1,]", /1:4 an element is missing/],
    ["two commas", "[1,,2]", /1:4 an element is missing/],
    ["a missing value", '{"a":,"b":1}', /a value is missing/],
    ["a missing name", "{:1}", /name of a field is missing/],
    ["a missing colon", '{"a" "b"}', /":" is missing/],
  ])("refuses %s", (_name, text, message) => {
    expect(() => scan([text])).toThrow(message);
    expect(() => scan(text.split(""))).toThrow(message);
  });

  test("finds what JSON.parse finds, however the text is cut", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.boolean(),
        cuts,
        (list, wide, sizes) => {
          const text = JSON.stringify(list, undefined, wide ? 2 : 0);
          const pieces: string[] = [];
          for (let at = 0, index = 0; at < text.length; index += 1) {
            const size = sizes[index % sizes.length]!;
            pieces.push(text.slice(at, at + size));
            at += size;
          }
          expect(scan(pieces).items.map(({ value }) => value)).toEqual(JSON.parse(text));
        },
      ),
    );
  });
});
