import type { ReportBlock, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { countOf } from "../format/number.js";
import type { Configuration } from "../run-report-input.js";

/** Warnings shown per configuration; the rest is in the result file. */
const WARNINGS_MAX = 20;

/** What the run could not place and what it warned about; absent when there is neither. */
export function limitsSection(runs: readonly Configuration[]): ReportSection | undefined {
  const blocks: ReportBlock[] = [];
  for (const { name, result } of runs) {
    const { neverPlaceable, count } = result.jobs;
    if (neverPlaceable > 0) {
      blocks.push({
        kind: "verdict",
        status: "warn",
        summary:
          `${name}: ${countOf(neverPlaceable, "job")} of ${countOf(count, "job")} can never be placed: ` +
          "no node of the empty cluster offers what they ask for. They are in jobs.csv as REJECTED and count in no wait.",
      });
    }
  }
  for (const { name, result } of runs) {
    if (result.warnings.length === 0) continue;
    const shown = result.warnings
      .slice(0, WARNINGS_MAX)
      .map((warning) => `- ${escapeMarkdown(warning)}`);
    const rest = result.warnings.length - shown.length;
    if (rest > 0) shown.push(`- ${countOf(rest, "more warning")} in \`result.json\``);
    const list = shown.join("\n");
    blocks.push({
      kind: "text",
      markdown: runs.length === 1 ? list : `**${escapeMarkdown(name)}**\n\n${list}`,
    });
  }
  if (blocks.length === 0) return undefined;
  const unplaceable = runs.some(({ result }) => result.jobs.neverPlaceable > 0);
  return { id: "limits", title: unplaceable ? "What the run could not do" : "Warnings", blocks };
}
