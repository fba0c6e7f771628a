import { join } from "node:path";

import { visibleText } from "../diagnostics/visible-text.js";
import { formatQuantity } from "../studies/run/format-quantity.js";
import type { GoalResult, ResultDocument, RunResult } from "../studies/run/result-document.js";
import { colours } from "./terminal.js";
import { alignColumns, displayWidth, textColumns, wrapText } from "./text-layout.js";

/**
 * The end of a run in the terminal: the decision, the goals, the warnings, where the report is.
 *
 * @param written where the report stands, and what to know about its files; undefined when there is none
 */
export function printDecision(
  document: ResultDocument,
  written: { readonly folder: string; readonly warnings: readonly string[] } | undefined,
): void {
  const colour = colours(process.stdout);
  const lines: string[] = [""];
  if (document.question !== null) lines.push(colour.dim(wrapText(document.question)), "");
  lines.push(colour.bold(wrapText(document.decision)), "");
  if (document.goals.length > 0) lines.push(...goalTable(document), "");
  if (document.trust?.applies === true) lines.push(wrapText(document.trust.sentence), "");
  const warnings = [...document.warnings, ...(written?.warnings ?? [])];
  lines.push(...warnings.map((warning) => `${colour.yellow("!")} ${wrapText(warning, 2)}`));
  if (warnings.length > 0) lines.push("");
  if (written !== undefined) {
    const folder = visibleText(written.folder);
    lines.push(
      `Report: ${colour.cyan(join(folder, "report.html"))}`,
      colour.dim(`Data:   ${folder}/{result.json,jobs.csv,utilization.csv,report.md}`),
      "",
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Goals as rows, the base and every variant as columns; as lists where the terminal is too narrow for that. */
function goalTable(document: ResultDocument): string[] {
  const runs: readonly (readonly [string, RunResult])[] = [
    ["base", document],
    ...document.variants.map((variant) => [variant.name, variant] as const),
  ];
  const targets = document.goals.map(
    ({ comparison, target, unit }) =>
      `${comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(target, unit)}`,
  );
  const table = alignColumns([
    ["goal", "target", ...runs.map(([name]) => name)],
    ...document.goals.map(({ id }, index) => [
      id,
      targets[index]!,
      ...runs.map(([, run]) => outcome(run.goals[index]!)),
    ]),
  ]);
  if (table.every((line) => displayWidth(line) <= textColumns())) return table;
  return document.goals.flatMap(({ id }, index) => [
    ...(index === 0 ? [] : [""]),
    `  ${visibleText(id)} ${targets[index]!}`,
    ...alignColumns(runs.map(([name, run]) => ["", name, outcome(run.goals[index]!)])),
  ]);
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
