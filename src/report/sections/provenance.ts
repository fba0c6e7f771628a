import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { formatMoment } from "../format/duration.js";
import { countOf } from "../format/number.js";
import type { Configuration, RunReportInput } from "../run-report-input.js";

const STOP_WORDS = {
  drained: "all jobs done",
  "time-limit": "time limit reached",
  "event-limit": "event limit reached",
} as const;

/** Data, hashes and how to make the report again: for those who audit it. */
export function provenanceSection(
  input: RunReportInput,
  runs: readonly Configuration[],
): ReportSection {
  const { result, cluster } = input;
  const blocks: ReportBlock[] = [];
  if (cluster.description.length > 0) {
    const lines = cluster.description.map((line) => `- ${escapeMarkdown(line)}`);
    blocks.push({ kind: "text", markdown: `**Cluster of the base**\n\n${lines.join("\n")}` });
  }
  blocks.push({
    kind: "table",
    caption: "Runs behind this report",
    columns: [
      { header: "Configuration" },
      { header: "GPUs", align: "right" },
      { header: "Jobs", align: "right" },
      { header: "Completed", align: "right" },
      { header: "Running", align: "right" },
      { header: "Waiting", align: "right" },
      { header: "Never placeable", align: "right" },
      { header: "Ended", align: "right" },
    ],
    rows: runs.map(({ name, result: run }): readonly Cell[] => [
      name,
      run.gpu.count,
      run.jobs.count,
      run.jobs.completed,
      run.jobs.running,
      run.jobs.waiting,
      run.jobs.neverPlaceable,
      {
        text: formatMoment(run.endS),
        value: run.endS,
        exact: `${run.endS} s`,
        note: `${STOP_WORDS[run.stopReason]}, ${countOf(run.eventsHandled, "event")}`,
      },
    ]),
  });
  if (result.inputs.length > 0) {
    blocks.push({
      kind: "table",
      caption: "Files read, by content",
      columns: [{ header: "File" }, { header: "SHA-256" }],
      rows: result.inputs.map(({ path, sha256 }) => [path, sha256]),
    });
  }
  if (input.reproduce.length > 1) {
    blocks.push({ kind: "commands", label: "Command, version and hashes", lines: input.reproduce });
  }
  blocks.push({
    kind: "text",
    markdown:
      `Headroom ${escapeMarkdown(result.version)}, seed ${result.seed}, scenario ${escapeMarkdown(result.scenario)}. ` +
      "The same files, seed and version give the same result to the last digit. Every digit is in " +
      "`result.json`, every job in `jobs.csv`, every instant in `utilization.csv`.",
  });
  return { id: "provenance", title: "Data, hashes and reproduction", blocks };
}
