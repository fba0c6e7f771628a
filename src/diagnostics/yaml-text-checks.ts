import type { CST } from "yaml";

import type { Problem } from "./problem.js";
import type { SourceText } from "./source-text.js";
import { problemAt } from "./source-text.js";

/** What is wrong with a text before it is read as YAML: its size, a byte-order mark, control characters. */
export function textProblems(source: SourceText, textLengthMax: number): readonly Problem[] {
  const { text } = source;
  if (text.length > textLengthMax) {
    return [
      problemAt(source, 0, 0, {
        rule: "file-too-large",
        message: `the file has ${text.length} characters, at most ${textLengthMax} are read`,
        help: "move long lists of jobs into a trace file and name it in workload.trace",
      }),
    ];
  }
  if (text.startsWith("\u{FEFF}")) {
    return [
      problemAt(source, 0, 1, {
        rule: "byte-order-mark",
        message: "the file begins with a byte-order mark (BOM), must be plain UTF-8",
        help: 'save it as "UTF-8 without BOM"',
      }),
    ];
  }
  // YAML allows tab, LF and CR of the control characters; the parser would let the others through.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const control = /[\u{0}-\u{8}\u{B}\u{C}\u{E}-\u{1F}\u{7F}]/u.exec(text);
  if (control !== null) {
    const code = control[0].codePointAt(0)!.toString(16).padStart(4, "0").toUpperCase();
    return [
      problemAt(source, control.index, control.index + 1, {
        rule: "control-character",
        message: `the control character U+${code} is not allowed in a text file`,
      }),
    ];
  }
  return [];
}

/**
 * The first list or map that is nested deeper than allowed, or undefined.
 *
 * Found on the parser's flat tokens and without recursion: composing a document recurses once per level,
 * and a megabyte of `[` would end its stack.
 */
export function nestingProblem(
  source: SourceText,
  tokens: readonly CST.Token[],
  depthMax: number,
): Problem | undefined {
  for (const token of tokens) {
    const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { token: inner, depth } = next;
      if (depth > depthMax) {
        const message = `lists and maps are nested more than ${depthMax} deep`;
        return problemAt(source, inner.offset, inner.offset + 1, { rule: "too-deep", message });
      }
      if (inner.type === "document" && inner.value !== undefined) {
        open.push({ token: inner.value, depth });
      }
      if (!("items" in inner)) continue;
      for (const { key, value } of inner.items) {
        if (key) open.push({ token: key, depth: depth + 1 });
        if (value) open.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return undefined;
}
