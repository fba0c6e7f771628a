import { formatNumber } from "../base/units.js";
import type { LatencySummary, ServingSummary } from "../simulation/serving/summary.js";
import { alignColumns, wrapText, countText } from "./text-layout.js";

/** What `headroom serve --json` prints. */
export interface ServeDocument extends ServingSummary {
  readonly schema: "headroom/serve/v1";
  readonly model: string;
  readonly gpu: string;
  /** Of all replicas. */
  readonly gpus: number;
  readonly replicas: number;
  readonly tensorParallel: number;
  readonly router: string;
  /** Of one replica. */
  readonly cacheBlocks: number;
  readonly trace: {
    readonly file: string;
    readonly format: string;
    readonly brokenRows: number;
    readonly unanswered: number;
  };
  readonly assumptions: readonly {
    readonly what: string;
    readonly source: string;
    readonly provenance: "published" | "assumed" | "given";
  }[];
}

/** The same for people. */
export function serveLines(document: ServeDocument): string[] {
  const { model, gpu, gpus, replicas, tensorParallel, requests, trace } = document;
  const each = tensorParallel === 1 ? "" : ` of ${tensorParallel} GPUs`;
  const latency = (name: string, { mean, p50, p95, p99 }: LatencySummary): string[] => [
    name,
    ...[mean, p50, p95, p99].map((value) => (value === null ? "-" : seconds(value))),
  ];
  const rows = [
    ["", "mean", "p50", "p95", "p99"],
    latency("time to first token", document.ttftS),
    latency("time per output token", document.tpotS),
    latency("end to end", document.e2eS),
  ];
  const lines = [
    `${model} on ${gpus} × ${gpu}: ${replicas} ${replicas === 1 ? "replica" : "replicas"}${each}`,
    `${countText(requests.count)} requests at ${formatNumber(requests.perS)} per second (${trace.format})`,
    "",
    ...alignColumns(rows),
    "",
    `  ${countText(Math.round(document.outputTokensPerS))} output tokens per second; ${countText(document.cacheBlocks)} blocks of cache per replica`,
    `  ${countText(document.preemptions)} times a request lost its cache and began again; the last answer came ${seconds(document.drainS)} after the last arrival`,
  ];
  if (requests.rejected > 0)
    lines.push(
      `  ${countText(requests.rejected)} requests are larger than the cache of a replica and were rejected`,
    );
  if (trace.brokenRows > 0)
    lines.push(`  Broken rows of the trace, left out: ${countText(trace.brokenRows)}`);
  if (trace.unanswered > 0)
    lines.push(`  Rows that ask for no answer, left out: ${countText(trace.unanswered)}`);
  return [
    ...lines,
    "",
    "What this rests on:",
    ...document.assumptions.map(
      ({ what, source, provenance }) => `  ${wrapText(`${what}, ${provenance}: ${source}`, 2)}`,
    ),
  ];
}

function seconds(value: number): string {
  return value < 1 ? `${formatNumber(value * 1000)} ms` : `${formatNumber(value)} s`;
}
