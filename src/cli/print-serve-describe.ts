import { formatDuration, formatNumber } from "../base/units.js";
import type { RequestsRead } from "../workload/requests/read-requests.js";
import type { ColumnSummary, RequestsDescription } from "../workload/requests/describe-requests.js";
import { columns, plotStyle } from "./print-trace-plots.js";
import { alignColumns, countText, wrapText } from "./text-layout.js";

const PLOT_HEIGHT = 6;

/** What is in a request trace, for people. */
export function describeLines(
  path: string,
  read: RequestsRead,
  description: RequestsDescription,
): string[] {
  const { requests, spanS, requestsPerS, promptTokensPerS, outputTokensPerS } = description;
  return [
    `${path} (${read.format})`,
    `${countText(requests)} requests${read.hasArrivals ? ` in ${formatDuration(spanS)}: ${formatNumber(requestsPerS)} per second` : "; the file does not say when they came"}`,
    ...(spanS > 0
      ? [
          `${formatNumber(promptTokensPerS)} prompt tokens and ${formatNumber(outputTokensPerS)} output tokens per second`,
        ]
      : []),
    "",
    ...alignColumns([
      ["tokens", "mean", "min", "p5", "p25", "p50", "p75", "p90", "p95", "p99", "max"],
      lengthRow("prompt", description.promptTokens),
      lengthRow("answer", description.outputTokens),
    ]),
    ...arrivalLines(description),
    ...sharedLines(description),
    ...rowLines(read),
  ];
}

function lengthRow(name: string, summary: ColumnSummary): string[] {
  const { mean, min, p5, p25, p50, p75, p90, p95, p99, max } = summary;
  return [
    name,
    ...[mean, min, p5, p25, p50, p75, p90, p95, p99, max].map((value) =>
      countText(Math.round(value)),
    ),
  ];
}

function arrivalLines({ arrivals, spanS, lengthCorrelation }: RequestsDescription): string[] {
  const { gapVariation, minuteDispersion, busiest, rateOverTime } = arrivals;
  if (!(spanS > 0)) return [];
  const max = rateOverTime.reduce((most, rate) => Math.max(most, rate), 0);
  const busy = (["second", "minute", "hour"] as const).flatMap((unit) => {
    const rate = busiest[unit];
    return rate === null ? [] : [`${formatNumber(rate)} in the busiest ${unit}`];
  });
  const lines = [
    "",
    `Requests per second over the trace, each column ${formatDuration(spanS / rateOverTime.length)}, up to ${formatNumber(max)}`,
    ...columns(rateOverTime, { max, height: PLOT_HEIGHT }, plotStyle()).map((line) => `  ${line}`),
    "",
  ];
  if (busy.length > 0) lines.push(`  ${busy.join(", ")}`);
  if (gapVariation !== null)
    lines.push(
      `  ${wrapText(`variation of the gaps ${formatNumber(gapVariation)}: ${gapWords(gapVariation)}`, 2)}`,
    );
  if (minuteDispersion !== null)
    lines.push(
      `  ${wrapText(`requests per minute vary ${formatNumber(minuteDispersion)} times as much as a steady Poisson process`, 2)}`,
    );
  if (lengthCorrelation !== null)
    lines.push(
      `  long prompts go with long answers: correlation ${formatNumber(lengthCorrelation)}`,
    );
  return lines;
}

function gapWords(variation: number): string {
  if (variation < 0.8) return "more even than a Poisson process";
  return variation <= 1.25 ? "about a Poisson process, 1" : "bursts; a Poisson process has 1";
}

function sharedLines(description: RequestsDescription): string[] {
  const { classes, adapters, prefixes, conversations } = description;
  const list = (
    what: string,
    without: string,
    items: readonly { readonly name: string; readonly requests: number }[],
  ): string[] =>
    items.length === 0
      ? []
      : [
          `  ${wrapText(`${what}: ${items.map(({ name, requests }) => `${name === "" ? without : name} ${countText(requests)}`).join(", ")}`, 2)}`,
        ];
  const lines = [
    ...list("classes", "none", classes),
    ...list("adapters", "the bare model", adapters),
    ...(prefixes === null
      ? []
      : [
          `  ${countText(prefixes.groups)} shared beginnings hold ${formatNumber(100 * prefixes.tokenShare)} % of all prompt tokens`,
        ]),
    ...(conversations === null
      ? []
      : [
          `  ${countText(conversations.count)} conversations of ${formatNumber(conversations.turnsMean)} turns on average`,
        ]),
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}

function rowLines(read: RequestsRead): string[] {
  const line = (what: string, count: number): string[] =>
    count > 0 ? [`  ${what}: ${countText(count)}`] : [];
  const lines = [
    ...line("Broken rows, left out", read.problemCount),
    ...read.problems
      .slice(0, 5)
      .map(({ line: at, message }) => `    ${wrapText(`line ${at ?? 1}: ${message}`, 4)}`),
    ...line("Rows that ask for no answer, left out", read.unanswered),
    ...line("Requests the measured service did not answer, left out", read.failed),
    ...line("Rows out of order, sorted in", read.outOfOrder),
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}
