import { formatNumber } from "../base/units.js";
import { characterWidth, visibleText } from "../diagnostics/visible-text.js";

/** Widest text that reads well, in columns; also the width where there is no terminal. */
const COLUMNS_MAX = 100;

/** Columns to write in: those of the terminal, at most 100. */
export function textColumns(): number {
  return Math.min(COLUMNS_MAX, process.stdout.columns ?? COLUMNS_MAX);
}

/**
 * Cells in columns, each as wide as its widest cell, two spaces from the left edge.
 *
 * Names in cells come from traces: control characters are shown, not sent to the terminal.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.map((row) => row.map(visibleText));
  const widths = shown[0]!.map((_, column) =>
    Math.max(...shown.map((row) => displayWidth(row[column] ?? ""))),
  );
  return shown.map((row) =>
    `  ${row.map((cell, column) => cell + " ".repeat(widths[column]! - displayWidth(cell))).join("   ")}`.trimEnd(),
  );
}

/**
 * Breaks a text into lines of the terminal's width, at most 100 columns.
 *
 * @param indent columns that stand before the first line already; the others begin with as many spaces
 */
export function wrapText(text: string, indent = 0): string {
  const width = textColumns() - indent;
  let line = "";
  const lines: string[] = [];
  for (const word of visibleText(text).split(" ")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`);
}

/** Columns a terminal gives to a text without control characters. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** A word as a POSIX shell reads it back. */
export function shellQuoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A number with all its digits, in groups of three before the point. */
export function countText(value: number): string {
  return formatNumber(value, { digits: 15 });
}
