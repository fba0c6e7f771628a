import { renderCodeFrame } from "./code-frame.js";
import type { Problem } from "./problem.js";
import { visibleText } from "./visible-text.js";

/** Problems printed at most; the rest is counted. */
export const PROBLEMS_PRINTED_MAX = 20;

/** Names listed after "Allowed:"; the rest is counted. */
const ALLOWED_PRINTED_MAX = 40;

/** How parts of a message are coloured. Handed in, so that rooms without a terminal need no colour library. */
export interface TextStyle {
  /** The place: `file:line:col:`. */
  readonly place: (text: string) => string;
  /** The marker under the token. */
  readonly mark: (text: string) => string;
  /** Gutter, rule and help label. */
  readonly dim: (text: string) => string;
}

/** No colour at all: pipes, files, tests. */
export const PLAIN_STYLE: TextStyle = {
  place: (text) => text,
  mark: (text) => text,
  dim: (text) => text,
};

/**
 * Order in which problems are shown: by file, line and column, and by rule at one place. Problems without
 * a line come first in their file. Stable, so equal ones keep the order in which they were found.
 */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (left, right) =>
      compareText(left.file, right.file) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.col ?? 0) - (right.col ?? 0) ||
      compareText(left.rule, right.rule),
  );
}

/**
 * One problem in the manner of actionlint: `file:line:col: message. Did you mean "x"? Allowed: a, b. [rule]`,
 * then the code frame and the next step. Every piece of user text is made safe to print.
 */
export function renderProblem(problem: Problem, style: TextStyle = PLAIN_STYLE): string {
  const lines = [
    `${style.place(`${placeOf(problem)}:`)} ${sentencesOf(problem)} ${style.dim(`[${problem.rule}]`)}`,
  ];
  const { line, col, sourceLine } = problem;
  if (line !== undefined && col !== undefined && sourceLine !== undefined) {
    const endsHere = problem.endLine === undefined || problem.endLine === line;
    const endCol = endsHere ? (problem.endCol ?? col + 1) : sourceLine.length + 1;
    lines.push(
      renderCodeFrame({ sourceLine, line, col, endCol, mark: style.mark, dim: style.dim }),
    );
  }
  if (problem.help !== undefined) {
    const gutter = " ".repeat(line === undefined ? 1 : String(line).length);
    lines.push(`${gutter} ${style.dim("= help:")} ${visibleText(problem.help)}`);
  }
  return lines.join("\n");
}

/** All problems, sorted by position, at most 20 of them, one empty line between two. Ends without a newline. */
export function renderProblems(
  problems: readonly Problem[],
  options: { readonly style?: TextStyle; readonly printedMax?: number } = {},
): string {
  const { style = PLAIN_STYLE, printedMax = PROBLEMS_PRINTED_MAX } = options;
  const sorted = sortProblems(problems);
  const parts = sorted.slice(0, printedMax).map((problem) => renderProblem(problem, style));
  const left = sorted.length - parts.length;
  if (left > 0) parts.push(style.dim(`and ${left} more`));
  return parts.join("\n\n");
}

function placeOf(problem: Problem): string {
  const place = [visibleText(problem.file)];
  if (problem.line !== undefined) place.push(String(problem.line));
  if (problem.line !== undefined && problem.col !== undefined) place.push(String(problem.col));
  return place.join(":");
}

function sentencesOf(problem: Problem): string {
  const message = visibleText(problem.message);
  const sentences = [/[.!?]$/.test(message) ? message : `${message}.`];
  if (problem.suggestion !== undefined) {
    sentences.push(`Did you mean "${visibleText(problem.suggestion)}"?`);
  }
  if (problem.allowed !== undefined && problem.allowed.length > 0) {
    const names = problem.allowed.slice(0, ALLOWED_PRINTED_MAX).map(visibleText).join(", ");
    const left = problem.allowed.length - ALLOWED_PRINTED_MAX;
    sentences.push(`Allowed: ${names}${left > 0 ? ` and ${left} more` : ""}.`);
  }
  return sentences.join(" ");
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
