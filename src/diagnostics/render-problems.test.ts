// What people see when input is wrong: message, frame, marker, remedy; and that no input can act on the terminal.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { renderCodeFrame } from "./code-frame.js";
import { problemsJson } from "./problem-json.js";
import type { Problem } from "./problem.js";
import { renderProblem, renderProblems, sortProblems } from "./render-problems.js";
import { createSourceText, problemAt } from "./source-text.js";
import { characterWidth, visibleText } from "./visible-text.js";

const hosting: Problem = {
  file: "scenarios/buy.yaml",
  line: 6,
  col: 7,
  endLine: 6,
  endCol: 13,
  path: "cluster.nodes[0].hostng",
  rule: "unknown-field",
  message: 'unknown field "hostng" in cluster.nodes[0]',
  allowed: ["name", "hosting"],
  suggestion: "hosting",
  help: 'headroom explain "cluster.nodes[]"',
  sourceLine: "      hostng: vm",
};

describe("renderProblem", () => {
  test("prints place, message, suggestion, allowed values, rule, frame, marker and help", () => {
    expect(renderProblem(hosting)).toBe(
      [
        'scenarios/buy.yaml:6:7: unknown field "hostng" in cluster.nodes[0]. Did you mean "hosting"? Allowed: name, hosting. [unknown-field]',
        "  |",
        "6 |       hostng: vm",
        "  |       ^~~~~~",
        '  = help: headroom explain "cluster.nodes[]"',
      ].join("\n"),
    );
  });

  test("widens the gutter with the line number", () => {
    const lines = renderProblem({ ...hosting, line: 1234, endLine: 1234 }).split("\n");
    expect(lines.slice(1)).toEqual([
      "     |",
      "1234 |       hostng: vm",
      "     |       ^~~~~~",
      '     = help: headroom explain "cluster.nodes[]"',
    ]);
  });

  test("prints no frame for input without lines", () => {
    const problem = { file: "--set a=1", rule: "bad-set", message: "wrong!" };
    expect(renderProblem(problem)).toBe("--set a=1: wrong! [bad-set]");
  });

  test("marks a range over several lines to the end of its first line", () => {
    const problem = { ...hosting, endLine: 9, endCol: 1 };
    expect(renderProblem(problem).split("\n")[3]).toBe("  |       ^~~~~~~~~~");
  });

  test("lets a style wrap the parts and changes nothing else", () => {
    const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
    const style = { place: tag("p"), mark: tag("m"), dim: tag("d") };
    const styled = renderProblem(hosting, style);
    expect(styled).toContain("<m>^~~~~~</m>");
    expect(styled.replace(/<\/?[pmd]>/g, "")).toBe(renderProblem(hosting));
  });

  test("counts the allowed names beyond forty", () => {
    const allowed = Array.from({ length: 45 }, (_, index) => `name${index}`);
    expect(renderProblem({ file: "f", rule: "r", message: "m", allowed })).toMatch(
      /name39 and 5 more\. \[r\]$/,
    );
  });

  test("no user text reaches the output with a control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const lone = text.replace(/[\r\n]/g, " ");
        const rendered = renderProblem({
          file: text,
          line: 1,
          col: 1,
          endLine: 1,
          endCol: lone.length + 1,
          rule: "r",
          message: text,
          allowed: [text],
          suggestion: text,
          help: text,
          sourceLine: lone,
        });
        // eslint-disable-next-line no-control-regex -- control characters are what must not be there
        expect(rendered).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
        expect(rendered.split("\n")).toHaveLength(5);
      }),
    );
  });
});

describe("renderProblems", () => {
  test("sorts by file, line and column, prints twenty, and counts the rest", () => {
    const problems = Array.from({ length: 23 }, (_, index) => ({
      file: "f",
      line: 23 - index,
      col: 1,
      rule: "r",
      message: `line ${23 - index}`,
    }));
    const blocks = renderProblems(problems).split("\n\n");
    expect(blocks).toHaveLength(21);
    expect(blocks[0]).toBe("f:1:1: line 1. [r]");
    expect(blocks[20]).toBe("and 3 more");
  });

  test("puts problems of a whole file before those of its lines, and keeps equal ones in order", () => {
    const at = (file: string, line: number | undefined, message: string): Problem => ({
      file,
      rule: "r",
      message,
      ...(line === undefined ? {} : { line, col: 1 }),
    });
    const sorted = sortProblems([
      at("b", 1, "1"),
      at("a", 2, "2"),
      at("a", 2, "3"),
      at("a", undefined, "4"),
    ]);
    expect(sorted.map((problem) => problem.message)).toEqual(["4", "2", "3", "1"]);
  });
});

test("problemsJson has every key of the contract and nothing else", () => {
  expect(problemsJson([{ file: "f", rule: "r", message: "m" }])).toEqual([
    {
      file: "f",
      line: null,
      col: null,
      endLine: null,
      endCol: null,
      path: null,
      rule: "r",
      message: "m",
      allowed: null,
      suggestion: null,
      help: null,
    },
  ]);
  expect(problemsJson([hosting])[0]).toMatchObject({
    line: 6,
    col: 7,
    endCol: 13,
    suggestion: "hosting",
  });
});

