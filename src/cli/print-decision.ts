import { join } from "node:path";

import { formatQuantity } from "../studies/run/format-quantity.js";
import type { GoalResult, ResultDocument, RunResult } from "../studies/run/result-document.js";
import { colours } from "./terminal.js";

/** The end of a run in the terminal: the decision, the goals, the warnings, where the report is. */
export function printDecision(document: ResultDocument, folder: string | undefined): void {
  const colour = colours(process.stdout);
  const lines: string[] = [""];
  if (document.question !== null) lines.push(colour.dim(wrap(document.question)), "");
  lines.push(colour.bold(wrap(document.decision)), "");
  if (document.goals.length > 0) lines.push(...goalTable(document), "");
  lines.push(
    ...document.warnings.map((warning) => `${colour.yellow("!")} ${wrap(warning)}`),
    ...(document.warnings.length > 0 ? [""] : []),
  );
  if (folder !== undefined) {
    lines.push(
      `Report: ${colour.cyan(join(folder, "report.html"))}`,
      colour.dim(`Data:   ${folder}/{result.json,jobs.csv,utilization.csv,report.md}`),
      "",
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Goals as rows, the base and every variant as columns. */
function goalTable(document: ResultDocument): string[] {
  const runs: readonly (readonly [string, RunResult])[] = [
    ["base", document],
    ...document.variants.map((variant) => [variant.name, variant] as const),
  ];
  const header = ["goal", "target", ...runs.map(([name]) => name)];
  const rows = document.goals.map((goal, index) => [
    goal.id,
    `${goal.comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(goal.target, goal.unit)}`,
    ...runs.map(([, run]) => outcome(run.goals[index]!)),
  ]);
  return alignColumns([header, ...rows]);
}

function outcome(goal: GoalResult): string {
  const actual = goal.actual === null ? "no value" : formatQuantity(goal.actual, goal.unit);
  return `${actual} ${goal.met ? "✓ met" : "✗ missed"}`;
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("   ")}`.trimEnd(),
  );
}

/** Breaks a text into lines of the terminal's width, at most 100 columns. */
function wrap(text: string): string {
  const width = Math.min(100, process.stdout.columns ?? 100);
  let line = "";
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
