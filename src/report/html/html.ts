import { createHash } from "node:crypto";

import type { ChartBlock, ReportBlock, ReportDocument, ReportSection } from "../block.js";
import { renderSvg } from "../charts/render-svg.js";
import { escapeHtml } from "../format/escape.js";
import { formatSignificant } from "../format/number.js";
import { markdownToHtml } from "./inline-markdown.js";
import { PAGE_SCRIPT } from "./script.js";
import { STYLE_SHEET } from "./style.js";
import { tableToHtml } from "./table.js";
import { createLiveCharts, type LiveChartsPart } from "../live-charts/live-charts-part.js";
import { LIVE_CHARTS_SCRIPT, LIVE_CHARTS_STYLE } from "../live-charts/live-charts-script.js";
import { WHAT_IF_SCRIPT } from "../what-if/what-if-script.js";
import { WHAT_IF_STYLE, whatIfSection } from "../what-if/what-if-section.js";

/** A finished page, and how heavy it is. */
export interface HtmlReport {
  readonly html: string;
  /** Size in bytes as UTF-8. */
  readonly sizeBytes: number;
  /** Set when the page is so large that browsers and mail programs struggle with it. */
  readonly warning?: string;
}

const WARN_FROM_BYTES = 10_000_000;

/** How a page is made. */
export interface HtmlOptions {
  /** True makes its charts answer the pointer; half a megabyte more. */
  readonly interactive?: boolean | undefined;
}

/**
 * Writes a report as one HTML file that opens from disk and loads nothing.
 *
 * The content security policy forbids every request, so a reader need not trust us on that. Charts
 * are drawn here as SVG; with scripts off the page is complete.
 */
export async function writeHtml(
  report: ReportDocument,
  { interactive }: HtmlOptions = {},
): Promise<HtmlReport> {
  const sections: string[] = [];
  for (const [index, section] of report.sections.entries()) {
    sections.push(index === 0 ? await firstSection(report, section) : await sectionToHtml(section));
  }
  if (report.whatIf !== undefined) sections.splice(1, 0, whatIfSection(report.whatIf));
  const live = interactive === true ? await createLiveCharts(report) : undefined;
  const html = page(report, sections.join("\n"), live);
  const sizeBytes = Buffer.byteLength(html, "utf8");
  if (sizeBytes < WARN_FROM_BYTES) return { html, sizeBytes };
  const megabytes = formatSignificant(sizeBytes / 1e6);
  return {
    html,
    sizeBytes,
    warning:
      `report.html is ${megabytes} MB; browsers open pages over 10 MB slowly and mail programs refuse them. ` +
      "Fewer variants make a smaller report; report.md has the same content without drawings.",
  };
}

function page(
  report: ReportDocument,
  main: string,
  liveCharts: LiveChartsPart | undefined,
): string {
  const isLive = report.whatIf !== undefined;
  const own = [
    PAGE_SCRIPT,
    ...(isLive ? [WHAT_IF_SCRIPT] : []),
    ...(liveCharts === undefined ? [] : [LIVE_CHARTS_SCRIPT]),
  ];
  const scripts = [
    ...(liveCharts === undefined ? [] : [`\n${liveCharts.program}\n`]),
    `\n${own.join("\n")}\n`,
  ];
  const hashes = scripts.map(
    (script) => `'sha256-${createHash("sha256").update(script, "utf8").digest("base64")}'`,
  );
  // A worker that simulates comes out of the page itself, and may load nothing either.
  const policy =
    `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${hashes.join(" ")}; ` +
    `${isLive ? "worker-src blob:; " : ""}base-uri 'none'; form-action 'none'`;
  const charts =
    liveCharts === undefined
      ? ""
      : `<script type="text/plain" id="live-charts-data">${liveCharts.data}</script>\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Headroom">
<title>${escapeHtml(report.title)}</title>
<style>
${STYLE_SHEET}${isLive ? WHAT_IF_STYLE : ""}${liveCharts === undefined ? "" : LIVE_CHARTS_STYLE}
</style>
</head>
<body>
<a class="skip" href="#content">Skip to the answer</a>
<div class="page">
${main}
</main>
<footer>Made by Headroom. This page loads nothing from anywhere; every figure in it was computed in the runs it names.</footer>
</div>
${charts}${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** Page one: header and first section together, then the way to everything else. */
async function firstSection(report: ReportDocument, section: ReportSection): Promise<string> {
  const [headlines, rest] = partition(section.blocks, (block) => block.kind === "headline");
  const headline = headlines.map(headlineToHtml).join("\n");
  const kicker =
    report.kicker === undefined ? "" : `<p class="kicker">${escapeHtml(report.kicker)}</p>\n`;
  const subtitle =
    report.subtitle === undefined ? "" : `\n<p class="subtitle">${escapeHtml(report.subtitle)}</p>`;
  return `<header>
${kicker}<h1>${escapeHtml(report.title)}</h1>
</header>
<main id="content">
<section class="answer" id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${escapeHtml(section.title)}</h2>
${headline}${subtitle}
${await blocksToHtml(rest)}
</section>
${contents(report)}`;
}

function partition<Item>(
  items: readonly Item[],
  belongs: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

function headlineToHtml(block: ReportBlock): string {
  if (block.kind !== "headline") return "";
  const [first, rest] = firstSentence(keepUnits(block.sentence));
  const size = first.length > 110 ? " long" : "";
  const more = rest === "" ? "" : `\n<p class="headline-rest">${escapeHtml(rest)}</p>`;
  return `<p class="headline${size}">${escapeHtml(first)}</p>${more}`;
}

/** A number and its unit stay on one line. */
function keepUnits(sentence: string): string {
  return sentence.replace(
    /(\d) (%|ns|µs|ms|s|min|h|d|y|k?W|MW|kWh|[KMGT]i?B|[A-Z]{3}|GPUs?)(?![\p{L}\d])/gu,
    "$1\u00a0$2",
  );
}

/** The first sentence stands large, what follows it in the size of text. */
function firstSentence(text: string): readonly [string, string] {
  const end = /[.!?]\s+(?=[“"‘(]?[\p{Lu}“"])/u.exec(text);
  if (end === null) return [text, ""];
  return [text.slice(0, end.index + 1), text.slice(end.index + end[0].length)];
}

function contents({ sections, whatIf }: ReportDocument): string {
  const live = whatIf === undefined ? [] : [{ id: "what-if", title: "What if …" }];
  const links = [...live, ...sections.slice(1)].map(
    ({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`,
  );
  if (links.length === 0) return "";
  return `<nav class="contents" aria-label="Contents"><ol>\n${links.join("\n")}\n</ol></nav>`;
}

