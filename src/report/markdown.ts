import type { Cell, Column, ReportBlock, ReportDocument, TableContent } from "./block.js";
import { cellText, shownRows } from "./format/cell-text.js";
import { escapeMarkdown, markdownCode } from "./format/escape.js";
import { formatCount } from "./format/number.js";

const VERDICT_SIGNS = { pass: "✓", warn: "▲", fail: "✗" } as const;

/** Writes a report as GitHub-flavoured Markdown: charts as the sentence they answer and their numbers. */
export function writeMarkdown(report: ReportDocument): string {
  const parts: string[] = [];
  parts.push(`# ${escapeMarkdown(report.title)}`);
  const about = [report.kicker, report.subtitle].filter((line) => line !== undefined);
  if (about.length > 0) parts.push(escapeMarkdown(about.join(" · ")));
  report.sections.forEach((section, index) => {
    // Page one needs no heading of its own: it is what the title asks.
    if (index > 0) parts.push(`## ${escapeMarkdown(section.title)}`);
    parts.push(...section.blocks.map((block) => blockToMarkdown(block)));
    if (section.explanation !== undefined) {
      parts.push(`*How to read this:* ${escapeMarkdown(section.explanation)}`);
    }
  });
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function blockToMarkdown(block: ReportBlock): string {
  switch (block.kind) {
    case "text":
      // Anchors belong to the page; in Markdown the words are enough.
      return block.markdown.replace(/\[((?:\\.|[^\]])+)\]\(#[a-z][a-z0-9-]*\)/g, "$1");
    case "table":
      return `**${escapeMarkdown(block.caption)}**\n\n${tableToMarkdown(block)}`;
    case "chart": {
      const lines = block.description.split("\n").map(escapeMarkdown);
      const answer = lines.length === 1 ? lines[0]! : lines.map((line) => `- ${line}`).join("\n");
      const sentence = `### ${escapeMarkdown(block.title)}\n\n${answer}`;
      if (block.data === undefined) return sentence;
      return `${sentence}\n\n**${escapeMarkdown(block.data.caption)}**\n\n${tableToMarkdown(block.data)}`;
    }
    case "verdict":
      return `> ${VERDICT_SIGNS[block.status]} ${escapeMarkdown(block.summary)}`;
    case "headline":
      return `**${escapeMarkdown(block.sentence)}**`;
    case "commands":
      return `${escapeMarkdown(block.label)}:\n\n${fenced(block.lines)}`;
  }
}

/** A code block whose fence is longer than any run of backticks inside. */
function fenced(lines: readonly string[]): string {
  const text = lines.join("\n");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

function tableToMarkdown(table: TableContent): string {
  const { columns, rows, rowGroups, fullTable } = table;
  const shown = shownRows(table);
  const titles = groupTitles(rowGroups);
  const lines = [
    row(columns.map(headerText)),
    row(columns.map(({ align }) => (align === "right" ? "---:" : ":---"))),
    ...shown.flatMap((cells, index) => {
      const title = titles.get(index);
      const line = row(cells.map((cell, column) => cellToMarkdown(cell, columns[column]!)));
      if (title === undefined) return [line];
      return [row([`**${escapeMarkdown(title)}**`, ...columns.slice(1).map(() => "")]), line];
    }),
    ...(shown.length === 0 ? [row(["none", ...columns.slice(1).map(() => "")])] : []),
  ];
  if (shown.length < rows.length) {
    const where = fullTable === undefined ? "" : `; all of them are in ${markdownCode(fullTable)}`;
    lines.push("", `The first ${shown.length} of ${formatCount(rows.length)} rows${where}.`);
  }
  return lines.join("\n");
}

function groupTitles(groups: TableContent["rowGroups"]): ReadonlyMap<number, string> {
  const titles = new Map<number, string>();
  let first = 0;
  for (const { title, rowCount } of groups ?? []) {
    if (rowCount > 0) titles.set(first, title);
    first += rowCount;
  }
  return titles;
}

function headerText({ header, unit }: Column): string {
  return escapeMarkdown(unit === undefined ? header : `${header} (${unit})`);
}

function cellToMarkdown(cell: Cell, column: Column): string {
  const text = escapeMarkdown(cellText(cell, column));
  const note = cell !== null && typeof cell === "object" ? cell.note : undefined;
  return note === undefined ? text : `${text} (${escapeMarkdown(note)})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
