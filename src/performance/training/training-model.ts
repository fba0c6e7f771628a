/**
 * A decoder-only transformer as training sees it: sizes, no weights.
 *
 * Layers have attention and a feed-forward part; with `experts` every layer's feed-forward part is a
 * mixture, of which each token uses `active`.
 */
export interface TrainingModel {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly layers: number;
  readonly hidden: number;
  /** Query heads; the size of a head is hidden / heads. */
  readonly heads: number;
  /** Key and value heads: equal to `heads` without grouping. */
  readonly keyValueHeads: number;
  /** Inner width of the feed-forward part (of one expert). */
  readonly feedForward: number;
  /** Three matrices (gate, up, down) instead of two. */
  readonly isGated: boolean;
  readonly vocabulary: number;
  /** The output uses the input's embedding. */
  readonly isTied: boolean;
  /** Learned positions, an embedding of `sequence` rows. */
  readonly hasPositions: boolean;
  /** Dropout keeps masks for the backward pass. */
  readonly hasDropout: boolean;
  /** Tokens of a training sequence, unless a run says otherwise. */
  readonly sequence: number;
  readonly experts?: { readonly count: number; readonly active: number };
  readonly source: string;
}

/** Parameters by where parallelism puts them. Numbers of parameters, not bytes. */
export interface ParameterCount {
  /** Attention, router and norms of one layer: cut by tensor parallelism only. */
  readonly layerShared: number;
  /** All experts' feed-forward parts of one layer; of a dense model the one it has. */
  readonly layerFeedForward: number;
  /** Input embedding, with positions. */
  readonly embedding: number;
  /** Output matrix and last norm; only the norm when tied. */
  readonly output: number;
  readonly total: number;
  /** Those that one token uses: of the experts only the active ones. */
  readonly active: number;
}

/**
 * Counts parameters: per layer `h² (2 + 2 k/a)` for attention with k of a heads for keys and values,
 * 2 or 3 · h · f for each feed-forward part, 2 h for norms; `V h` per embedding. Biases are left out
 * (below 0.1 %).
 */
export function countParameters(model: TrainingModel): ParameterCount {
  const { layers, hidden, heads, keyValueHeads, feedForward, isGated, vocabulary } = model;
  const { count, active } = model.experts ?? { count: 1, active: 1 };
  const attention = hidden * hidden * (2 + (2 * keyValueHeads) / heads);
  const router = model.experts === undefined ? 0 : hidden * count;
  const layerShared = attention + router + 2 * hidden;
  const oneFeedForward = (isGated ? 3 : 2) * hidden * feedForward;
  const embedding = vocabulary * hidden + (model.hasPositions ? model.sequence * hidden : 0);
  const output = hidden + (model.isTied ? 0 : vocabulary * hidden);
  const rest = embedding + output;
  return {
    layerShared,
    layerFeedForward: count * oneFeedForward,
    embedding,
    output,
    total: layers * (layerShared + count * oneFeedForward) + rest,
    active: layers * (layerShared + active * oneFeedForward) + rest,
  };
}

/** Multiplications and additions of one sequence through the model once, forwards. In FLOP. */
export interface ForwardFlops {
  /** One layer's multiplications with weights. */
  readonly layerWeights: number;
  /** One layer's attention: scores and their product with the values, over the whole square. */
  readonly layerAttention: number;
  /** Output to the vocabulary. */
  readonly output: number;
}

/**
 * FLOP of one sequence of s tokens, forwards: 2 per weight and token, `4 s² h` per layer for attention
 * (the whole square, also where a causal mask leaves out half of it), `2 s h V` for the output.
 * Backwards takes twice as many. Source: Narayanan et al., SC 2021, appendix; MFU counts the same way.
 */
export function forwardFlops(model: TrainingModel, sequence: number): ForwardFlops {
  const { hidden, vocabulary } = model;
  const { layerShared, layerFeedForward } = countParameters(model);
  const { count, active } = model.experts ?? { count: 1, active: 1 };
  const weights = layerShared - 2 * hidden + (layerFeedForward * active) / count;
  return {
    layerWeights: 2 * sequence * weights,
    layerAttention: 4 * sequence * sequence * hidden,
    output: 2 * sequence * hidden * vocabulary,
  };
}

/**
 * FLOP that training one sequence needs whatever the program does: three times forwards; where only adapters
 * are trained, twice through the frozen matrices and three times through attention and the adapters.
 *
 * @param adapterParameters parameters of one layer's adapters that a token uses; absent, everything is trained
 */
export function modelFlops(
  model: TrainingModel,
  sequence: number,
  adapterParameters?: number,
): number {
  const { layerWeights, layerAttention, output } = forwardFlops(model, sequence);
  if (adapterParameters === undefined)
    return 3 * (model.layers * (layerWeights + layerAttention) + output);
  const adapters = 2 * sequence * adapterParameters;
  return model.layers * (2 * layerWeights + 3 * (layerAttention + adapters)) + 2 * output;
}
