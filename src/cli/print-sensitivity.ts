import { formatQuantity } from "../studies/run/format-quantity.js";
import type {
  FactorSwing,
  SensitivityDocument,
} from "../studies/sensitivity/sensitivity-document.js";
import { printStudy, type WrittenReport } from "./print-study.js";
import { colours } from "./terminal.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** Factors that the terminal shows; the report has all. */
const ROWS_MAX = 12;

/** The end of a sensitivity study in the terminal: the sentence, then the factors, largest first. */
export function printSensitivity(
  document: SensitivityDocument,
  written: WrittenReport | undefined,
): void {
  const colour = colours(process.stdout);
  const lines: string[] = [];
  lines.push(colour.bold(wrapText(document.decision)), "");
  const header = ["number", "range", "at the lower end", "at the upper end", "decision changes"];
  const rows = document.factors.slice(0, ROWS_MAX).map((factor) => rowOf(factor, document.unit));
  lines.push(...alignColumns([header, ...rows]), "");
  const rest = document.factors.length - rows.length;
  if (rest > 0) lines.push(colour.dim(`  and ${rest} more in the report`), "");
  printStudy({
    question: document.question,
    lines,
    warnings: [],
    written,
    data: ["sensitivity.json", "report.md"],
  });
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
