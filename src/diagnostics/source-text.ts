import type { Problem, SourceRange } from "./problem.js";

/** The text of one file with its line starts, so that offsets become lines and columns. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** Line, column and text for the half-open range of UTF-16 offsets; both are clamped to the text. */
  rangeOf(start: number, end: number): SourceRange & { readonly sourceLine: string };
}

/**
 * Indexes the lines of a text once; lines end at LF, CRLF or CR.
 *
 * @param file name printed in messages, as the person wrote it
 */
export function createSourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    lineStarts.push(match.index + match[0].length);
  }
  const lineIndexOf = (offset: number): number => {
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    file,
    text,
    rangeOf(start, end) {
      const from = clamp(start, 0, text.length);
      const to = clamp(end, from, text.length);
      const line = lineIndexOf(from);
      const endLine = lineIndexOf(to);
      const lineStart = lineStarts[line]!;
      const lineEnd = lineStarts[line + 1] ?? text.length;
      return {
        file,
        line: line + 1,
        col: from - lineStart + 1,
        endLine: endLine + 1,
        endCol: to - lineStarts[endLine]! + 1,
        sourceLine: text.slice(lineStart, lineEnd).replace(/[\r\n]+$/, ""),
      };
    },
  };
}

/** A problem at a range of offsets of a text. */
export function problemAt(
  source: SourceText,
  start: number,
  end: number,
  rest: Omit<Problem, keyof SourceRange | "sourceLine">,
): Problem {
  return { ...source.rangeOf(start, end), ...rest };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