describe("renderCodeFrame", () => {
  const frame = (sourceLine: string, col: number, endCol: number): string[] =>
    renderCodeFrame({ sourceLine, line: 1, col, endCol }).split("\n").slice(1);

  test.each([
    ["a tab is widened to the next stop", "\tab: x", 2, 4, ["1 |     ab: x", "  |     ^~"]],
    ["a tab inside text", "a\tb", 3, 4, ["1 | a   b", "  |     ^"]],
    ["wide characters take two columns", "名前: x", 5, 6, ["1 | 名前: x", "  |       ^"]],
    ["a wide token is marked twice as long", "k: 名前", 4, 6, ["1 | k: 名前", "  |    ^~~~"]],
    [
      "combining marks take none",
      "e\u0301e\u0301: x",
      7,
      8,
      ["1 | e\u0301e\u0301: x", "  |     ^"],
    ],
    ["characters beyond 16 bits", "🙂: x", 5, 6, ["1 | 🙂: x", "  |     ^"]],
    ["an empty token still gets a mark", "a: ", 4, 4, ["1 | a:", "  |    ^"]],
    ["a column after the end", "ab", 9, 12, ["1 | ab", "  |   ^"]],
    ["an escape sequence", "a: \u001b[31mred", 4, 12, ["1 | a: ␛[31mred", "  |    ^~~~~~~~"]],
    ["a direction override", "a: \u202ex", 4, 5, ["1 | a: \u{FFFD}x", "  |    ^"]],
  ])("%s", (_, sourceLine, col, endCol, want) => {
    expect(frame(sourceLine, col, endCol)).toEqual(want);
  });

  test("cuts a long line around the token", () => {
    const sourceLine = `${"a".repeat(500)}TOKEN${"b".repeat(500)}`;
    const [shown, mark] = frame(sourceLine, 501, 506) as [string, string];
    expect(shown).toBe(`1 | …${"a".repeat(30)}TOKEN${"b".repeat(65)}…`);
    expect(mark.indexOf("^")).toBe(shown.indexOf("TOKEN"));
    expect(mark.endsWith("^~~~~")).toBe(true);
  });

  test("shows the beginning of a long line when the token is there", () => {
    const [shown] = frame(`key: ${"v".repeat(300)}`, 1, 4) as [string];
    expect(shown).toBe(`1 | key: ${"v".repeat(95)}…`);
  });

  test("the marker begins under the token for any text", () => {
    const characters = fc.constantFrom("a", " ", "\t", "名", "é", "e\u0301", "🙂", "\u0007", "-");
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 200 }), fc.nat(199), (parts, at) => {
        const index = Math.min(at, parts.length);
        const before = parts.slice(0, index).join("");
        const line = `${before}T${parts.slice(index).join("")}`;
        const [shown, mark] = frame(line, before.length + 1, before.length + 2) as [string, string];
        const widthOf = (text: string): number =>
          Array.from(text).reduce((sum, character) => sum + characterWidth(character), 0);
        expect(widthOf(shown.slice(0, shown.indexOf("T")))).toBe(mark.indexOf("^"));
        expect(widthOf(shown)).toBeLessThanOrEqual(106);
      }),
    );
  });
});

describe("visibleText", () => {
  test.each([
    ["plain text", "café 名前 🙂", "café 名前 🙂"],
    ["escape", "\u001b[2J", "␛[2J"],
    ["NUL, delete, line ends", "\u0000\u007f\r\n\t", "␀␡␍␊␉"],
    ["C1 control", "\u009b31m", "\u{FFFD}31m"],
    ["zero width and byte-order mark", "a\u200bb\ufeff", "a\u{FFFD}b\u{FFFD}"],
    ["line and paragraph separator", "\u2028\u2029", "␤␤"],
    ["lone surrogate", "\ud800x", "\u{FFFD}x"],
    ["joiners stay", "👩\u200d🔬", "👩\u200d🔬"],
  ])("%s", (_, text, want) => {
    expect(visibleText(text)).toBe(want);
  });
});

test("ranges of a text count lines at LF, CRLF and CR, and are clamped to it", () => {
  const source = createSourceText("f", "ab\r\ncd\ref\n");
  expect(source.rangeOf(4, 6)).toEqual({
    file: "f",
    line: 2,
    col: 1,
    endLine: 2,
    endCol: 3,
    sourceLine: "cd",
  });
  expect(source.rangeOf(7, 8)).toMatchObject({ line: 3, col: 1, sourceLine: "ef" });
  expect(source.rangeOf(-5, 99)).toMatchObject({ line: 1, col: 1, endLine: 4, endCol: 1 });
  expect(problemAt(source, 4, 6, { rule: "r", message: "m" })).toMatchObject({
    line: 2,
    rule: "r",
  });
});
