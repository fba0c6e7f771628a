import type { Cell, ReportBlock, ReportSection, RichCell } from "../block.js";
import { nameMetric } from "../format/metric-names.js";
import { countOf, formatShare } from "../format/number.js";
import { formatQuantity, quantityCell } from "../format/quantity.js";
import type {
  CompareDesign,
  AnyCompareDocument,
  ComparedSide,
} from "../../studies/compare/compare-document.js";
import type { JudgedGoal } from "../../studies/compare/judge-goals.js";
import { differenceCell, fromToCell, marginCell } from "./cells.js";
import { makeAgain } from "../make-again.js";

/** Page one of a comparison: the answer, the metrics that decide, the goals, what the confidence rests on. */
export function compareAnswerSection(
  document: AnyCompareDocument,
  reproduce: readonly string[],
): ReportSection {
  const blocks: ReportBlock[] = [
    { kind: "headline", sentence: document.answer },
    decidingTable(document),
  ];
  if (document.configurations.some(({ goals }) => goals.length > 0))
    blocks.push(goalTable(document));
  blocks.push({ kind: "text", markdown: designWords(document.design, document.seed) });
  blocks.push(...makeAgain(reproduce));
  return { id: "answer", title: "The answer", blocks };
}

function decidingTable({ comparisons }: AnyCompareDocument): ReportBlock {
  const rows = comparisons.map((comparison) => ({
    comparison,
    metrics: comparison.metrics.filter(({ role }) => role === "decides"),
  }));
  return {
    kind: "table",
    caption: "What decides: difference with its interval, and both values",
    columns: [
      { header: "Figure" },
      { header: "Difference", align: "right" },
      { header: "From → to", align: "right" },
    ],
    rows: rows.flatMap(({ metrics }) =>
      metrics.map((metric): readonly Cell[] => [
        nameMetric(metric.metric).label,
        differenceCell(metric, metric.better),
        fromToCell(metric),
      ]),
    ),
    rowGroups: rows.map(({ comparison, metrics }) => ({
      title: `“${comparison.variant}” against “${comparison.base}”`,
      rowCount: metrics.length,
    })),
    fullTable: "compare.json",
  };
}

function goalTable({ configurations, design }: AnyCompareDocument): ReportBlock {
  const goals = new Map<string, JudgedGoal>();
  for (const { goals: own } of configurations) {
    for (const goal of own) if (!goals.has(goal.id)) goals.set(goal.id, goal);
  }
  return {
    kind: "table",
    caption: "Goals, what came out, and how much room is left",
    columns: [
      { header: "Configuration" },
      { header: "Result", align: "right" },
      { header: "Margin", align: "right" },
      { header: "Met" },
    ],
    rows: [...goals.values()].flatMap((goal) =>
      configurations.map((configuration) => goalRow(configuration, goal, design)),
    ),
    rowGroups: [...goals.values()].map((goal) => ({
      title: `${goalTitle(goal)}: ${targetWords(goal)}`,
      rowCount: configurations.length,
    })),
    fullTable: "compare.json",
  };
}

function goalTitle({ metric, id, comparison }: JudgedGoal): string {
  const { label } = nameMetric(metric);
  return id === `${metric} ${comparison}` || id === metric ? label : `${id} (${label})`;
}

function targetWords({ comparison, target, unit }: JudgedGoal): string {
  return `${comparison === "atMost" ? "at most" : "at least"} ${formatQuantity(target, unit)}`;
}

function goalRow(
  { name, goals, isRandom }: ComparedSide,
  first: JudgedGoal,
  { replications }: CompareDesign,
): readonly Cell[] {
  const goal = goals.find(({ id }) => id === first.id);
  if (goal === undefined) {
    const none: Cell = { text: "not a goal here", tone: "quiet" };
    return [name, null, null, none];
  }
  const own: Cell =
    goal.target === first.target ? name : { text: name, note: `here ${targetWords(goal)}` };
  return [
    own,
    resultCell(goal),
    marginCell(goal.actual, goal),
    verdictCell(goal, isRandom ? replications : 1),
  ];
}

/** The value with its interval under it. */
function resultCell({ actual, interval, unit }: JudgedGoal): RichCell | null {
  const cell = quantityCell(actual, unit);
  if (cell === null || interval === null) return cell;
  const [low, high] = interval;
  if (low === high) return { ...cell, note: "no spread" };
  // No metric of a goal can be negative; what is cut off cannot be true.
  return {
    ...cell,
    note: `${formatQuantity(Math.max(0, low), unit)} to ${formatQuantity(high, unit)}`,
  };
}

function verdictCell(goal: JudgedGoal, runs: number): RichCell {
  const note =
    runs > 1
      ? { note: `met in ${Math.min(goal.replicationsMet, runs)} of ${countOf(runs, "run")}` }
      : {};
  switch (goal.verdict) {
    case "met":
      return { text: "✓ met", tone: "good", value: 1, ...note };
    case "missed":
      return {
        text: goal.actual === null ? "✗ no value" : "✗ missed",
        tone: "bad",
        value: 0,
        ...note,
      };
    case "too close":
      return { text: "≈ too close to tell", tone: "quiet", value: 0.6, ...note };
    case "not shown":
      return { text: "? not shown", tone: "bad", value: 0.5, ...note };
  }
}

/** What the figures are and what can be wrong with them. */
function designWords(design: CompareDesign, seed: number): string {
  const { streams, replications, confidence, stopped, looks, looksPlanned } = design;
  if (streams === "none") {
    return "Nothing in these scenarios is drawn: each was run once, and the differences are exact **for these jobs**. They carry no interval and say nothing about another week.";
  }
  const sure = formatShare(confidence);
  const how =
    streams === "common"
      ? "Replication by replication every configuration saw the same random numbers, so that a difference between them is not one of luck"
      : "Every configuration had random numbers of its own";
  const stop = {
    decided: `every figure was decided`,
    replications: `${countOf(replications, "replication")} were the most allowed`,
    time: "the time limit was reached",
    "one run": "one run was all there is",
  }[stopped];
  return (
    `Figures are means of ${countOf(replications, "replication")} (seed ${seed}). ${how}. ` +
    `The study ended because ${stop}, after ${looks.length} of at most ${countOf(looksPlanned, "look")}. ` +
    `The chance that any direction claimed in the first table is wrong is at most ${formatShare(1 - confidence)}, however often was looked and however many figures there are; the same holds for the verdicts on goals. ` +
    `Intervals are at the level of their verdict, ${sure} or more. ` +
    `Differences below ${formatShare(design.indifferenceShare)} count as none.`
  );
}
