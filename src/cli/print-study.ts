import { join } from "node:path";

import { visibleText } from "../diagnostics/visible-text.js";
import { colours } from "./terminal.js";
import { wrapText } from "./text-layout.js";

/** Where a report stands, and what to know about its files. */
export interface WrittenReport {
  readonly folder: string;
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/** What the end of a study says in the terminal. */
export interface StudyEnd {
  readonly question: string | null;
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  /** Undefined when nothing was written. */
  readonly written: WrittenReport | undefined;
  /** Files beside `report.html` that are worth knowing. */
  readonly data: readonly string[];
}

/** Prints the end of a study: its question, what it found, the warnings, where the report is. */
export function printStudy({ question, lines, warnings, written, data }: StudyEnd): void {
  const colour = colours(process.stdout);
  const all = [...warnings, ...(written?.warnings ?? [])];
  const text = [
    "",
    ...(question === null ? [] : [colour.dim(wrapText(question)), ""]),
    ...lines,
    ...all.map((warning) => `${colour.yellow("!")} ${wrapText(warning, 2)}`),
    ...(all.length > 0 ? [""] : []),
  ];
  if (written !== undefined) {
    const folder = visibleText(written.folder);
    text.push(
      `Report: ${colour.cyan(join(folder, "report.html"))}`,
      colour.dim(`Data:   ${folder}/{${data.join(",")}}`),
      "",
    );
  }
  process.stdout.write(`${text.join("\n")}\n`);
}
