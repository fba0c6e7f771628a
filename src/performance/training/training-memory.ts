import { adapterParameters, frozenWeightBytes, unpackedBytes } from "./adapter-training.js";
import { layersOfStages, microBatchesOf, type Parallelism } from "./parallelism.js";
import { countParameters, type TrainingModel } from "./training-model.js";

/** Bytes a parameter takes in mixed-precision training with Adam: Rajbhandari et al., SC 2020, section 3.1. */
export const STATE_BYTES = {
  /** Half-precision parameters. */
  parameters: 2,
  /** Half-precision gradients. */
  gradients: 2,
  /** Single-precision parameters, momentum and variance. */
  optimizer: 12,
} as const;

/** What the driver, the communication library and the allocator's gaps take of every GPU. */
export const RESERVED_BYTES = 4e9;

/** Memory of the fullest GPU, by what fills it. Bytes. */
export interface TrainingMemory {
  readonly parametersBytes: number;
  readonly gradientsBytes: number;
  readonly optimizerBytes: number;
  readonly activationsBytes: number;
  /** Assumed, not computed: context, communication buffers, gaps. */
  readonly reservedBytes: number;
  readonly totalBytes: number;
  /** Stage that is fullest, from 0. */
  readonly stage: number;
}

/**
 * Memory of the fullest GPU.
 *
 * Model states are 16 bytes a parameter, divided over copies as the ZeRO stage says. Activations per
 * layer follow Korthikanti et al. (arXiv 2205.05198): 34 s b h for a GPT layer, and what grouped heads,
 * gated and mixed feed-forward parts change about it; without FlashAttention also 5 a s² b. The first
 * stage holds micro-batches of the whole pipeline at once.
 */
export function trainingMemory(model: TrainingModel, parallelism: Parallelism): TrainingMemory {
  const stages = layersOfStages(model.layers, parallelism.pipeline);
  let fullest: TrainingMemory | undefined;
  // Only the ends can be fullest: stages between hold less than the first and have no embedding.
  for (const stage of new Set([0, 1, stages.length - 1])) {
    if (stage >= stages.length) continue;
    const memory = stageMemory(model, parallelism, { stage, stages });
    if (fullest === undefined || memory.totalBytes > fullest.totalBytes) fullest = memory;
  }
  return fullest!;
}

/** Parameters one GPU of a stage trains, cut as `stageParameters`: those of adapters where it trains only them. */
export function trainedParameters(
  model: TrainingModel,
  parallelism: Parallelism,
  place: { readonly stage: number; readonly stages: readonly number[] },
): { readonly shared: number; readonly experts: number } {
  const { adapter, tensor, expert } = parallelism;
  if (adapter === undefined) return stageParameters(model, parallelism, place);
  const { layerShared, layerFeedForward } = adapterParameters(model, adapter.rank);
  const layers = place.stages[place.stage]!;
  const isMixture = model.experts !== undefined;
  return {
    shared: (layers * (layerShared + (isMixture ? 0 : layerFeedForward))) / tensor,
    experts: isMixture ? (layers * layerFeedForward) / (tensor * expert) : 0,
  };
}

/** Parameters of the model itself that one GPU of a stage works with: cut by tensor and expert parallelism, not by ZeRO. */
export function stageParameters(
  model: TrainingModel,
  parallelism: Parallelism,
  place: { readonly stage: number; readonly stages: readonly number[] },
): { readonly shared: number; readonly experts: number } {
  const { layerShared, layerFeedForward, embedding, output } = countParameters(model);
  const { tensor, expert } = parallelism;
  const { stage, stages } = place;
  const layers = stages[stage]!;
  const isMixture = model.experts !== undefined;
  const isLast = stage === stages.length - 1;
  // A tied output on another stage than the input is a second copy of the embedding.
  const tiedCopy =
    isLast && model.isTied && stages.length > 1 ? model.vocabulary * model.hidden : 0;
  const ends = (stage === 0 ? embedding : 0) + (isLast ? output + tiedCopy : 0);
  const shared = layers * (layerShared + (isMixture ? 0 : layerFeedForward)) + ends;
  const experts = isMixture ? layers * layerFeedForward : 0;
  return { shared: shared / tensor, experts: experts / (tensor * expert) };
}

