import type { FleetResult } from "../../studies/fleet/fleet-result-document.js";
import { metricWords } from "../../studies/fleet/fleet-decision.js";
import type { GoalResult } from "../../studies/run/result-document.js";
import type { Cell, ReportBlock, ReportSection, RichCell } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { countOf } from "../format/number.js";
import {
  formatDifference,
  formatMagnitude,
  formatQuantity,
  quantityCell,
} from "../format/quantity.js";

/** Page one: the sentence, the goals with what came out, what limits the answer, how to repeat it. */
export function fleetAnswer(result: FleetResult, reproduce: readonly string[]): ReportSection {
  const [command] = reproduce;
  return {
    id: "answer",
    title: "The answer",
    blocks: [
      { kind: "headline", sentence: result.decision },
      ...goalsTable(result.goals),
      ...result.warnings
        .slice(0, 3)
        .map((summary): ReportBlock => ({ kind: "verdict", status: "warn", summary })),
      { kind: "text", markdown: basisWords(result) },
      ...(command === undefined
        ? []
        : [{ kind: "commands", label: "Make this report again", lines: [command] } as const]),
    ],
  };
}

function goalsTable(goals: readonly GoalResult[]): readonly ReportBlock[] {
  if (goals.length === 0) return [];
  const withInterval = goals.some(({ interval }) => interval !== null);
  return [
    {
      kind: "table",
      caption: "Goals, what came out, and how much room is left",
      columns: [
        { header: "Goal" },
        { header: "Target", align: "right" },
        { header: "Result", align: "right" },
        ...(withInterval ? [{ header: "Interval", align: "right" as const }] : []),
        { header: "Margin", align: "right" },
        { header: "Met" },
      ],
      rows: goals.map((goal): readonly Cell[] => [
        goal.id === `${goal.metric} ${goal.comparison}`
          ? { text: metricWords(goal.metric), note: goal.metric }
          : { text: goal.id, note: metricWords(goal.metric) },
        `${goal.comparison === "atMost" ? "≤" : "≥"}\u00a0${formatQuantity(goal.target, goal.unit)}`,
        quantityCell(goal.actual, shortUnit(goal.unit)),
        ...(withInterval
          ? [
              goal.interval === null
                ? null
                : goal.interval
                    .map((end) => formatQuantity(end, shortUnit(goal.unit)))
                    .join(" to "),
            ]
          : []),
        margin(goal),
        verdictCell(goal),
      ]),
      fullTable: "result.json",
    },
  ];
}

/** What is counted stands beside the target only: the row has room for it once. */
function shortUnit(unit: string): string {
  return unit === "s" || unit === "share" ? unit : "";
}

function margin({ actual, target, comparison, unit }: GoalResult): Cell {
  if (actual === null) return null;
  const short = shortUnit(unit);
  const room = comparison === "atMost" ? target - actual : actual - target;
  return room < 0 ? formatDifference(room, short) : formatMagnitude(room, short);
}

function verdictCell({ met, verdict }: GoalResult): RichCell {
  if (met) return { text: "✓ met", tone: "good" };
  return verdict === "not shown"
    ? { text: "? not shown", tone: "quiet" }
    : { text: "✗ missed", tone: "bad" };
}

function basisWords(result: FleetResult): string {
  const { replications, assumptions, warnings, seed } = result;
  const assumed = assumptions.filter(({ provenance }) => provenance === "assumed").length;
  const basis =
    replications === undefined
      ? `One run with seed ${seed}: the figures carry no confidence interval.`
      : `Figures are means over ${replications.count} runs with confidence intervals (seed ${seed}); charts and tables show the first run.`;
  const rests =
    assumptions.length === 0
      ? ""
      : ` Of ${countOf(assumptions.length, "input")} that the answer rests on, [${assumed === 1 ? "1 is" : `${assumed} are`} assumed](#assumptions).`;
  const warned =
    warnings.length === 0 ? "" : ` The run gave [${countOf(warnings.length, "warning")}](#limits).`;
  return `${escapeMarkdown(basis)}${rests}${warned}`;
}
