import { shortDecision } from "../report/short-decision.js";
import { formatQuantity, formatRange } from "../studies/run/format-quantity.js";
import type { GoalResult, ResultDocument, RunResult } from "../studies/run/result-document.js";
import { printStudy, type WrittenReport } from "./print-study.js";
import { colours } from "./terminal.js";
import { alignColumns, displayWidth, textColumns, wrapText } from "./text-layout.js";

/**
 * The end of a run in the terminal: the decision, the goals, the warnings, where the report is.
 *
 * @param written where the report stands, and what to know about its files; undefined when there is none
 * @param said warnings that were printed before
 */
export function printDecision(
  document: ResultDocument,
  written: WrittenReport | undefined,
  said: readonly string[] = [],
): void {
  const lines: string[] = [colours(process.stdout).bold(wrapText(shortDecision(document))), ""];
  const hasGoals = [document, ...document.variants].some(({ goals }) => goals.length > 0);
  if (hasGoals) lines.push(...goalTable(document), "");
  if (document.serving !== undefined) lines.push(...servingTable(document), "");
  if (document.trust?.applies === true) lines.push(wrapText(document.trust.sentence), "");
  printStudy({
    question: document.question,
    lines,
    warnings: document.warnings.filter((warning) => !said.includes(warning)),
    written,
    data: ["result.json", "jobs.csv", "utilization.csv", "report.md"],
  });
}

/** Services as rows: what users saw, and what it took; of the base only. */
function servingTable({ serving, cost }: ResultDocument): string[] {
  const seconds = (value: number | null): string =>
    value === null ? "-" : formatQuantity(value, "s");
  const rows = serving!.services.map((one) => [
    one.name,
    formatQuantity(one.requests, ""),
    seconds(one.ttftS.p95),
    seconds(one.tpotS.p95),
    one.sloAttainment === null ? "-" : formatQuantity(one.sloAttainment, "share"),
    `${formatQuantity(Number(one.replicasMean.toPrecision(3)), "")} (${one.replicasMax})`,
    one.costPerMillionTokens === null
      ? "-"
      : formatQuantity(one.costPerMillionTokens, cost?.currency ?? ""),
    one.verdict ?? "-",
  ]);
  return alignColumns([
    [
      "service",
      "requests",
      "first token p95",
      "per token p95",
      "met",
      "replicas (most)",
      "per M tokens",
      "keeps up",
    ],
    ...rows,
  ]);
}

type NamedRun = readonly [name: string, run: RunResult];

/**
 * Goals as rows, the base and every variant as columns. Where the terminal is too narrow for that, the goals of
 * the base as rows, and one line per variant.
 */
function goalTable(document: ResultDocument): string[] {
  const variants = document.variants.map((variant): NamedRun => [variant.name, variant]);
  const table = goalRows([["base", document], ...variants]);
  if (table.every((line) => displayWidth(line) <= textColumns())) return table;
  const ofVariants = variants.map(([name, run]) => [name, ...variantOutcome(run)]);
  return [
    ...(document.goals.length === 0 ? [] : [...goalRows([["base", document]]), ""]),
    ...alignColumns([["variant", "goals met", "not met"], ...ofVariants]),
  ];
}

function goalRows(runs: readonly NamedRun[]): string[] {
  // A variant may change goals, add some and take some away.
  const goals = new Map<string, GoalResult>();
  for (const [, run] of runs) {
    for (const goal of run.goals) if (!goals.has(goal.id)) goals.set(goal.id, goal);
  }
  const rows = [...goals.values()].map((goal) => [
    goal.id,
    `${goal.comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(goal.target, goal.unit)}`,
    ...runs.map(([, run]) => {
      const found = run.goals.find(({ id }) => id === goal.id);
      if (found === undefined) return "no goal";
      const own =
        found.target === goal.target ? "" : ` (target ${formatQuantity(found.target, found.unit)})`;
      return `${outcome(found)}${own}`;
    }),
  ]);
  return alignColumns([["goal", "target", ...runs.map(([name]) => name)], ...rows]);
}

/** Missed goals that one line names; more are counted. */
const MISSED_NAMED_MAX = 2;

function variantOutcome({ goals }: RunResult): readonly [met: string, missed: string] {
  const missed = goals.filter((goal) => !goal.met);
  const named = missed.slice(0, MISSED_NAMED_MAX).map(({ id }) => id);
  if (missed.length > named.length) named.push(`${missed.length - named.length} more`);
  if (goals.length === 0) return ["no goals", ""];
  return [`${goals.length - missed.length} of ${goals.length}`, named.join(", ")];
}

function outcome(goal: GoalResult): string {
  const actual = goal.actual === null ? "no value" : formatQuantity(goal.actual, goal.unit);
  const range = goal.interval === null ? "" : ` (${formatRange(...goal.interval, goal.unit)})`;
  const verdict = goal.met ? "✓ met" : goal.verdict === "not shown" ? "? not shown" : "✗ missed";
  return `${actual}${range} ${verdict}`;
}
