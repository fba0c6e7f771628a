import type { DecoderModel } from "./decoder-model.js";
import { type MeasuredTree, timeAt, treeOf } from "./measured-axis.js";
import { type ReplicaLinks, ringAllReduceS, type TensorParallelLink } from "./replica-links.js";
import type { StepBatch, StepTimeModel } from "./step-time.js";

export type { TensorParallelLink } from "./replica-links.js";

/** Times of single operations on one GPU, measured by others. Microseconds. */
export interface LayerTables {
  readonly source: string;
  /** Rows of `[prompt tokens in this step, tokens of it cached, decoding requests, cached tokens of each, µs]`. */
  readonly attention: readonly (readonly number[])[];
  /** Rows of `[tokens, µs]` by operation. */
  readonly dense: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Rows of `[requests, µs]` by operation. */
  readonly perSequence: Readonly<Record<string, readonly (readonly number[])[]>>;
  /**
   * How far the time of decoding requests with unequal caches lies from that at their mean towards that at
   * their longest, 0..1.
   */
  readonly skewShare: number;
}

/** Operations of one layer and how often each runs in it; `qk_norm` only where a model has it. */
const PER_LAYER: Readonly<Record<string, number>> = {
  layernorm: 2,
  qkv_proj: 1,
  qk_norm: 1,
  rotary_emb: 1,
  o_proj: 1,
  gate_up_proj: 1,
  act_fn: 1,
  down_proj: 1,
};
const ONCE = ["embedding", "final_layernorm"];
const MICROSECOND = 1e-6;

/**
 * Step time as the sum of measured operations: per layer the dense ones by tokens and attention by prompts
 * and caches, then embedding, last norm, output head and sampler, and a ring all-reduce twice per layer.
 *
 * Several prompts in one step: the first shares its kernel with the decoding requests, as it was measured;
 * each further one is added by itself.
 *
 * *Validity*: what is between kernels (scheduling, launches) is not in the tables and not in the sum.
 */
export function createLayerTableModel(
  model: DecoderModel,
  tables: LayerTables,
  tensorParallel: number,
  link: TensorParallelLink | ReplicaLinks | undefined,
): StepTimeModel {
  const attention = treeOf(tables.attention);
  const denseByTokens = treeOf(denseRows(tables, model.layers));
  const perSequence = Object.values(tables.perSequence).map((rows) => treeOf(rows));
  const reduceOnceS = (bytes: number): number =>
    link === undefined
      ? 0
      : "allReduceS" in link
        ? link.allReduceS(bytes)
        : ringAllReduceS(bytes, tensorParallel, link);
  const reduceS = (tokens: number): number =>
    2 * model.layers * reduceOnceS(tokens * model.hidden * 2);
  const tokensMax = Math.max(0, ...denseByTokens.values);
  return {
    name: "layer-tables",
    source: tables.source,
    validity:
      "the model, GPU, engine version and tensor-parallel degree that were measured; nothing between kernels is counted",
    isExtrapolated: ({ prefills, decodes }) =>
      prefills.reduce((sum, { tokens }) => sum + tokens, decodes) > tokensMax,
    stepS(batch) {
      const { prefills, decodes } = batch;
      const tokens = prefills.reduce((sum, chunk) => sum + chunk.tokens, decodes);
      const sequences = decodes + prefills.length;
      const us =
        timeAt(denseByTokens, [tokens]) +
        model.layers * attentionUs(attention, batch, tables.skewShare) +
        perSequence.reduce((sum, tree) => sum + timeAt(tree, [sequences]), 0);
      return us * MICROSECOND + reduceS(tokens);
    },
    beforeS: 0,
    afterS: 0,
    perTokenS: 0,
  };
}

/** All dense operations of a step at every measured number of tokens, in one table: `[tokens, µs]`. */
function denseRows({ dense }: LayerTables, layers: number): number[][] {
  const trees = Object.entries(dense).map(([name, rows]) => ({
    times: ONCE.includes(name) ? 1 : layers * (PER_LAYER[name] ?? 0),
    tree: treeOf(rows),
  }));
  const tokens = [...new Set(trees.flatMap(({ tree }) => tree.values))];
  return tokens.map((count) => [
    count,
    trees.reduce((sum, { times, tree }) => sum + times * timeAt(tree, [count]), 0),
  ]);
}

function attentionUs(tree: MeasuredTree, batch: StepBatch, skewShare: number): number {
  const { prefills, decodes, decodeCacheTokens, decodeCacheTokensMax } = batch;
  const [first, ...others] = prefills;
  const at = (cache: number): number =>
    timeAt(tree, [first?.tokens ?? 0, first?.cachedTokens ?? 0, decodes, cache]);
  let us = 0;
  if (decodes > 0) {
    const mean = at(decodeCacheTokens / decodes);
    us += mean + skewShare * (at(decodeCacheTokensMax) - mean);
  } else if (first !== undefined) us += at(0);
  for (const { tokens, cachedTokens } of others) us += timeAt(tree, [tokens, cachedTokens, 0, 0]);
  return us;
}
