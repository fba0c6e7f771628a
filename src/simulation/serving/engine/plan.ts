import type { PrefillChunk, StepBatch } from "../../../performance/llm/step-time.js";
import type { RequestLedger } from "../request-ledger.js";
import type { BlockPool } from "./block-pool.js";

/** One step as planned: who emits a token at its end. */
export interface Plan {
  batch: StepBatch;
  /** Tokens computed; 0 when nobody can do anything. */
  tokens: number;
  /** Seconds until adapters are on the GPU. */
  loadS: number;
  /** The first `emits` of each list count. */
  emits: number;
  readonly emitters: number[];
  /** Preemptions of each emitter so far: who was thrown out since does not emit. */
  readonly epochs: number[];
}

const EMPTY_BATCH: StepBatch = {
  prefills: [],
  decodes: 0,
  decodeCacheTokens: 0,
  decodeCacheTokensMax: 0,
};

/** A plan to be filled. */
export function createPlan(): Plan {
  return { batch: EMPTY_BATCH, tokens: 0, loadS: 0, emits: 0, emitters: [], epochs: [] };
}

/** Makes the batch of a step from the tokens each running request computes, and counts these as computed. */
export function fillPlan(
  plan: Plan,
  step: {
    readonly ledger: RequestLedger;
    readonly pool: BlockPool;
    readonly running: readonly number[];
    /** Tokens, by place in `running`. */
    readonly share: readonly number[];
    /** The engine only decodes: a request with one token to compute does so. */
    readonly isDecode: boolean;
  },
): void {
  const { ledger, pool, running, share, isDecode } = step;
  const { done, emitted, preemptions, promptTokens } = ledger;
  const prefills: PrefillChunk[] = [];
  const { emitters, epochs } = plan;
  let emits = 0;
  let [decodes, sum, longest, all] = [0, 0, 0, 0];
  for (let place = 0; place < running.length; place++) {
    const tokens = share[place]!;
    if (tokens === 0) continue;
    const request = running[place]!;
    const cachedTokens = done[request]!;
    const target = promptTokens[request]! + emitted[request]!;
    all += tokens;
    if (cachedTokens === target - 1 && (emitted[request]! > 0 || isDecode)) {
      decodes++;
      sum += cachedTokens;
      if (cachedTokens > longest) longest = cachedTokens;
    } else prefills.push({ tokens, cachedTokens, promptTokens: target });
    done[request] = cachedTokens + tokens;
    pool.keep(request, cachedTokens + tokens);
    if (cachedTokens + tokens !== target) continue;
    emitters[emits] = request;
    epochs[emits++] = preemptions[request]!;
  }
  plan.tokens = all;
  plan.emits = emits;
  plan.batch = { prefills, decodes, decodeCacheTokens: sum, decodeCacheTokensMax: longest };
}

/** What running requests compute in this step is found by those that come in with it. */
export function keepShares(
  { done }: RequestLedger,
  pool: BlockPool,
  running: readonly number[],
  share: readonly number[],
): void {
  running.forEach((request, place) => {
    pool.keep(request, done[request]! + share[place]!);
  });
}