function stageMemory(
  model: TrainingModel,
  parallelism: Parallelism,
  place: { readonly stage: number; readonly stages: readonly number[] },
): TrainingMemory {
  const { data, expert, zeroStage, adapter } = parallelism;
  const trained = trainedParameters(model, parallelism, place);
  const held = (
    { shared, experts }: { readonly shared: number; readonly experts: number },
    fromStage: number,
  ): number =>
    zeroStage >= fromStage ? shared / data + experts / (data / expert) : shared + experts;
  const statesBytes = (bytes: number, fromStage: number): number =>
    bytes * held(trained, fromStage);
  const frozenBytes =
    adapter === undefined
      ? 0
      : frozenBytesOf(model, parallelism, place, (parameters) => held(parameters, 3));
  const parametersBytes = statesBytes(STATE_BYTES.parameters, 3) + frozenBytes;
  const gradientsBytes = statesBytes(STATE_BYTES.gradients, 2);
  const optimizerBytes = statesBytes(STATE_BYTES.optimizer, 1);
  // With shared parameters, one layer's worth is gathered while it is used, and the next one fetched.
  const { layerShared, layerFeedForward } = countParameters(model);
  const gatheredBytes =
    zeroStage < 3
      ? 0
      : (2 * STATE_BYTES.parameters * (layerShared + layerFeedForward / expert)) /
        parallelism.tensor;
  const activations = stageActivations(model, parallelism, place);
  const parts = {
    parametersBytes: parametersBytes + gatheredBytes,
    gradientsBytes,
    optimizerBytes,
    activationsBytes: activations,
    reservedBytes: RESERVED_BYTES,
  };
  const totalBytes = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return { ...parts, totalBytes, stage: place.stage };
}

/** The model under the adapters: its layers as they are kept, the embeddings in half precision. */
function frozenBytesOf(
  model: TrainingModel,
  parallelism: Parallelism,
  place: { readonly stage: number; readonly stages: readonly number[] },
  held: (parameters: { readonly shared: number; readonly experts: number }) => number,
): number {
  const adapter = parallelism.adapter!;
  const all = stageParameters(model, parallelism, place);
  const ends = stageParameters({ ...model, layers: 0 }, parallelism, {
    stage: place.stage,
    stages: place.stages.map(() => 0),
  });
  const bytes = frozenWeightBytes(adapter);
  return (
    bytes * held({ shared: all.shared - ends.shared, experts: all.experts }) +
    STATE_BYTES.parameters * held({ shared: ends.shared, experts: 0 }) +
    unpackedBytes(adapter, model) / parallelism.tensor
  );
}

function stageActivations(
  model: TrainingModel,
  parallelism: Parallelism,
  { stage, stages }: { readonly stage: number; readonly stages: readonly number[] },
): number {
  const { pipeline, virtualStages, tensor, microBatch, sequence } = parallelism;
  const perLayer = layerActivations(model, parallelism);
  // 1F1B: a stage holds as many micro-batches as there are stages from it to the end; the interleaved
  // schedule (p - 1) / v stages' worth more at the front (Narayanan et al., section 2.2; Korthikanti, 4.2.3).
  const inFlight = Math.min(
    microBatchesOf(parallelism),
    pipeline - stage + (virtualStages > 1 ? (pipeline - 1) / virtualStages : 0),
  );
  const kept = stages[stage]! * perLayer.keptBytes * inFlight;
  // The output's scores in single precision and their gradient, for the one micro-batch at the end.
  const isLast = stage === pipeline - 1;
  const scores = isLast ? (8 * sequence * microBatch * model.vocabulary) / tensor : 0;
  return kept + perLayer.workingBytes + scores;
}

/** What one layer keeps per micro-batch, and what it needs for a while when it computes the rest again. */
export function layerActivations(
  model: TrainingModel,
  parallelism: Parallelism,
): { readonly keptBytes: number; readonly workingBytes: number } {
  const { tensor, microBatch, sequence, recomputation } = parallelism;
  const tokens = microBatch * sequence;
  const unit = tokens * model.hidden;
  const { cutBytes, uncutBytes, scoreBytes } = layerBytes(model, parallelism);
  const outside = parallelism.sequenceParallel ? uncutBytes / tensor : uncutBytes;
  const whole = unit * (outside + cutBytes / tensor) + scoreBytes / tensor;
  switch (recomputation) {
    case "none":
      return { keptBytes: whole, workingBytes: 0 };
    case "selective":
      return { keptBytes: whole - scoreBytes / tensor, workingBytes: scoreBytes / tensor };
    case "full":
      return {
        keptBytes: (2 * unit) / (parallelism.sequenceParallel ? tensor : 1),
        workingBytes: whole,
      };
  }
}

/** Bytes per token and unit of width that tensor parallelism cuts, and those it leaves whole. */
function layerBytes(
  model: TrainingModel,
  { flashAttention, microBatch, sequence }: Parallelism,
): { readonly cutBytes: number; readonly uncutBytes: number; readonly scoreBytes: number } {
  const { heads, keyValueHeads, feedForward, hidden, isGated, hasDropout } = model;
  const active = model.experts?.active ?? 1;
  // Inputs of two norms, of attention and of the feed-forward part; masks of two dropouts.
  const uncutBytes = 4 + 2 + 2 * active + (hasDropout ? 2 : 0);
  // Queries, keys, values and the input of attention's output; the inside of the feed-forward part.
  const attention = 2 + (4 * keyValueHeads) / heads + 2;
  const inside = (active * ((isGated ? 6 : 4) * feedForward)) / hidden;
  // Scores after softmax, dropout and its mask (Korthikanti: 5 a s² b); without dropout only the first.
  const scoreBytes = flashAttention
    ? 0
    : (hasDropout ? 5 : 2) * heads * sequence * sequence * microBatch;
  return { cutBytes: attention + inside, uncutBytes, scoreBytes };
}
