import type { Cell, ReportBlock } from "../block.js";
import { formatSignificant } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";
import type { Configuration } from "../run-report-input.js";
import type { RunResult } from "../../studies/run/result-document.js";

/** Configurations side by side; more stand below each other. */
const COLUMNS_MAX = 5;

/** One row of a table of figures. */
export interface Figure {
  readonly label: string;
  /** A quieter line under it. */
  readonly note?: string;
  /** `s`, `share`, or any unit that is printed behind the number; "" for a bare number. */
  readonly unit: string;
  /** Undefined where the run does not have it: then the cell is empty. */
  of(result: RunResult): number | null | undefined;
}

/**
 * Figures as rows, configurations as columns; rows in which no configuration has a value are left out.
 * Many configurations become groups of rows, so that the table stays narrow.
 */
export function figureTable(
  runs: readonly Configuration[],
  caption: string,
  figures: readonly Figure[],
): ReportBlock | undefined {
  const shown = figures.filter((figure) =>
    runs.some(({ result }) => typeof figure.of(result) === "number"),
  );
  if (shown.length === 0) return undefined;
  if (runs.length <= COLUMNS_MAX) {
    return {
      kind: "table",
      caption,
      columns: [
        { header: "Figure" },
        ...runs.map(({ name }) => ({
          header: runs.length === 1 ? "Result" : name,
          align: "right" as const,
        })),
      ],
      rows: shown.map((figure) => [
        figure.note === undefined ? figure.label : { text: figure.label, note: figure.note },
        ...runs.map(({ result }) => figureCell(figure, result)),
      ]),
      fullTable: "result.json",
    };
  }
  return {
    kind: "table",
    caption,
    columns: [{ header: "Configuration" }, { header: "Result", align: "right" }],
    rows: shown.flatMap((figure) =>
      runs.map(({ name, result }): readonly Cell[] => [name, figureCell(figure, result)]),
    ),
    rowGroups: shown.map(({ label }) => ({ title: label, rowCount: runs.length })),
    whole: true,
  };
}

function figureCell({ unit, of }: Figure, result: RunResult): Cell {
  const value = of(result);
  if (value === undefined || value === null) return null;
  if (unit === "s" || unit === "share") return quantityCell(value, unit);
  const digits = Number.isInteger(value) ? 15 : 3;
  const text = formatSignificant(value, digits);
  return {
    text: unit === "" ? text : `${text}\u00a0${unit}`,
    value,
    exact: unit === "" ? String(value) : `${value} ${unit}`,
  };
}
