import { visibleText } from "../diagnostics/visible-text.js";
import type { TraceRead } from "../workload/read-trace.js";
import { countText } from "./text-layout.js";

/** Plots and tables are made for this width. */
const WIDTH = 80;

/** Text after a label, broken to 80 columns (or the terminal's width) with the rest below the text. */
export function hanging(label: string, text: string): string[] {
  const width = Math.min(WIDTH, process.stdout.columns ?? WIDTH) - label.length;
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? label : " ".repeat(label.length)}${line}`);
}

/** Broken rows shown with their text; all are counted. */
const PROBLEMS_SHOWN = 5;

/** Rows that are not among the jobs, why, where, and what the reader assumed. Empty when there is nothing to say. */
export function printedRows({
  problems,
  problemCount,
  problemCountByRule,
  leftOut,
  notes,
}: TraceRead): string[] {
  const lines: string[] = [];
  if (problemCount > 0) {
    const rules = Object.entries(problemCountByRule).map(
      ([rule, count]) => `${rule} ${countText(count)}`,
    );
    lines.push(
      "",
      ...hanging("Broken and left out: ", `${problemsText(problemCount)} (${rules.join(", ")})`),
    );
    for (const { file, line, col, message } of problems.slice(0, PROBLEMS_SHOWN)) {
      const place = [file, line, col].filter((part) => part !== undefined).join(":");
      lines.push(...hanging(`  ${visibleText(place)}  `, visibleText(message)));
    }
    if (problemCount > PROBLEMS_SHOWN)
      lines.push(`  and ${countText(problemCount - PROBLEMS_SHOWN)} more`);
  }
  if (leftOut.length > 0) {
    lines.push("", "Rows that are no jobs here:");
    for (const { reason, rows, firstLine } of leftOut) {
      lines.push(`  ${countText(rows)} ${visibleText(reason)} (first in line ${firstLine})`);
    }
  }
  if (notes.length > 0)
    lines.push("", ...notes.flatMap((note) => hanging("Note: ", `${visibleText(note)}.`)));
  return lines;
}

function problemsText(count: number): string {
  return count === 1 ? "1 problem" : `${countText(count)} problems`;
}
