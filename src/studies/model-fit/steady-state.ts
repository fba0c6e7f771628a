import { log } from "../../base/elementary.js";
import type { StepBatch, StepTimeModel } from "../../performance/llm/step-time.js";

/** One engine and the requests it serves, all alike. */
export interface SteadyQuestion {
  readonly stepTime: StepTimeModel;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** `max_num_batched_tokens`. */
  readonly batchTokensMax: number;
  /** Requests in flight. */
  readonly concurrency: number;
  /**
   * `at-random`: so many are in flight on average, and who comes finds them all. `when-others-end`: there are always
   * exactly so many, so that a request shares steps with one fewer; a single one with nobody.
   */
  readonly arrivals: "at-random" | "when-others-end";
}

/** What one engine does in steady state with so many requests in flight. */
export interface SteadyState {
  readonly requestsPerS: number;
  readonly outputTokensPerS: number;
  readonly ttftMeanS: number;
  readonly ttftP95S: number;
  readonly tpotMeanS: number;
  readonly tpotP95S: number;
  /** Share of the token budget of steps that prompts use; 1 where prompts are what holds the engine up. */
  readonly prefillLoad: number;
}

/** 95 % point of the standard normal distribution. */
const Z95 = 1.6448536269514722;

/**
 * Continuous batching in steady state, by the step-time model and without a simulation.
 *
 * A request takes k = ⌈N / (budget − decodes)⌉ steps for its prompt and M − 1 further ones; with c requests in flight
 * f = c / (k + M − 1) of them begin in each step, and c·(M − 1) / (k + M − 1) decode. A share q = min(1, f·k) of the steps
 * has a chunk of a prompt in it. Where prompts need more than the budget leaves, f = budget / (N + M − 1).
 *
 * Percentiles: a request's share of steps with a chunk is binomial (normal approximation); a prompt waits for the
 * step under way and for prompts before it as in M/D/1 with the exponential tail of heavy traffic (Kingman 1962).
 *
 * Where requests come when others end, a request meets the c − 1 others only (mean value analysis, Reiser and Lavenberg
 * 1980), and comes between two steps; where prompts hold the engine up, it waits as long as Little's law says.
 *
 * *Validity*: equal requests, no prefix cache, nobody loses its cache. The `check model` answer says
 * what a simulation of the same finds.
 */
export function steadyState(question: SteadyQuestion): SteadyState {
  const { stepTime, promptTokens: prompt, outputTokens: output, concurrency } = question;
  const decodeSteps = Math.max(0, output - 1);
  const flow = flowOf(question);
  const steps = stepsOf(question, flow);
  const { decodes, chunkShare, begunPerStep } = flow;
  const meanS = chunkShare * steps.mixedS(decodes) + (1 - chunkShare) * steps.decodeS(decodes);
  const requestsPerS = begunPerStep / meanS;
  const isClosed = question.arrivals === "when-others-end";
  const others = isClosed ? (concurrency - 1) / concurrency : 1;
  // What a request meets while it decodes, and while its prompt is computed.
  const beside = isClosed && decodeSteps > 0 ? 1 + decodes * others : decodes;
  const decodeOnlyS = steps.decodeS(beside);
  const mixedS = steps.mixedS(beside);
  const otherShare = chunkShare * others;
  const ownMeanS = otherShare * mixedS + (1 - otherShare) * decodeOnlyS;
  const spreadOfShare =
    decodeSteps === 0 ? 0 : Z95 * Math.sqrt((otherShare * (1 - otherShare)) / decodeSteps);
  const share95 = Math.min(1, otherShare + spreadOfShare);
  const endS =
    decodeSteps === 0 ? 0 : (stepTime.afterS + stepTime.perTokenS * output) / decodeSteps;
  const room = Math.max(1, question.batchTokensMax - decodes);
  const load = Math.min(1, (begunPerStep * prompt) / room);
  const otherLoad = load * others;
  const promptStepS = steps.mixedS(decodes * others);
  const serviceS = flow.prefillSteps * promptStepS;
  const waitMeanS =
    otherLoad < 1 ? (otherLoad * serviceS) / (2 * (1 - otherLoad)) : Number.POSITIVE_INFINITY;
  // Who is in flight and does not decode waits for its first token (Little's law).
  const queuedS = concurrency / requestsPerS - decodeSteps * ownMeanS;
  const first =
    isClosed && chunkShare === 1
      ? { meanS: Math.max(serviceS, queuedS), p95S: Math.max(serviceS, queuedS) }
      : {
          meanS: (isClosed ? 0 : meanS / 2) + waitMeanS + serviceS,
          p95S: (isClosed ? 0 : mixedS) + waitP95S(otherLoad, waitMeanS) + serviceS,
        };
  return {
    requestsPerS,
    outputTokensPerS: requestsPerS * output,
    ttftMeanS: stepTime.beforeS + first.meanS,
    ttftP95S: stepTime.beforeS + first.p95S,
    tpotMeanS: ownMeanS + endS,
    tpotP95S: share95 * mixedS + (1 - share95) * decodeOnlyS + endS,
    prefillLoad: Math.min(load, concurrency),
  };
}

