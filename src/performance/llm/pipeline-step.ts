import type { StepBatch, StepTimeModel } from "./step-time.js";

/**
 * Lays a pipeline of stages around the time of a step on one stage's GPUs for all layers.
 *
 * The requests of a step are cut into as many equal micro-batches as there are stages, or as there are requests if
 * fewer. A micro-batch passes every stage, and with as many micro-batches as stages every stage is always at
 * work; a token of a request therefore takes t(batch / m) for all layers and one transfer of m-th part's
 * activations per stage boundary (the way back of the token included).
 *
 * *Validity*: stages of equal work and micro-batches of equal size; the engine keeps the pipe full (vLLM's
 * batch queue). Prompts cut unevenly leave bubbles that are not counted.
 *
 * @param sendS seconds of a transfer of so many bytes to the next stage
 * @param hidden elements of one token's activation, two bytes each
 */
export function createPipelined(
  stage: StepTimeModel,
  stages: number,
  hidden: number,
  sendS: (bytes: number) => number,
): StepTimeModel {
  if (stages === 1) return stage;
  const known = new Map<number, number>();
  const sendOf = (tokens: number): number => {
    const before = known.get(tokens);
    if (before !== undefined) return before;
    const seconds = stages * sendS(tokens * hidden * 2);
    known.set(tokens, seconds);
    return seconds;
  };
  const growth = stage.decodeGrowthS?.bind(stage);
  return {
    ...stage,
    name: `${stage.name}, ${stages} pipeline stages`,
    stepS(batch) {
      const part = partOf(batch, stages);
      const tokens = part.prefills.reduce((sum, chunk) => sum + chunk.tokens, part.decodes);
      return stage.stepS(part) + sendOf(tokens);
    },
    ...(growth === undefined
      ? {}
      : { decodeGrowthS: (batch: StepBatch) => growth(partOf(batch, stages)) }),
    validity: `${stage.validity ?? "as one stage"}; stages of equal work, the pipe kept full`,
  };
}

/** One of the micro-batches: an equal part of everything. */
function partOf(batch: StepBatch, stages: number): StepBatch {
  const parts = Math.max(1, Math.min(stages, batch.decodes + batch.prefills.length));
  return {
    prefills: batch.prefills.map((chunk) => ({ ...chunk, tokens: chunk.tokens / parts })),
    decodes: batch.decodes / parts,
    decodeCacheTokens: batch.decodeCacheTokens / parts,
    decodeCacheTokensMax: batch.decodeCacheTokensMax,
  };
}
