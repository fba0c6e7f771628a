import type { Cell, Column, ReportBlock, RichCell } from "../block.js";
import { TABLE_ROWS_MAX } from "../format/cell-text.js";
import { nameMetric } from "../format/metric-names.js";
import { countOf } from "../format/number.js";
import {
  exactQuantity,
  formatMagnitude,
  formatQuantity,
  quantityCell,
} from "../format/quantity.js";
import type { Configuration } from "../run-report-input.js";
import type { GoalResult, ReplicationsResult } from "../../studies/run/result-document.js";

/** Missed goals that one row names; more are counted. */
const MISSED_NAMED_MAX = 3;

/** How the rows of a table of goals are laid out. */
interface GoalLayout {
  /** A row per configuration under a title per goal; otherwise a row per goal of one run. */
  readonly several: boolean;
  readonly withInterval: boolean;
  readonly anchors: ReadonlySet<string>;
}

/**
 * The goals with what came out: of every configuration in one table, or, where that would be longer
 * than a table may be, those of the base in full and one row per configuration.
 *
 * @param anchors sections that exist, such as `#waits`
 */
export function goalTables(
  runs: readonly Configuration[],
  anchors: ReadonlySet<string>,
): readonly ReportBlock[] {
  const goals = goalsOfAll(runs);
  if (goals.length === 0) return [];
  const withInterval = runs.some(({ result }) =>
    result.goals.some((goal) => goal.interval !== null),
  );
  const layout = { several: runs.length > 1, withInterval, anchors };
  if (runs.length === 1 || runs.length * goals.length <= TABLE_ROWS_MAX)
    return [goalsTable(runs, goals, layout)];
  const [base] = runs;
  const ofBase = base!.result.goals;
  return [
    ...(ofBase.length === 0 ? [] : [goalsTable([base!], ofBase, { ...layout, several: false })]),
    briefTable(runs),
  ];
}

/** Goals of the base, then those that only variants have. */
function goalsOfAll(runs: readonly Configuration[]): readonly GoalResult[] {
  const byId = new Map<string, GoalResult>();
  for (const { result } of runs) {
    for (const goal of result.goals) if (!byId.has(goal.id)) byId.set(goal.id, goal);
  }
  return [...byId.values()];
}

function goalsTable(
  runs: readonly Configuration[],
  goals: readonly GoalResult[],
  layout: GoalLayout,
): ReportBlock {
  const { several, withInterval } = layout;
  const columns: Column[] = [
    { header: several ? "Configuration" : "Goal" },
    ...(several ? [] : [{ header: "Target", align: "right" as const }]),
    { header: "Result", align: "right" },
    ...(withInterval ? [{ header: "Interval", align: "right" as const }] : []),
    { header: "Margin", align: "right" },
    { header: "Met" },
  ];
  return {
    kind: "table",
    caption: "Goals, what came out, and how much room is left",
    columns,
    rows: goals.flatMap((goal) => runs.map((run) => goalRow(run, goal, layout))),
    ...(several
      ? { rowGroups: goals.map((goal) => ({ title: goalTitle(goal), rowCount: runs.length })) }
      : {}),
    fullTable: "result.json",
  };
}

/** One row per configuration: how many goals it meets, and which it does not. */
function briefTable(runs: readonly Configuration[]): ReportBlock {
  return {
    kind: "table",
    caption: "Goals met by every configuration",
    columns: [
      { header: "Configuration" },
      { header: "Goals met", align: "right" },
      { header: "Not met" },
    ],
    rows: runs.map(({ name, result }): readonly Cell[] => {
      const open = result.goals.filter((goal) => !goal.met);
      const met = result.goals.length - open.length;
      const named = open.slice(0, MISSED_NAMED_MAX).map(missedWords);
      if (open.length > named.length) named.push(`${open.length - named.length} more`);
      return [
        name,
        {
          text: result.goals.length === 0 ? "no goals" : `${met} of ${result.goals.length}`,
          value: met,
          tone: open.length > 0 ? "bad" : result.goals.length === 0 ? "quiet" : "good",
        },
        named.length === 0 ? null : named.join("; "),
      ];
    }),
    fullTable: "result.json",
  };
}

function missedWords({ metric, actual, unit, verdict }: GoalResult): string {
  const came = actual === null ? "no value" : formatQuantity(actual, unit);
  return `${nameMetric(metric).label} ${came}${verdict === "not shown" ? " (not shown)" : ""}`;
}

function goalTitle(goal: GoalResult): string {
  return `${nameMetric(goal.metric).label}: ${targetWords(goal)}`;
}

function targetWords({ comparison, target, unit }: GoalResult): string {
  return `${comparison === "atMost" ? "at most" : "at least"} ${formatQuantity(target, unit)}`;
}

function goalRow(run: Configuration, baseGoal: GoalResult, layout: GoalLayout): readonly Cell[] {
  // A variant may change the goals; its own target decides, and a goal it lacks has no result.
  const goal = run.result.goals.find(({ id }) => id === baseGoal.id);
  const { label, href } = nameMetric(baseGoal.metric);
  const first: Cell = layout.several
    ? goal !== undefined && goal.target !== baseGoal.target
      ? { text: run.name, note: `here ${targetWords(goal)}` }
      : run.name
    : { text: label, note: baseGoal.id, ...(layout.anchors.has(href) ? { href } : {}) };
  const target: RichCell = {
    text: targetWords(baseGoal),
    exact: exactQuantity(baseGoal.target, baseGoal.unit),
  };
  return [
    first,
    ...(layout.several ? [] : [target]),
    goal === undefined ? null : quantityCell(goal.actual, goal.unit),
    ...(layout.withInterval ? [goal === undefined ? null : intervalCell(goal)] : []),
    goal === undefined ? null : marginCell(goal),
    metCell(goal, run.result.replications),
  ];
}

function intervalCell({ interval, unit }: GoalResult): RichCell | null {
  if (interval === null) return null;
  const [low, high] = interval;
  return {
    text: `${formatQuantity(low, unit)} to ${formatQuantity(high, unit)}`,
    exact: `${exactQuantity(low, unit)} to ${exactQuantity(high, unit)}`,
  };
}

function marginCell({ actual, target, comparison, unit }: GoalResult): RichCell | null {
  if (actual === null) return null;
  const room = comparison === "atMost" ? target - actual : actual - target;
  const beyond = comparison === "atMost" ? "over" : "short";
  return {
    text: room === 0 ? "none" : `${formatMagnitude(room, unit)} ${room > 0 ? "to spare" : beyond}`,
    value: room,
    exact: exactQuantity(room, unit),
  };
}

function metCell(
  goal: GoalResult | undefined,
  replications: ReplicationsResult | undefined,
): RichCell {
  if (goal === undefined) return { text: "not a goal here", tone: "quiet" };
  // How often single runs meet the goal says how much of the verdict is the luck of a week.
  const note =
    goal.replicationsMet === undefined || replications === undefined
      ? {}
      : { note: `met in ${goal.replicationsMet} of ${countOf(replications.count, "run")}` };
  if (goal.met) return { text: "✓ met", tone: "good", value: 1, ...note };
  if (goal.verdict === "not shown") {
    return { text: "? not shown", tone: "bad", value: 0.5, ...note };
  }
  const text = goal.actual === null ? "✗ no value" : "✗ missed";
  return { text, tone: "bad", value: 0, ...note };
}
