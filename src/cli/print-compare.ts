import { formatQuantity } from "../studies/run/format-quantity.js";
import { labelMetric } from "../studies/run/metric-label.js";
import { differenceQuantity } from "../studies/compare/compare-sentence.js";
import type { AnyCompareDocument, ComparedMetric } from "../studies/compare/compare-document.js";
import type { JudgedGoal } from "../studies/compare/judge-goals.js";
import { printStudy, type WrittenReport } from "./print-study.js";
import { colours } from "./terminal.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** Sentences of the explanation that the terminal shows per comparison; the report has all. */
const WHY_MAX = 4;

/**
 * The end of a comparison in the terminal: delta first, then old → new.
 *
 * @param written where the report stands, and what to know about its files; undefined when there is none
 */
export function printCompare(
  document: AnyCompareDocument,
  written: WrittenReport | undefined,
): void {
  const colour = colours(process.stdout);
  const lines: string[] = [];
  for (const { base, variant, metrics, why } of document.comparisons) {
    lines.push(colour.bold(wrapText(`“${variant}” against “${base}”`)));
    const deciding = metrics.filter(({ role }) => role === "decides");
    lines.push(...alignColumns(deciding.map(metricRow)));
    lines.push(...why.slice(0, WHY_MAX).map((one) => `  ${colour.dim(wrapText(one, 2))}`), "");
  }
  if (document.configurations.some(({ goals }) => goals.length > 0)) {
    lines.push(...goalRows(document), "");
  }
  lines.push(colour.dim(wrapText(designLine(document))), "");
  printStudy({
    question: document.question,
    lines,
    warnings: document.warnings,
    written,
    data: ["compare.json", "report.md"],
  });
}

function metricRow(metric: ComparedMetric): readonly string[] {
  const { label } = labelMetric(metric.metric);
  const { verdict, mean, interval, before, after, unit } = metric;
  if (mean === null) return [label, "no value", "", ""];
  const words = (value: number | null): string =>
    value === null ? "—" : formatQuantity(value, unit);
  const ends = interval === null ? "" : interval.map((end) => signed(end, unit)).join(" … ");
  const shown = verdict === "higher" || verdict === "lower" ? "" : ` (${verdict})`;
  return [
    label,
    `${signed(mean, unit)}${shown}`,
    `${words(before)} → ${words(after)}`,
    verdict === "identical" ? "" : ends,
  ];
}

function signed(value: number, unit: string): string {
  const sign = value < 0 ? "−" : value > 0 ? "+" : "";
  return `${sign}${differenceQuantity(Math.abs(value), unit)}`;
}

function goalRows({ configurations }: AnyCompareDocument): readonly string[] {
  const goals = new Map<string, JudgedGoal>();
  for (const { goals: own } of configurations) {
    for (const goal of own) if (!goals.has(goal.id)) goals.set(goal.id, goal);
  }
  const rows = [...goals.values()].flatMap((first) =>
    configurations.map(({ name, goals: own }, index) => {
      const goal = own.find(({ id }) => id === first.id);
      const title = `${first.id} ${first.comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(first.target, first.unit)}`;
      return [index === 0 ? title : "", name, goal === undefined ? "no goal" : outcome(goal)];
    }),
  );
  return alignColumns([["goal", "configuration", "outcome"], ...rows]);
}

const MARKS: Readonly<Record<JudgedGoal["verdict"], string>> = {
  met: "✓ met",
  missed: "✗ missed",
  "too close": "≈ too close to tell",
  "not shown": "? not shown",
};

function outcome({ actual, verdict, unit }: JudgedGoal): string {
  return `${actual === null ? "no value" : formatQuantity(actual, unit)} ${MARKS[verdict]}`;
}

function designLine({ design, seed }: AnyCompareDocument): string {
  const { streams, replications, confidence, looks, stopped } = design;
  if (streams === "none") return `One run each; nothing is drawn (seed ${seed}).`;
  const numbers = streams === "common" ? "common random numbers" : "independent random numbers";
  const why = {
    decided: "decided",
    replications: "the most allowed",
    time: "time limit",
    "one run": "",
  };
  return `${replications} replications on ${numbers}, ${looks.length} ${looks.length === 1 ? "look" : "looks"}, ${why[stopped]}; ${formatQuantity(confidence, "share")} confidence over all verdicts (seed ${seed}).`;
}
