import { join } from "node:path";

import { formatQuantity } from "../studies/run/format-quantity.js";
import type { GoalResult, ResultDocument, RunResult } from "../studies/run/result-document.js";
import { colours } from "./terminal.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** The end of a run in the terminal: the decision, the goals, the warnings, where the report is. */
export function printDecision(document: ResultDocument, folder: string | undefined): void {
  const colour = colours(process.stdout);
  const lines: string[] = [""];
  if (document.question !== null) lines.push(colour.dim(wrapText(document.question)), "");
  lines.push(colour.bold(wrapText(document.decision)), "");
  if (document.goals.length > 0) lines.push(...goalTable(document), "");
  if (document.trust?.applies === true) lines.push(wrapText(document.trust.sentence), "");
  lines.push(
    ...document.warnings.map((warning) => `${colour.yellow("!")} ${wrapText(warning)}`),
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
  const range =
    goal.interval === null
      ? ""
      : ` (${goal.interval.map((end) => formatQuantity(end, goal.unit)).join(" to ")})`;
  const verdict = goal.met ? "✓ met" : goal.verdict === "not shown" ? "? not shown" : "✗ missed";
  return `${actual}${range} ${verdict}`;
}
