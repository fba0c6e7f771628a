import type {
  BacktestDocument,
  WaitComparison,
  WaitSummary,
} from "../../studies/backtest/backtest-document.js";
import type { Cell, ReportBlock, ReportSection, RichCell } from "../block.js";
import {
  formatSignificant,
  formatSigned,
  countOf,
  formatShare,
  NO_BREAK_SPACE,
} from "../format/number.js";
import {
  exactQuantity,
  formatDifference,
  formatQuantity,
  quantityCell,
} from "../format/quantity.js";
import { makeAgain } from "../make-again.js";

/** Figures of a wait in reading order, with their names. */
const FIGURES: readonly (readonly [keyof WaitSummary, string])[] = [
  ["mean", "Mean"],
  ["p50", "Median"],
  ["p90", "90th percentile"],
  ["p95", "95th percentile"],
  ["p99", "99th percentile"],
  ["max", "Longest"],
];

/** Page one: the verdict, the figures on both sides, what spoils the comparison, how to repeat it. */
export function backtestAnswerSection(
  document: BacktestDocument,
  reproduce: readonly string[],
): ReportSection {
  const blocks: ReportBlock[] = [
    { kind: "headline", sentence: document.verdict },
    {
      kind: "table",
      caption: `Wait before the first start, over ${countOf(document.jobs.compared, "job")}`,
      columns: [
        { header: "Figure" },
        { header: "Recorded", align: "right" },
        { header: "Simulated", align: "right" },
        { header: "Error", align: "right" },
        { header: "Error", unit: "%", align: "right" },
      ],
      rows: FIGURES.map(([figure, name]) => [name, ...comparisonCells(document.wait, figure)]),
    },
    ...document.recordedUse.overCapacity.map(
      ({ partition, peakGpus, capacityGpus }): ReportBlock => ({
        kind: "verdict",
        status: "fail",
        summary:
          `The record has ${formatSignificant(peakGpus, 15)} GPUs in use at once${partition === "" ? "" : ` in partition ${partition}`}; ` +
          `the cluster file has ${formatSignificant(capacityGpus, 15)}. It is not the cluster of this trace.`,
      }),
    ),
    { kind: "text", markdown: nearness(document) },
  ];
  blocks.push(...makeAgain(reproduce));
  return { id: "answer", title: "The answer", blocks };
}

/** Recorded, simulated, error and relative error of one figure. */
export function comparisonCells(
  { recordedS, simulatedS, errorS, errorRelative }: WaitComparison,
  figure: keyof WaitSummary,
): readonly Cell[] {
  return [
    quantityCell(recordedS[figure], "s"),
    quantityCell(simulatedS[figure], "s"),
    differenceCell(errorS[figure]),
    relativeCell(errorRelative[figure]),
  ];
}

/** A signed difference of two waits; null gives an empty cell. */
export function differenceCell(errorS: number | null): RichCell | null {
  if (errorS === null) return null;
  return {
    text: errorS === 0 ? "none" : formatDifference(errorS, "s"),
    value: errorS,
    exact: exactQuantity(errorS, "s"),
  };
}

function relativeCell(relative: number | null): RichCell | null {
  if (relative === null) return null;
  return {
    text: formatSigned(relative * 100, (percent) => formatSignificant(percent)),
    value: relative,
    exact: String(relative),
  };
}

function nearness({ withinShare, rankCorrelation, jobErrorS, jobs }: BacktestDocument): string {
  if (jobs.compared === 0) return "No job has both a recorded and a simulated start.";
  const shares = withinShare.map(({ withinS, share }) =>
    withinS === 0
      ? `${formatShare(share)} of the jobs wait exactly as recorded`
      : `${formatShare(share)} within ${formatQuantity(withinS, "s")}`,
  );
  const order =
    rankCorrelation === null
      ? "The order of waits cannot be compared: all waits of one side are equal."
      : `Rank correlation of the waits: ${formatSignificant(rankCorrelation)} (1${NO_BREAK_SPACE}= the same jobs wait long).`;
  return (
    `Job by job: ${shares.join(", ")}. The difference is ${formatQuantity(jobErrorS.p50!, "s")} at the median ` +
    `and ${formatQuantity(jobErrorS.p95!, "s")} at the 95th percentile. ${order}`
  );
}
