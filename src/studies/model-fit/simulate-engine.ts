import { createRandomStreams } from "../../engine/streams.js";
import type { PlannedReplica } from "../../performance/llm/replica-plan.js";
import { simulateServing } from "../../simulation/serving/simulate-serving.js";
import type { ServingRun } from "../../simulation/serving/serving-spec.js";
import { quantileOfSorted } from "../../stats/quantile.js";
import type { LatencyGoalName } from "./goals.js";
import type { FitQuestion } from "./layouts.js";

/** What one engine did in a simulation with requests that arrive at random. */
export interface SimulatedService {
  /** Requests per second of one engine. */
  readonly requestsPerS: number;
  /** Requests the percentiles are over. */
  readonly requests: number;
  readonly ttftMeanS: number;
  readonly ttftP95S: number;
  readonly tpotMeanS: number;
  readonly tpotP95S: number;
  /** True where every goal held. */
  readonly holds: boolean;
}

type Asked = Pick<
  FitQuestion,
  "promptTokens" | "outputTokens" | "batchTokensMax" | "requestsMax" | "goals"
>;

const SEED = 1;
const REQUESTS_MIN = 400;
const REQUESTS_MAX = 3000;

/** Simulates one engine at a rate, with Poisson arrivals of equal requests; the first part is left to warm up. */
export function simulateAt(
  asked: Asked,
  plan: PlannedReplica,
  requestsPerS: number,
  inFlight: number,
): SimulatedService {
  const measured = Math.min(REQUESTS_MAX, Math.max(REQUESTS_MIN, 8 * Math.ceil(inFlight)));
  const warmUp = Math.min(REQUESTS_MAX, 3 * Math.ceil(inFlight) + 20);
  const count = warmUp + measured;
  const arrivals = createRandomStreams(SEED).stream("arrivals");
  const arrivalS = new Float64Array(count);
  let timeS = 0;
  for (let request = 0; request < count; request++) {
    timeS += arrivals.exponential(1 / requestsPerS);
    arrivalS[request] = timeS;
  }
  const run = runEngine(asked, plan, arrivalS, asked.requestsMax);
  const of = (values: Float64Array): { readonly mean: number; readonly p95: number } => {
    const kept = values
      .slice(warmUp)
      .filter((value) => !Number.isNaN(value))
      .sort();
    const mean = kept.reduce((sum, value) => sum + value, 0) / Math.max(1, kept.length);
    return { mean, p95: quantileOfSorted(kept, 0.95) ?? 0 };
  };
  const [ttft, tpot] = [of(run.ttftS), of(run.tpotS)];
  const found: Readonly<Record<LatencyGoalName, number>> = {
    "ttft-mean": ttft.mean,
    "ttft-p95": ttft.p95,
    "tpot-mean": tpot.mean,
    "tpot-p95": tpot.p95,
  };
  return {
    requestsPerS,
    requests: measured,
    ttftMeanS: ttft.mean,
    ttftP95S: ttft.p95,
    tpotMeanS: tpot.mean,
    tpotP95S: tpot.p95,
    holds: asked.goals.every(({ name, targetS }) => found[name] <= targetS),
  };
}

/**
 * The rate of the closed form where a simulation of it keeps the goals, else the highest share of it (to 1/32) at
 * which the simulation does; undefined where none does.
 */
export function confirmRate(
  asked: Asked,
  plan: PlannedReplica,
  requestsPerS: number,
  inFlight: number,
): SimulatedService | undefined {
  const whole = simulateAt(asked, plan, requestsPerS, inFlight);
  if (whole.holds) return whole;
  let best: SimulatedService | undefined;
  let low = 0;
  let high = 1;
  for (let turn = 0; turn < 5; turn++) {
    const share = (low + high) / 2;
    const found = simulateAt(asked, plan, requestsPerS * share, inFlight * share);
    if (found.holds) {
      best = found;
      low = share;
    } else high = share;
  }
  return best;
}

/** KAITO's own benchmark after the model is loaded: 60 s of 2048 tokens in and 256 out. */
export const KAITO_BENCHMARK = {
  durationS: 60,
  promptTokens: 2048,
  outputTokens: 256,
  source:
    "kaito-project/kaito@068cad3 presets/workspace/inference/vllm/benchmark_entrypoint.py: prompt and generated tokens per minute, with num_gpu_blocks / ceil(2304 / 16) requests in flight, at most max_num_seqs",
} as const;

/**
 * `peakTokensPerMinute` as KAITO's benchmark would find it: prompts and answers of one engine in 60 simulated
 * seconds with the cache full; undefined where not one such request fits.
 */
export function peakTokensPerMinute(
  asked: Pick<Asked, "batchTokensMax" | "requestsMax">,
  plan: PlannedReplica,
): number | undefined {
  const { durationS, promptTokens, outputTokens } = KAITO_BENCHMARK;
  const perRequest = Math.ceil((promptTokens + outputTokens) / 16);
  const inFlight = Math.min(asked.requestsMax, Math.floor(plan.cacheBlocks / perRequest));
  if (inFlight === 0) return undefined;
  const oneS = plan.stepTime.stepS({
    prefills: [],
    decodes: inFlight,
    decodeCacheTokens: inFlight * promptTokens,
    decodeCacheTokensMax: promptTokens,
  });
  const turns = Math.ceil(durationS / (oneS * outputTokens)) + 1;
  const count = Math.min(50_000, inFlight * turns);
  const run = runEngine(
    { ...asked, promptTokens, outputTokens },
    plan,
    new Float64Array(count),
    inFlight,
  );
  let tokens = 0;
  for (let request = 0; request < count; request++) {
    const firstS = run.ttftS[request]! - plan.stepTime.beforeS;
    if (!(firstS <= durationS)) continue;
    const tailS = run.tpotS[request]! * (outputTokens - 1);
    const share = Math.min(1, (durationS - firstS) / tailS);
    tokens += promptTokens + 1 + share * (outputTokens - 1);
  }
  return (tokens * 60) / durationS;
}

function runEngine(
  {
    promptTokens,
    outputTokens,
    batchTokensMax,
  }: Pick<Asked, "promptTokens" | "outputTokens" | "batchTokensMax">,
  { stepTime, cacheBlocks }: PlannedReplica,
  arrivalS: Float64Array,
  requestsMax: number,
): ServingRun {
  const count = arrivalS.length;
  return simulateServing({
    requests: {
      count,
      arrivalS,
      promptTokens: new Int32Array(count).fill(promptTokens),
      outputTokens: new Int32Array(count).fill(outputTokens),
    },
    replica: { stepTime, cacheBlocks, batchTokensMax, requestsMax },
    replicas: 1,
    router: "round-robin",
  });
}
