import type { GateOutcome } from "../../studies/gate/gate-outcome.js";
import { changeText, countsText, intervalText, valueText } from "./gate-words.js";

/** Cases listed one by one on a terminal; the counts tell the rest. */
const ROWS_MAX = 60;
/** Reasons told in full; with more of them, one says about the same as the next. */
const REASONS_MAX = 12;

/** The outcome for a terminal: the sentence, a table worst first, what every number rests on. */
export function gateText(outcome: GateOutcome): string {
  const { cases, base, new: after } = outcome;
  // Simulations repeat exactly: a row that says so a hundred times tells nothing.
  const listed = cases.filter(
    ({ verdict }) => outcome.kind === "benchmark" || verdict !== "no change shown",
  );
  const shown = listed.slice(0, ROWS_MAX);
  const rows = [
    ["verdict", "case", "base", "new", "change", "interval"],
    ...shown.map((item) => [
      item.verdict,
      item.id,
      valueText(item.base, item.unit),
      valueText(item.new, item.unit),
      changeText(item.ratio),
      intervalText(item),
    ]),
  ];
  const notable = shown.filter(({ verdict }) => verdict !== "no change shown");
  const told = notable.slice(0, REASONS_MAX);
  const left = listed.length - shown.length;
  return [
    outcome.sentence,
    "",
    `base  ${base.file}: ${base.description}`,
    `new   ${after.file}: ${after.description}`,
    "",
    ...(shown.length > 0
      ? [...aligned(rows), ...(left > 0 ? [`  and ${left} more`] : []), ""]
      : []),
    ...told.map(({ id, verdict, reason }) => `${verdict}: ${id}: ${reason}`),
    ...(notable.length > told.length ? [`and ${notable.length - told.length} more`] : []),
    ...(notable.length > 0 ? [""] : []),
    ...outcome.warnings.map((warning) => `warning: ${warning}`),
    `${countsText(cases)}; status: ${outcome.status}`,
    "",
  ].join("\n");
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_unused, column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  );
  return rows.map((row) =>
    `  ${row
      .map((cell, column) =>
        column >= 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("  ")}`.trimEnd(),
  );
}
