// No text, however broken, makes the reader throw anything but an InputError with places inside the file.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";

import { InputError } from "../diagnostics/problem.js";
import { parseSetArgument } from "./apply-overlays.js";
import { problemsOf, resolveText, VALID_SCENARIO } from "./scenario-fixture.js";

/** A scenario with a few pieces of its text replaced by pieces that are likely to break it. */
const brokenScenario = fc
  .array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(12),
      insert: fc.constantFrom(
        "",
        "\n",
        "  ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "null",
        "&a ",
        "*a",
        "!!x ",
        "'",
        '"',
        "#",
        "1e308",
        "-1",
        ".nan",
        "40 parsecs",
        "\u0000",
        "\u001b",
        "🙂",
        "\t",
        "---\n",
        "<<: ",
        "x: 1\n",
        "name",
        "[h100]",
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) =>
    edits.reduce((text, { at, length, insert }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + insert + text.slice(start + length);
    }, VALID_SCENARIO),
  );

function expectPlacesInside(text: string): void {
  const lines = text.split(/\r\n|\n|\r/);
  for (const problem of problemsOf(text)) {
    expect(problem.file).toBe("s.yaml");
    const { line, col, endLine, endCol, sourceLine } = problem;
    expect(lines[line! - 1]).toBe(sourceLine);
    expect(col).toBeGreaterThanOrEqual(1);
    expect(col).toBeLessThanOrEqual(sourceLine!.length + 1);
    expect(endLine! > line! || endCol! >= col!).toBe(true);
    expect(endCol).toBeLessThanOrEqual(lines[endLine! - 1]!.length + 1);
    expect(problem.message).not.toBe("");
  }
}

test("a scenario broken anywhere gives problems with places in it, and nothing else is thrown", () => {
  fc.assert(fc.property(brokenScenario, expectPlacesInside), { numRuns: 250 });
});

test("a value of any kind in any field gives problems with places in the file", () => {
  const document = parse(VALID_SCENARIO) as unknown;
  const paths: (string | number)[][] = [];
  const collect = (value: unknown, path: (string | number)[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      collect(child, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  collect(document, []);
  const anyValue = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      Number.NaN,
      Infinity,
      -0,
      1e308,
      "1e308",
      "-5",
      "",
      " ",
      "15m",
      "80%",
      "__proto__",
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), anyValue, (path, value) => {
      const copy = structuredClone(document);
      let owner = copy as Record<string | number, unknown>;
      for (const part of path.slice(0, -1)) owner = owner[part] as Record<string | number, unknown>;
      owner[path[path.length - 1]!] = value;
      expectPlacesInside(stringify(copy));
    }),
    { numRuns: 300 },
  );
});

test("any --set gives a scenario or problems that name it", () => {
  const piece = fc.constantFrom(
    "cluster",
    ".",
    "nodes",
    "[0]",
    "[h100]",
    "count",
    "=",
    "1",
    "null",
    "policy",
    "queue",
    "[",
    "]",
    "{a: 1}",
    "é",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        resolveText(VALID_SCENARIO, { overlays: [parseSetArgument(pieces.join(""))] });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.problems.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 200 },
  );
});
