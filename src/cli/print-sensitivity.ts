import { join } from "node:path";

import { visibleText } from "../diagnostics/visible-text.js";
import { formatQuantity } from "../studies/run/format-quantity.js";
import type {
  FactorSwing,
  SensitivityDocument,
} from "../studies/sensitivity/sensitivity-document.js";
import { colours } from "./terminal.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** Factors that the terminal shows; the report has all. */
const ROWS_MAX = 12;

/** The end of a sensitivity study in the terminal: the sentence, then the factors, largest first. */
export function printSensitivity(
  document: SensitivityDocument,
  written: { readonly folder: string; readonly warnings: readonly string[] } | undefined,
): void {
  const colour = colours(process.stdout);
  const lines: string[] = [""];
  if (document.question !== null) lines.push(colour.dim(wrapText(document.question)), "");
  lines.push(colour.bold(wrapText(document.decision)), "");
  const header = ["number", "range", "at the lower end", "at the upper end", "decision changes"];
  const rows = document.factors.slice(0, ROWS_MAX).map((factor) => rowOf(factor, document.unit));
  lines.push(...alignColumns([header, ...rows]), "");
  const rest = document.factors.length - rows.length;
  if (rest > 0) lines.push(colour.dim(`  and ${rest} more in the report`), "");
  lines.push(
    ...(written?.warnings ?? []).map((warning) => `${colour.yellow("!")} ${wrapText(warning, 2)}`),
  );
  if (written !== undefined) {
    const folder = visibleText(written.folder);
    lines.push(
      `Report: ${colour.cyan(join(folder, "report.html"))}`,
      colour.dim(`Data:   ${folder}/{sensitivity.json,report.md}`),
      "",
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function rowOf({ label, low, high, flip }: FactorSwing, unit: string): readonly string[] {
  const change = (difference: number | null): string => {
    if (difference === null) return "—";
    const sign = difference > 0 ? "+" : difference < 0 ? "-" : "";
    return `${sign}${formatQuantity(Math.abs(difference), unit)}`;
  };
  return [
    label,
    `${low.text} to ${high.text}`,
    change(low.difference),
    change(high.difference),
    flip === null ? "no" : flip.text,
  ];
}
