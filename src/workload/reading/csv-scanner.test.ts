import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createCsvScanner } from "./csv-scanner.js";
import type { CsvDefect } from "./csv-scanner.js";

interface Scanned {
  readonly records: { fields: string[]; line: number }[];
  readonly defects: CsvDefect[];
}

function scan(pieces: readonly string[], delimiter = ","): Scanned {
  const records: { fields: string[]; line: number }[] = [];
  const defects: CsvDefect[] = [];
  const scanner = createCsvScanner({
    delimiter,
    onRecord: ({ fields, line }) => records.push({ fields: [...fields], line }),
    onDefect: (defect) => defects.push(defect),
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  return { records, defects };
}

describe("createCsvScanner", () => {
  test.each<[string, string, string[][]]>([
    [
      "plain",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CR LF",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CR LF without the last LF",
      "a,b\r\n1,2\r",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["empty lines", "a\n\n  \n1\n", [["a"], ["1"]]],
    [
      "empty fields",
      "a,b\n,\n",
      [
        ["a", "b"],
        ["", ""],
      ],
    ],
    [
      "a short record stays short",
      "a,b,c\n1,2\n3,4,5\n",
      [
        ["a", "b", "c"],
        ["1", "2"],
        ["3", "4", "5"],
      ],
    ],
    ["quotes", '"a,1","b ""q"""\n', [["a,1", 'b "q"']]],
    ["an empty quoted field", '"",x\n', [["", "x"]]],
    [
      "line break in quotes",
      '"a\nb",2\nc,3\n',
      [
        ["a\nb", "2"],
        ["c", "3"],
      ],
    ],
    ["CR LF in quotes", '"a\r\nb",2\r\n', [["a\r\nb", "2"]]],
    ["a quote inside an unquoted field", 'a"b,2\n', [['a"b', "2"]]],
    [
      "a quote inside an unquoted field before a line end",
      'x,a"b\nc,d\n',
      [
        ["x", 'a"b'],
        ["c", "d"],
      ],
    ],
    ["quotes at the very end", 'a,"b"', [["a", "b"]]],
  ])("%s", (_name, text, want) => {
    for (const pieces of [[text], text.split("")]) {
      const { records, defects } = scan(pieces);
      expect(defects).toEqual([]);
      expect(records.map((record) => record.fields)).toEqual(want);
    }
  });

  test("line numbers count the lines inside quotes and empty lines", () => {
    const { records } = scan(['h\n\n"a\nb\nc"\nlast\n']);
    expect(records.map((record) => record.line)).toEqual([1, 3, 6]);
  });

  test("a field knows its place, also after a line break in quotes", () => {
    const places: unknown[] = [];
    const scanner = createCsvScanner({
      delimiter: ",",
      onRecord: (record) => places.push(record.fields.map((_, index) => record.positionOf(index))),
      onDefect: () => expect.unreachable(),
    });
    scanner.push('x,"a\nbc",de\n');
    scanner.end();
    expect(places).toEqual([
      [
        { line: 1, col: 1, endLine: 1, endCol: 2, sourceLine: 'x,"a' },
        { line: 1, col: 3, endLine: 2, endCol: 4, sourceLine: 'x,"a' },
        { line: 2, col: 5, endLine: 2, endCol: 7, sourceLine: 'bc",de' },
      ],
    ]);
  });

  test.each<[string, string, string, number, number, boolean]>([
    ["never closed", 'a\nb,"c\nd,e\n', "unclosed-quote", 2, 3, true],
    ["text after the closing quote", 'a,"b"c,d\n', "text-after-quote", 1, 3, false],
    ["NUL", "a,b\n1,\0\n", "embedded-nul", 2, 3, false],
    ["a lone carriage return", "a,b\rc,d\n", "lone-carriage-return", 1, 3, false],
  ])("%s is a defect with its place", (_name, text, rule, line, col, fatal) => {
    for (const pieces of [[text], text.split("")]) {
      const { defects } = scan(pieces);
      expect(defects).toHaveLength(1);
      expect(defects[0]).toMatchObject({ rule, fatal, position: { line, col } });
    }
  });

  test("a quote that is never closed stops at a mebibyte instead of swallowing the file", () => {
    const scanner = createCsvScanner({
      delimiter: ",",
      onRecord: () => undefined,
      onDefect: (defect) => {
        throw new Error(defect.rule);
      },
    });
    const piece = `${"x".repeat(1023)}\n`.repeat(64);
    scanner.push('a,"');
    expect(() => {
      for (let count = 0; count < 40; count += 1) scanner.push(piece);
    }).toThrow("unclosed-quote");
  });

  test("whatever is written with quotes is read back, however the text is cut", () => {
    const field = fc.string({
      unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", " ", "ü"),
      maxLength: 6,
    });
    const row = fc.array(field, { minLength: 2, maxLength: 4 });
    const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), cuts, fc.boolean(), (rows, sizes, always) => {
        const quote = (text: string): string =>
          always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const text = rows.map((fields) => `${fields.map(quote).join(",")}\n`).join("");
        const pieces: string[] = [];
        for (let at = 0, index = 0; at < text.length; index += 1) {
          const size = sizes[index % sizes.length]!;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        const { records, defects } = scan(pieces);
        expect(defects).toEqual([]);
        expect(records.map((record) => record.fields)).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });
});
