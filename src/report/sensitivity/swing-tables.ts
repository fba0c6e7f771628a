import type {
  FactorSwing,
  SensitivityDocument,
} from "../../studies/sensitivity/sensitivity-document.js";
import type { Cell, ReportBlock } from "../block.js";
import { nameMetric } from "../format/metric-names.js";
import { formatSigned } from "../format/number.js";
import { formatMagnitude, formatQuantity } from "../format/quantity.js";

/** How the numbers of these tables were moved. */
export const ONE_AT_A_TIME =
  "One number at a time is set to the ends of its range, everything else stays as in the scenario, on the same random numbers. Interactions between numbers are not seen this way.";

/** The numbers of a study that a table or chart shows. */
export type SwingFigures = Pick<SensitivityDocument, "factors" | "metric" | "unit" | "base">;

/** Numbers at which the decision changes, and to what. */
export function flipTable(flips: readonly FactorSwing[], fullTable: string): ReportBlock {
  return {
    kind: "table",
    caption: "Where the decision changes",
    columns: [
      { header: "Number" },
      { header: "In the scenario", align: "right" },
      { header: "Changes", align: "right" },
      { header: "Goals" },
    ],
    rows: flips.map(({ label, value, flip, low, provenance }): readonly Cell[] => [
      { text: label, note: provenance },
      value === null ? null : unitText(value, low.text),
      { text: flip!.text, tone: flip!.goalsMet ? "good" : "bad" },
      `${flip!.goalsMet ? "met" : "missed"}: ${flip!.goals.join(", ")}`,
    ]),
    fullTable,
  };
}

/** A value with the unit that stands behind another of the same factor. */
export function unitText(value: number, like: string): string {
  const unit = /\s(\S+)$/u.exec(like)?.[1];
  const number = String(Number(value.toPrecision(4)));
  return unit === undefined ? number : `${number} ${unit}`;
}

/** How far every number moves the figure. */
export function swingTable(
  { factors, metric, unit, base }: SwingFigures,
  hasGoals: boolean,
  fullTable: string,
): ReportBlock {
  const change = ({ difference }: FactorSwing["low"]): Cell =>
    difference === null ? null : formatSigned(difference, (size) => formatMagnitude(size, unit));
  return {
    kind: "table",
    caption: `${nameMetric(metric).label}, ${base === null ? "no value" : formatQuantity(base, unit)} in the scenario: its change at both ends`,
    columns: [
      { header: "Number" },
      { header: "Range", align: "right" },
      { header: "At the lower end", align: "right" },
      { header: "At the upper end", align: "right" },
      { header: "Goals" },
    ],
    rows: factors.map((factor): readonly Cell[] => [
      { text: factor.label, note: `${factor.provenance}: ${factor.source}` },
      `${factor.low.text} to ${factor.high.text}`,
      change(factor.low),
      change(factor.high),
      hasGoals ? goalsText(factor) : null,
    ]),
    fullTable,
  };
}

function goalsText({ low, high }: FactorSwing): Cell {
  const missed = [...new Set([...low.missed, ...high.missed])];
  return missed.length === 0
    ? { text: "✓ all met", tone: "good" }
    : { text: `✗ ${missed.join(", ")}`, tone: "bad" };
}
