import type { GateCase, GateOutcome } from "../../studies/gate/gate-outcome.js";
import { escapeMarkdown } from "../format/escape.js";
import { UNCLEAR, changeText, countsText, intervalText, valueText } from "./gate-words.js";

/** Longest body of a comment on GitHub. */
export const COMMENT_CHARACTERS_MAX = 65_536;
/** Largest step summary we write; GitHub drops one above 1,024 kB as a whole. */
export const STEP_SUMMARY_BYTES_MAX = 200_000;

/** Rows of the table that stands open. */
const OPEN_ROWS_MAX = 20;

/**
 * The outcome as Markdown for a comment or a step summary: verdict and worst cases open, the rest folded away.
 * The first line is a hidden marker, so that a later run can find and replace its own comment.
 *
 * @param options.bytesMax rows are left out of the folded table, never of the summary, until it fits; each
 *   character counts with its bytes in UTF-8, which keeps below limits counted in characters too
 */
export function gateMarkdown(
  outcome: GateOutcome,
  options: { readonly bytesMax: number } = { bytesMax: COMMENT_CHARACTERS_MAX },
): string {
  const open = outcome.cases
    .filter(({ verdict }) => verdict !== "no change shown")
    .slice(0, OPEN_ROWS_MAX);
  const folded = outcome.cases.filter((item) => !open.includes(item));
  let kept = folded.length;
  let text = compose(outcome, open, folded.slice(0, kept), folded.length);
  while (byteLength(text) > options.bytesMax && kept > 0) {
    kept = Math.floor(kept * Math.min(0.9, options.bytesMax / byteLength(text)));
    text = compose(outcome, open, folded.slice(0, kept), folded.length);
  }
  return text;
}

function compose(
  outcome: GateOutcome,
  open: readonly GateCase[],
  folded: readonly GateCase[],
  foldedCount: number,
): string {
  const icon = { pass: "✅", regression: "❌", "cannot measure": "⚠️" }[outcome.status];
  const left = foldedCount - folded.length;
  return [
    `<!-- headroom:${outcome.kind}:${outcome.name.replace(/[^\w.-]+/g, "-")} -->`,
    `### ${icon} Headroom ${outcome.kind === "benchmark" ? "benchmarks" : "capacity"}: ${escapeMarkdown(outcome.name)}`,
    "",
    escapeMarkdown(outcome.sentence),
    "",
    ...(open.length === 0 ? [] : [...table(open), ""]),
    ...outcome.warnings.map((warning) => `> ${escapeMarkdown(warning)}\n`),
    "<details>",
    `<summary>${countsText(outcome.cases)}</summary>`,
    "",
    ...(folded.length === 0 ? [] : [...table(folded), ""]),
    ...(left === 0 ? [] : [`and ${left} more cases, left out for the size limit`, ""]),
    `base: ${escapeMarkdown(outcome.base.file)} (${escapeMarkdown(outcome.base.description)})  `,
    `new: ${escapeMarkdown(outcome.new.file)} (${escapeMarkdown(outcome.new.description)})  `,
    `rules: ${Object.entries(outcome.settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}; Headroom ${outcome.version}`,
    "",
    "</details>",
    "",
  ].join("\n");
}

function table(cases: readonly GateCase[]): readonly string[] {
  return [
    "| case | base | new | change | interval | verdict |",
    "|---|--:|--:|--:|--:|---|",
    ...cases.map((item) =>
      [
        "",
        escapeMarkdown(item.id),
        valueText(item.base, item.unit),
        valueText(item.new, item.unit),
        changeText(item.ratio),
        intervalText(item),
        item.verdict === "no change shown"
          ? item.verdict
          : `${UNCLEAR.includes(item.verdict) || item.verdict === "regression" ? `**${item.verdict}**` : item.verdict}: ${escapeMarkdown(item.reason)}`,
        "",
      ]
        .join(" | ")
        .trim(),
    ),
  ];
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
