import { formatDuration, formatNumber } from "../base/units.js";
import type {
  BacktestDocument,
  WaitComparison,
  WaitSummary,
} from "../studies/backtest/backtest-document.js";
import { printStudy, type WrittenReport } from "./print-study.js";
import { colours } from "./terminal.js";
import { alignColumns, wrapText } from "./text-layout.js";

const FIGURES: readonly (readonly [keyof WaitSummary, string])[] = [
  ["mean", "mean wait"],
  ["p50", "median"],
  ["p90", "p90"],
  ["p95", "p95"],
  ["p99", "p99"],
  ["max", "longest"],
];

/** Groups printed in the terminal; all are in the report. */
const GROUPS_MAX = 5;

/**
 * The end of a backtest in the terminal: the verdict, both sides of every figure, where errors sit, what is
 * missing.
 *
 * @param written where the report stands, and what to know about its files; undefined when there is none
 */
export function printBacktest(
  document: BacktestDocument,
  written: WrittenReport | undefined,
): void {
  const colour = colours(process.stdout);
  const lines: string[] = [colour.bold(wrapText(document.verdict)), ""];
  if (document.jobs.compared > 0) {
    lines.push(...waitTable(document), "", ...nearnessLines(document), "");
    lines.push(...groupLines(document));
  }
  lines.push(...leftOutLines(document));
  printStudy({
    question: null,
    lines,
    warnings: document.warnings,
    written,
    data: ["backtest.json", "jobs.csv", "report.md"],
  });
}

function waitTable({ wait }: BacktestDocument): string[] {
  return alignColumns([
    ["", "recorded", "simulated", "error", ""],
    ...FIGURES.map(([figure, name]) => [name, ...cells(wait, figure)]),
  ]);
}

function cells(wait: WaitComparison, figure: keyof WaitSummary): string[] {
  const relative = wait.errorRelative[figure];
  return [
    formatDuration(wait.recordedS[figure]!),
    formatDuration(wait.simulatedS[figure]!),
    signed(wait.errorS[figure]!, (value) => formatDuration(value)),
    relative === null ? "" : signed(relative * 100, (value) => `${formatNumber(value)} %`),
  ];
}

function signed(value: number, format: (magnitude: number) => string): string {
  if (value === 0) return format(0);
  return `${value > 0 ? "+" : "-"}${format(Math.abs(value))}`;
}

function nearnessLines({ withinShare, rankCorrelation }: BacktestDocument): string[] {
  const shares = withinShare.map(({ withinS, share }) => {
    const percent = `${formatNumber(share * 100)} %`;
    return withinS === 0 ? `${percent} exact` : `${percent} within ${formatDuration(withinS)}`;
  });
  const order =
    rankCorrelation === null
      ? "none (all waits of one side are equal)"
      : formatNumber(rankCorrelation);
  return [`  jobs              ${shares.join(", ")}`, `  rank correlation  ${order}`];
}

/** Where the mean wait is furthest off: partitions, tenants and hours by the hours of waiting they are off. */
function groupLines({ byPartition, byTenant, byHour }: BacktestDocument): string[] {
  const kinds: readonly (readonly [string, readonly NamedComparison[]])[] = [
    ["partition", byPartition],
    ["tenant", byTenant],
    ["hour", byHour.map((one) => ({ ...one, name: String(one.hour) }))],
  ];
  return kinds.flatMap(([kind, groups]) => {
    if (groups.length < 2) return [];
    const off = ({ errorS, jobs }: NamedComparison): number => Math.abs(errorS.mean ?? 0) * jobs;
    const worst = [...groups]
      .filter((group) => off(group) > 0)
      .sort((left, right) => off(right) - off(left))
      .slice(0, GROUPS_MAX);
    if (worst.length === 0) return [];
    return [
      ...alignColumns([
        [`${kind}, most off first`, "jobs", "mean recorded", "simulated", "error", ""],
        ...worst.map((group) => [
          group.name === "" ? "(none)" : group.name,
          String(group.jobs),
          ...cells(group, "mean"),
        ]),
      ]),
      "",
    ];
  });
}

type NamedComparison = WaitComparison & { readonly name: string; readonly jobs: number };

function leftOutLines({ jobs, trace }: BacktestDocument): string[] {
  const all = [
    ...jobs.leftOut.map(({ reason, jobs: count }) => [`${count} jobs`, reason]),
    ...trace.rowsLeftOut.map(({ reason, jobs: count }) => [`${count} rows`, reason]),
  ];
  if (all.length === 0) return [];
  return [
    `  ${jobs.compared} of ${jobs.count} jobs compared; left out:`,
    ...alignColumns(all).map((line) => `  ${line}`),
    "",
  ];
}
