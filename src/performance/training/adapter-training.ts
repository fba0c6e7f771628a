import type { Sourced } from "../virtualization/hosting-profile.js";
import { countParameters, type TrainingModel } from "./training-model.js";

/**
 * Fine-tuning with low-rank adapters: the model stays as it is, and every matrix of its layers gets a pair of
 * thin ones that are trained (Hu et al., arXiv 2106.09685; on all matrices as in Dettmers et al., arXiv
 * 2305.14314).
 */
export interface AdapterTraining {
  /** Inner width of an adapter, ≥ 1. */
  readonly rank: number;
  /** How the frozen matrices are kept: half precision (LoRA), or 4 bits that are unpacked for use (QLoRA). */
  readonly weights: "bf16" | "nf4";
}

/** Rank where none is given: that of QLoRA's experiments (arXiv 2305.14314, section 4) is 64, of LoRA's programs 8 to 64. */
export const ADAPTER_RANK = 16;

/** The two ways to fine-tune with adapters, by the names people know them by. */
export function adapterTraining(method: "lora" | "qlora", rank = ADAPTER_RANK): AdapterTraining {
  return { rank, weights: method === "lora" ? "bf16" : "nf4" };
}

/** Bits of a frozen weight in QLoRA: NF4 with blocks of 64 whose constants are quantised once more. */
export const NF4_BITS: Sourced<number> = {
  value: 4.127,
  provenance: "published",
  source:
    "Dettmers et al., arXiv 2305.14314: 4 bits, and 8/64 + 32/(64·256) bits of constants per weight",
};

/** Parameters of the adapters of one layer, split as the model's own. */
export interface AdapterParameters {
  /** On the matrices of attention. */
  readonly layerShared: number;
  /** On all experts' feed-forward parts; of a dense model on the one it has. */
  readonly layerFeedForward: number;
}

/** Counts `rank · (in + out)` for every matrix of a layer. */
export function adapterParameters(model: TrainingModel, rank: number): AdapterParameters {
  const { hidden, heads, keyValueHeads, feedForward, isGated } = model;
  const keyValue = (hidden * keyValueHeads) / heads;
  const matrices = isGated ? 3 : 2;
  return {
    layerShared: rank * (4 * hidden + 2 * (hidden + keyValue)),
    layerFeedForward: (model.experts?.count ?? 1) * matrices * rank * (hidden + feedForward),
  };
}

/** Parameters of one layer's adapters that one token uses. */
export function adaptersPerToken(model: TrainingModel, { rank }: AdapterTraining): number {
  const { layerShared, layerFeedForward } = adapterParameters(model, rank);
  const { count, active } = model.experts ?? { count: 1, active: 1 };
  return layerShared + (layerFeedForward * active) / count;
}

/** Bytes of a frozen weight. */
export function frozenWeightBytes({ weights }: AdapterTraining): number {
  return weights === "nf4" ? NF4_BITS.value / 8 : 2;
}

/**
 * Bytes that are moved to unpack the matrices of some layers once: the packed ones read, half-precision ones
 * written. 0 where nothing is packed.
 *
 * @param weights parameters in those matrices
 */
export function unpackBytes(adapter: AdapterTraining | undefined, weights: number): number {
  return adapter?.weights === "nf4" ? weights * (frozenWeightBytes(adapter) + 2) : 0;
}

/** Bytes of the largest matrix of a layer, which is whole for a while when it is unpacked. */
export function unpackedBytes(adapter: AdapterTraining, model: TrainingModel): number {
  return adapter.weights === "nf4"
    ? 2 * model.hidden * Math.max(model.hidden, model.feedForward)
    : 0;
}

/** Share of a model's parameters that are trained, 0 to 1. */
export function trainedShare(model: TrainingModel, { rank }: AdapterTraining): number {
  const { layerShared, layerFeedForward } = adapterParameters(model, rank);
  const trained = model.layers * (layerShared + layerFeedForward);
  return trained / (countParameters(model).total + trained);
}
