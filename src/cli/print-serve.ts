import { formatNumber } from "../base/units.js";
import type { LatencySummary } from "../simulation/serving/summary.js";
import { percentText, saturationText, secondsText } from "../studies/serve/plan-words.js";
import type { ServeDocument } from "../studies/serve/run-serve.js";
import type { ServeAssumption } from "../studies/serve/traffic.js";
import { alignColumns, countText, wrapText } from "./text-layout.js";

const LATENCY_NAMES = {
  ttftS: "time to first token",
  tpotS: "time per output token",
  e2eS: "end to end",
} as const;

/** The result of a service for people. */
export function serveLines(document: ServeDocument): string[] {
  const { model, gpu, gpus, replicas, tensorParallel, requests, trace, traffic } = document;
  const each = tensorParallel === 1 ? "" : ` of ${tensorParallel} GPUs`;
  const decode =
    document.decodeReplicas === 0 ? "" : `, of which ${document.decodeReplicas} only decode`;
  const from = trace === null ? `drawn: ${traffic.name}, seed ${traffic.seed ?? 0}` : trace.format;
  return [
    `${model} on ${gpus} × ${gpu}: ${replicas} ${replicas === 1 ? "replica" : "replicas"}${each}${decode}`,
    `${countText(requests.count)} requests at ${formatNumber(requests.perS)} per second (${from})`,
    "",
    ...alignColumns(latencyRows(document)),
    ...classLines(document),
    "",
    ...verdictLines(document),
    ...figureLines(document),
    ...traceLines(document),
    "",
    ...assumptionLines(document.assumptions),
  ];
}

function latencyRows(document: ServeDocument): string[][] {
  const { measured, goodput } = document;
  const target = (latency: keyof typeof LATENCY_NAMES): string[] => {
    if (goodput === null) return [];
    const value = goodput.targets[latency];
    return [value === undefined ? "" : `p${percentText(goodput.targets)} ≤ ${secondsText(value)}`];
  };
  const rows = [["", "mean", "p50", "p95", "p99", ...(goodput === null ? [] : ["target"])]];
  for (const latency of Object.keys(LATENCY_NAMES) as (keyof typeof LATENCY_NAMES)[]) {
    rows.push([LATENCY_NAMES[latency], ...cellsOf(document[latency]), ...target(latency)]);
    if (measured !== null) {
      rows.push(["  measured", ...cellsOf(measured[latency])]);
      rows.push(["  simulated is", ...errorsOf(document[latency], measured[latency])]);
    }
    if (latency === "tpotS") rows.push(["between two tokens", ...cellsOf(document.itlS)]);
  }
  return rows;
}

/** What users of each class see, where there are several. */
function classLines({ classes }: ServeDocument): string[] {
  if (classes.length === 0) return [];
  const p95 = (latency: LatencySummary): string =>
    latency.p95 === null ? "-" : secondsText(latency.p95);
  const rows = classes.map((one) => [
    one.name,
    countText(one.requests),
    p95(one.ttftS),
    p95(one.tpotS),
    p95(one.e2eS),
    one.goodShare === null ? "-" : `${formatNumber(100 * one.goodShare)} %`,
  ]);
  const header = [
    "class",
    "requests",
    "first token p95",
    "per token p95",
    "end to end p95",
    "promise met",
  ];
  return ["", ...alignColumns([header, ...rows])];
}

const KEYS = ["mean", "p50", "p95", "p99"] as const;

function cellsOf(latency: LatencySummary): string[] {
  return KEYS.map((key) => {
    const value = latency[key];
    return value === null ? "-" : secondsText(value);
  });
}

function errorsOf(simulated: LatencySummary, measured: LatencySummary): string[] {
  return KEYS.map((key) => {
    const [ours, theirs] = [simulated[key], measured[key]];
    if (ours === null || theirs === null || theirs === 0) return "-";
    const error = 100 * (ours / theirs - 1);
    return `${error < 0 ? "−" : "+"}${formatNumber(Math.abs(error), { digits: 3 })} %`;
  });
}

function verdictLines({ saturation, goodput }: ServeDocument): string[] {
  const lines = [`  ${wrapText(saturationText(saturation), 2)}`];
  if (goodput !== null)
    lines.push(
      `  ${formatNumber(100 * goodput.share)} % of the requests meet every target: ${formatNumber(goodput.requestsPerS)} per second of goodput`,
    );
  return lines;
}

function figureLines(document: ServeDocument): string[] {
  const { cost, requests } = document;
  const lines = [
    `  ${countText(Math.round(document.outputTokensPerS))} output tokens per second; ${countText(document.cacheBlocks)} blocks of cache per replica`,
    `  ${countText(document.preemptions)} times a request lost its cache and began again; the last answer came ${secondsText(document.drainS)} after the last arrival`,
  ];
  const { prefixFoundShare } = document;
  if (prefixFoundShare !== undefined)
    lines.push(
      `  ${formatNumber(100 * prefixFoundShare)} % of the prompt tokens were found in the prefix cache`,
    );
  if (cost !== null)
    lines.push(
      `  ${formatNumber(cost.usdPerHour)} US dollars per hour: ${formatNumber(cost.usdPerMillionOutputTokens)} per million output tokens, ${formatNumber(cost.usdPerMillionTokens)} with prompts`,
    );
  if (document.refused > 0)
    lines.push(`  ${countText(document.refused)} requests were turned away with HTTP 429`);
  if (document.gaveUp > 0)
    lines.push(`  ${countText(document.gaveUp)} requests waited too long and left`);
  if (requests.rejected > 0)
    lines.push(
      `  ${countText(requests.rejected)} requests are larger than a replica can hold and were rejected`,
    );
  return lines;
}

function traceLines({ trace }: ServeDocument): string[] {
  if (trace === null) return [];
  const line = (what: string, count: number): string[] =>
    count > 0 ? [`  ${what}: ${countText(count)}`] : [];
  return [
    ...line("Broken rows of the trace, left out", trace.brokenRows),
    ...line("Rows that ask for no answer, left out", trace.unanswered),
    ...line("Requests the measured service did not answer, left out", trace.failed),
    ...line("Rows out of order, sorted in", trace.outOfOrder),
  ];
}

/** What a result rests on. */
export function assumptionLines(assumptions: readonly ServeAssumption[]): string[] {
  return [
    "What this rests on:",
    ...assumptions.map(
      ({ what, source, provenance }) => `  ${wrapText(`${what}, ${provenance}: ${source}`, 2)}`,
    ),
  ];
}
