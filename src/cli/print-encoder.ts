import { formatNumber } from "../base/units.js";
import { saturationText, secondsText } from "../studies/serve/plan-words.js";
import type { EncoderDocument } from "../studies/serve/run-encoder.js";
import { assumptionLines } from "./print-serve.js";
import { alignColumns, countText, wrapText } from "./text-layout.js";

const LATENCIES = [
  ["latency", "latencyS"],
  ["of that waiting", "waitS"],
  ["of that work", "serviceS"],
] as const;

/** The result of an encoder for people. */
export function encoderLines(document: EncoderDocument): string[] {
  const { what, replicas, cpuCores, gpus, requests, requestsPerS, traffic, target } = document;
  const { capacityPerS, busyShare } = document;
  const rate = requestsPerS === null ? "" : ` at ${formatNumber(requestsPerS)} per second`;
  const seed = traffic.seed === null ? "" : `, seed ${traffic.seed}`;
  const rows = LATENCIES.map(([name, key]) => {
    const { mean, p50, p95, p99 } = document[key];
    return [
      name,
      ...[mean, p50, p95, p99].map((value) => (value === null ? "-" : secondsText(value))),
    ];
  });
  return [
    `${what}: ${replicas} ${replicas === 1 ? "replica" : "replicas"}, ${cpuCores} CPU cores and ${gpus} GPUs in all`,
    `${countText(requests)} requests${rate} (${traffic.name}${seed})`,
    "",
    ...alignColumns([["", "mean", "p50", "p95", "p99"], ...rows]),
    "",
    `  ${wrapText(saturationText(document.saturation), 2)}`,
    `  busy ${formatNumber(100 * busyShare)} % of the time; it could answer ${formatNumber(capacityPerS)} of these requests per second`,
    ...(target === null
      ? []
      : [
          `  ${formatNumber(100 * target.metShare)} % of the requests take at most ${secondsText(target.latencyS)}`,
        ]),
    "",
    ...assumptionLines(document.assumptions),
  ];
}
