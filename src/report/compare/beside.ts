import type { Cell, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { nameMetric } from "../format/metric-names.js";
import { formatShare } from "../format/number.js";
import type { AnyCompareDocument } from "../../studies/compare/compare-document.js";
import { differenceCell, fromToCell } from "./cells.js";

/** Figures that did not decide, each judged on its own. */
export function compareBesideSection({
  comparisons,
  design,
}: AnyCompareDocument): ReportSection | undefined {
  const tables = comparisons.map((comparison) => ({
    comparison,
    metrics: comparison.metrics.filter(
      ({ role, verdict }) => role === "beside" && verdict !== "identical",
    ),
  }));
  if (tables.every(({ metrics }) => metrics.length === 0)) return undefined;
  return {
    id: "beside",
    title: "Every other figure",
    folded: true,
    explanation:
      design.streams === "none"
        ? "Exact differences of one run each; figures that are exactly the same are left out."
        : `Each is judged on its own, so that of many a few will look like differences by chance: about ${formatShare(1 - design.confidence)} of those that are none. Figures that are exactly the same are left out.`,
    blocks: tables
      .filter(({ metrics }) => metrics.length > 0)
      .map(({ comparison, metrics }) => ({
        kind: "table" as const,
        caption: `“${escapeMarkdown(comparison.variant)}” against “${escapeMarkdown(comparison.base)}”`,
        columns: [
          { header: "Figure" },
          { header: "Difference", align: "right" as const },
          { header: "From → to", align: "right" as const },
        ],
        rows: metrics.map((metric): readonly Cell[] => [
          nameMetric(metric.metric).label,
          differenceCell(metric, metric.better),
          fromToCell(metric),
        ]),
        fullTable: "compare.json",
      })),
  };
}
