import {
  attentionLayersOf,
  cacheBytesPerToken,
  cacheShards,
  type DecoderModel,
  weightCountsOf,
  weightSizesOf,
} from "./decoder-model.js";

/** How a model is spread over the GPUs of a replica. */
export interface ModelSpread {
  readonly tensor: number;
  readonly pipeline?: number;
  /**
   * GPUs that share the experts when whole experts are given out over data-parallel ranks; the tensor-parallel
   * degree when absent.
   */
  readonly expertGroup?: number;
  /** 2 for bf16, 1 for an fp8 cache. */
  readonly cacheBytesPerElement?: number;
  /** Bytes of one GPU for adapters. */
  readonly adapterBytes?: number;
}

/** What of a model lies on the fullest GPU. */
export interface MemoryShare {
  readonly tensor: number;
  readonly weightBytes: number;
  readonly cacheBytesPerToken: number;
}

/**
 * Weights and cache of the fullest GPU: layers are divided over pipeline stages (rounded up), what is in a layer
 * over the tensor-parallel group, experts over the GPUs that share them, and of embedding and output head the
 * fullest stage has one where there are several stages and both where there is one.
 */
export function memoryShareOf(model: DecoderModel, spread: ModelSpread): MemoryShare {
  const { tensor, pipeline = 1, expertGroup = tensor, cacheBytesPerElement = 2 } = spread;
  const counts = weightCountsOf(model);
  const sizes = weightSizesOf(model);
  const ofStage = Math.ceil(model.layers / pipeline) / model.layers;
  const inLayers =
    ((counts.attention + counts.dense) * sizes.linear) / tensor +
    (counts.experts * sizes.experts) / expertGroup;
  const ends = counts.embedding + (model.isTied || pipeline > 1 ? 0 : counts.head);
  const layersOfStage = Math.ceil(attentionLayersOf(model) / pipeline);
  return {
    tensor,
    weightBytes:
      inLayers * ofStage +
      (ends * sizes.ends) / tensor +
      (model.otherBytes ?? 0) / tensor +
      (spread.adapterBytes ?? 0),
    cacheBytesPerToken:
      (cacheBytesPerToken(model, cacheBytesPerElement) * layersOfStage) /
      attentionLayersOf(model) /
      cacheShards(model, tensor),
  };
}