async function sectionToHtml(section: ReportSection): Promise<string> {
  const { id, title, blocks, explanation, folded } = section;
  const how =
    explanation === undefined
      ? ""
      : `<details class="explanation"><summary>How to read this</summary><p>${escapeHtml(explanation)}</p></details>\n`;
  const body = how + (await blocksToHtml(blocks));
  const content =
    folded === true ? `<details class="folded"><summary>Show</summary>\n${body}\n</details>` : body;
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${escapeHtml(title)}</h2>
${content}
</section>`;
}

async function blocksToHtml(blocks: readonly ReportBlock[]): Promise<string> {
  const parts: string[] = [];
  for (const block of blocks) parts.push(await blockToHtml(block));
  return parts.join("\n");
}

const VERDICT_WORDS = { pass: "✓ Good", warn: "▲ Note", fail: "✗ Failed" } as const;

async function blockToHtml(block: ReportBlock): Promise<string> {
  switch (block.kind) {
    case "text":
      return markdownToHtml(block.markdown);
    case "table":
      return tableToHtml(block);
    case "chart":
      return chartToHtml(block);
    case "verdict":
      return `<p class="verdict ${block.status}"><b>${VERDICT_WORDS[block.status]}.</b> ${escapeHtml(block.summary)}</p>`;
    case "headline":
      return headlineToHtml(block);
    case "commands": {
      const lines = block.lines.map(escapeHtml).join("\n");
      return `<div class="commands"><p>${escapeHtml(block.label)}</p><pre tabindex="0"><code>${lines}</code></pre></div>`;
    }
  }
}

/** A chart's answer has one line per configuration. */
function descriptionToHtml(description: string): string {
  return description
    .split("\n")
    .map((line) => `<span>${escapeHtml(line)}</span>`)
    .join("");
}

async function chartToHtml(chart: ChartBlock): Promise<string> {
  const labels = { title: chart.title, description: chart.description };
  const wide = await renderSvg(chart.vegaLite, { ...labels, id: `drawing-${chart.id}-wide` });
  const drawings =
    chart.vegaLiteNarrow === undefined
      ? wide
      : `<div class="wide">${wide}</div>\n<div class="narrow">${await renderSvg(
          chart.vegaLiteNarrow,
          {
            ...labels,
            id: `drawing-${chart.id}-narrow`,
          },
        )}</div>`;
  const data =
    chart.data === undefined
      ? ""
      : `\n<details><summary>Data behind this chart</summary>\n${tableToHtml(chart.data, { isData: true })}\n</details>`;
  return `<figure id="chart-${chart.id}">
<figcaption><strong>${escapeHtml(chart.title)}</strong>${descriptionToHtml(chart.description)}</figcaption>
<div class="drawing">
${drawings}
</div>${data}
</figure>`;
}
