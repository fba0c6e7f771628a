import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { TABLE_ROWS_MAX } from "../format/cell-text.js";
import { escapeMarkdown, markdownCode } from "../format/escape.js";
import type {
  AnyCompareDocument,
  Comparison,
  Finding,
} from "../../studies/compare/compare-document.js";
import { differenceCell, fromToCell } from "./cells.js";

const EXPLANATION =
  "Sentences are made of the figures in the table under them, and only of differences that were shown. Waits are " +
  "taken apart three times (by the reason of the last refusal, by GPUs asked for, by tenant); each time the parts " +
  "sum to the whole. A part says where a difference lies, and the reason is the one recorded when a job was last " +
  "refused; what would happen without it takes another run.";

/** What goes with each difference: hours waited taken apart, where GPUs stood idle, what placement and hosting cost. */
export function compareWhySection({ comparisons }: AnyCompareDocument): ReportSection | undefined {
  const blocks = comparisons.flatMap((comparison) => {
    const head = comparisons.length > 1 ? [title(comparison)] : [];
    return [...head, sentences(comparison), ...findingTable(comparison, isShown)];
  });
  if (comparisons.every(({ findings }) => findings.length === 0)) return undefined;
  return { id: "why", title: "What goes with the difference", blocks, explanation: EXPLANATION };
}

function title({ base, variant }: Comparison): ReportBlock {
  return {
    kind: "text",
    markdown: `**“${escapeMarkdown(variant)}” against “${escapeMarkdown(base)}”**`,
  };
}

function sentences({ why, metrics }: Comparison): ReportBlock {
  if (why.length > 0) {
    return { kind: "text", markdown: why.map((one) => `- ${escapeMarkdown(one)}`).join("\n") };
  }
  const same = metrics.every(({ verdict }) => verdict === "identical" || verdict === "no value");
  return {
    kind: "text",
    markdown: same
      ? "Nothing differs, so there is nothing to explain."
      : "No difference in waits, idle GPUs, placement or failures was shown.",
  };
}

function isShown({ verdict }: Finding): boolean {
  return verdict === "higher" || verdict === "lower";
}

/** Every figure that may explain a difference, those that show nothing included: for those who audit. */
export function compareFindingsSection({
  comparisons,
}: AnyCompareDocument): ReportSection | undefined {
  const blocks = comparisons.flatMap((comparison) =>
    findingTable(comparison, ({ verdict }) => verdict === "not shown" || verdict === "no value"),
  );
  if (blocks.length === 0) return undefined;
  return {
    id: "not-shown",
    title: "Figures that may differ and are not shown to",
    blocks,
    folded: true,
    explanation: EXPLANATION,
  };
}

function findingTable(
  { findings, base, variant }: Comparison,
  isListed: (finding: Finding) => boolean,
): readonly ReportBlock[] {
  const moved = findings.filter(isListed);
  if (moved.length === 0) return [];
  const groups = new Map<string, Finding[]>();
  for (const finding of moved) {
    groups.set(finding.topic, [...(groups.get(finding.topic) ?? []), finding]);
  }
  return [
    {
      kind: "table",
      caption: `“${variant}” against “${base}”`,
      columns: [
        { header: "What" },
        { header: "Difference", align: "right" },
        { header: "From → to", align: "right" },
      ],
      rows: [...groups.values()]
        .flat()
        .map((finding): readonly Cell[] => [
          finding.name,
          differenceCell(finding, "neither"),
          fromToCell(finding),
        ]),
      rowGroups: [...groups].map(([topic, list]) => ({
        title: topicTitle(topic),
        rowCount: list.length,
      })),
      fullTable: "compare.json",
    },
  ];
}

function topicTitle(topic: string): string {
  return topic.slice(0, 1).toUpperCase() + topic.slice(1);
}

/** What the configurations write differently. */
export function compareChangesSection({
  comparisons,
}: AnyCompareDocument): ReportSection | undefined {
  const changed = comparisons.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return undefined;
  const perComparison = Math.max(5, Math.floor(TABLE_ROWS_MAX / changed.length));
  const shown = changed.map(({ base, variant, changes }) => ({
    title: `“${variant}” against “${base}”`,
    rows: changes.slice(0, perComparison),
    rest: changes.length - Math.min(changes.length, perComparison),
  }));
  return {
    id: "changes",
    title: "What was changed",
    blocks: [
      {
        kind: "table",
        caption: "Fields that are written differently",
        columns: [{ header: "Field" }, { header: "Before" }, { header: "After" }],
        rows: shown.flatMap(({ rows }) =>
          rows.map(({ path, before, after }): readonly Cell[] => [path, before, after]),
        ),
        rowGroups: shown.map(({ title: text, rows, rest }) => ({
          title: rest === 0 ? text : `${text} (${rest} more in compare.json)`,
          rowCount: rows.length,
        })),
        fullTable: "compare.json",
      },
      {
        kind: "text",
        markdown: `Before and after are as written, ${markdownCode("—")} where a field is left to its default.`,
      },
    ],
  };
}
