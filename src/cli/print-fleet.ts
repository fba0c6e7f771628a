import type { FleetResult } from "../studies/fleet/fleet-result-document.js";
import { formatQuantity } from "../studies/run/format-quantity.js";
import type { GoalResult } from "../studies/run/result-document.js";
import { printStudy, type WrittenReport } from "./print-study.js";
import { colours } from "./terminal.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** The end of the run of a fleet in the terminal: the decision, the goals, the warnings, where the report is. */
export function printFleet(
  result: FleetResult,
  written: WrittenReport | undefined,
  tables: readonly string[],
): void {
  const lines = [colours(process.stdout).bold(wrapText(result.decision)), ""];
  if (result.goals.length > 0) lines.push(...goalRows(result.goals), "");
  printStudy({
    question: result.question,
    lines,
    warnings: result.warnings,
    written,
    data: ["result.json", ...tables, "report.md"],
  });
}

function goalRows(goals: readonly GoalResult[]): readonly string[] {
  return alignColumns([
    ["goal", "target", "result", ""],
    ...goals.map((goal) => [
      goal.id,
      `${goal.comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(goal.target, goal.unit)}`,
      goal.actual === null ? "no value" : formatQuantity(goal.actual, goal.unit),
      goal.met ? "✓ met" : goal.verdict === "not shown" ? "? not shown" : "✗ missed",
    ]),
  ]);
}