/** Seconds of a step with so many decoding requests: alone, and with a chunk of a prompt. */
function stepsOf(
  { stepTime, promptTokens: prompt, outputTokens: output }: SteadyQuestion,
  { begunPerStep, chunkShare }: ReturnType<typeof flowOf>,
): {
  readonly decodeS: (decodes: number) => number;
  readonly mixedS: (decodes: number) => number;
} {
  const context = prompt + output / 2;
  const tokens = (begunPerStep * prompt) / chunkShare;
  const cachedTokens = Math.max(0, (prompt - tokens) / 2);
  return {
    decodeS: (decodes) => (decodes > 0 ? stepTime.stepS(batchOf(decodes, context, [])) : 0),
    mixedS: (decodes) =>
      stepTime.stepS(batchOf(decodes, context, [{ tokens, cachedTokens, promptTokens: prompt }])),
  };
}

/** Where the requests in flight are. Steps are the unit of time. */
function flowOf({
  promptTokens: prompt,
  outputTokens: output,
  concurrency,
  batchTokensMax: budget,
}: SteadyQuestion): {
  readonly begunPerStep: number;
  readonly decodes: number;
  readonly chunkShare: number;
  readonly prefillSteps: number;
} {
  const decodeSteps = Math.max(0, output - 1);
  let decodes = Math.min(concurrency, budget - 1);
  let prefillSteps = 1;
  // The chunks a prompt needs depend on who decodes, and the other way round: settled after a few turns.
  for (let turn = 0; turn < 8; turn++) {
    prefillSteps = Math.ceil(prompt / Math.max(1, budget - decodes));
    decodes = Math.min(budget - 1, (concurrency * decodeSteps) / (prefillSteps + decodeSteps));
  }
  const begun = concurrency / (prefillSteps + decodeSteps);
  const most = budget / (prompt + decodeSteps);
  if (begun >= most)
    return { begunPerStep: most, decodes: most * decodeSteps, chunkShare: 1, prefillSteps };
  return {
    begunPerStep: begun,
    decodes,
    chunkShare: Math.min(1, begun * prefillSteps),
    prefillSteps,
  };
}

function waitP95S(load: number, waitMeanS: number): number {
  if (load >= 1) return Number.POSITIVE_INFINITY;
  if (load <= 0.05) return 0;
  return (waitMeanS / load) * log(load / 0.05);
}

function batchOf(decodes: number, context: number, prefills: StepBatch["prefills"]): StepBatch {
  return {
    prefills,
    decodes,
    decodeCacheTokens: decodes * context,
    decodeCacheTokensMax: context,
  };
}
