import type { StageAssumption } from "../../scenario/services/encoder-stage.js";
import { judgeSaturation, type Saturation } from "../../simulation/serving/judge-saturation.js";
import { runStages } from "../../simulation/stages/run-stages.js";
import { summarizeInPlace, type DistributionSummary } from "../../stats/quantile.js";
import type { ServeAssumption, Traffic } from "./traffic.js";

/** A model that reads a text in one go and writes no tokens, and the requests to it. */
export interface EncoderService {
  /** What it is and runs on, in words. */
  readonly what: string;
  /** Requests that all replicas together work on at once. */
  readonly servers: number;
  readonly replicas: number;
  /** Of all replicas; 0 where nobody said. */
  readonly cpuCores: number;
  readonly gpus: number;
  /** Seconds of a text of so many tokens, without waiting. */
  readonly secondsOf: (tokens: number) => number;
  readonly assumptions: readonly StageAssumption[];
}

/** What `headroom serve encoder --json` prints. */
export interface EncoderDocument {
  readonly schema: "headroom/encoder/v1";
  readonly what: string;
  readonly replicas: number;
  readonly servers: number;
  readonly cpuCores: number;
  readonly gpus: number;
  readonly traffic: { readonly name: string; readonly seed: number | null };
  readonly requests: number;
  /** That came, from the first arrival to the last; null with fewer than two times. */
  readonly requestsPerS: number | null;
  /** Most it could answer of these requests. */
  readonly capacityPerS: number;
  /** Without waiting, with all, and waiting alone. Seconds. */
  readonly serviceS: DistributionSummary;
  readonly latencyS: DistributionSummary;
  readonly waitS: DistributionSummary;
  /** Work over servers and the time from the first arrival to the last answer, 0 to 1. */
  readonly busyShare: number;
  readonly saturation: Saturation;
  /** Null without a target. */
  readonly target: { readonly latencyS: number; readonly metShare: number } | null;
  readonly assumptions: readonly ServeAssumption[];
}

/** Lets the requests of a traffic line up before an encoder: first come, first served, one place for all replicas. */
export function runEncoder(
  encoder: EncoderService,
  traffic: Traffic,
  seed: number,
  targetS: number | undefined,
): EncoderDocument {
  const { arrivalS, promptTokens, count } = traffic.demand(seed);
  const { what, servers, replicas, cpuCores, gpus, secondsOf } = encoder;
  const serviceS = Float64Array.from(promptTokens, secondsOf);
  const { leftS, stages } = runStages(arrivalS, [
    { name: "encoder", servers, seconds: (request) => serviceS[request]! },
  ]);
  const latencyS = leftS.map((left, request) => left - arrivalS[request]!);
  const spanS = count === 0 ? 0 : arrivalS[count - 1]! - arrivalS[0]!;
  const met = latencyS.filter((seconds) => seconds <= (targetS ?? Infinity)).length;
  const saturation = judgeSaturation({
    arrivalS,
    firstTokenS: leftS,
    ...(targetS === undefined ? {} : { waitToleratedS: targetS }),
  });
  const { workS, waitS, busyShare } = stages[0]!;
  return {
    schema: "headroom/encoder/v1",
    ...{ what, replicas, servers, cpuCores, gpus },
    traffic: { name: traffic.name, seed: traffic.isDrawn ? seed : null },
    requests: count,
    requestsPerS: spanS > 0 ? count / spanS : null,
    capacityPerS: (servers * count) / workS,
    serviceS: summarizeInPlace(serviceS),
    latencyS: summarizeInPlace(latencyS),
    waitS: summarizeInPlace(Float64Array.from(waitS)),
    busyShare,
    saturation,
    target: targetS === undefined ? null : { latencyS: targetS, metShare: met / count },
    assumptions: [
      ...encoder.assumptions.map(({ what: name, value, source, provenance }) => ({
        what: `${name}: ${value}`,
        source,
        provenance,
      })),
      ...traffic.assumptions,
    ],
  };
}
