import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { gpuRatesOf, type GpuRates } from "../compute/gpu-rates.js";
import {
  attentionLayersOf,
  cacheElementsPerLayer,
  cacheShards,
  type DecoderModel,
  weightCountsOf,
  weightSizesOf,
} from "./decoder-model.js";
import { distinctExperts } from "./distinct-experts.js";
import type { ReplicaLinks } from "./replica-links.js";
import type { StepBatch, StepTimeModel } from "./step-time.js";
import { BLIS_COEFFICIENTS } from "./trained-physics.js";
import { type ComputeKind, computeKindOn, WEIGHT_FORMATS } from "./weight-formats.js";

/** How a replica is spread, as the time of a step sees it. Pipeline stages are laid around it. */
export interface RooflineSpread {
  readonly tensor: number;
  /** GPUs that share the experts; `tensor` where experts stay in the tensor-parallel group. */
  readonly expertGroup: number;
  readonly links: ReplicaLinks;
  /** 2 for bf16, 1 for an fp8 cache. */
  readonly cacheBytesPerElement: number;
  /** Weights of one adapter that every token passes too; 0 without adapters. */
  readonly adapterWeights: number;
  /** Adapters in use in one step. */
  readonly adapters: number;
}

/** Kernels of one layer, each with its own start: norms 2, qkv, position, attention, output, gate and up, activation, down. */
const KERNELS_PER_LAYER = 9;
/** What routing adds to a layer with experts: router, top-k, sort and permute, combine. */
const KERNELS_OF_ROUTING = 4;
/** Start of one kernel in a CUDA graph. Source: aiconfigurator@095f58a systems/*.yaml, mem_empirical_constant_latency. */
export const KERNEL_START_S = 3e-6;
const MICROSECOND = 1e-6;

/** Bytes and operations of one step on one GPU, in the order they are added up. */
interface StepWork {
  readonly linearFlop: number;
  readonly linearBytes: number;
  readonly expertFlop: number;
  readonly expertBytes: number;
  readonly attentionFlop: number;
  readonly attentionBytes: number;
}

/**
 * Step time from the data sheet: every part takes the longer of its arithmetic and its memory traffic.
 *
 * Linear layers: 2 · weights · tokens against weights read once; experts: those of `perToken` against the distinct
 * ones touched; attention: 4 · heads · head size per pair of a new and a cached token (two vectors of
 * kv_lora_rank for latent attention) against the cache read; the output head for one token per request. Rates are
 * those large multiplications reach (published, else 80 % of the peak for bf16, 70 % for fp8) and 80 % of the
 * memory bandwidth. Added: two all-reduces per layer, two all-to-alls per layer with experts where data-parallel ranks
 * share them, 3 µs per kernel, and the time per step and request that inference-sim fitted to vLLM.
 *
 * *Validity*: CUDA graphs for decoding; kernels that reach the rates above whatever the batch; experts chosen
 * evenly. Nothing was fitted to a run.
 *
 * @throws MissingFigureError when the catalogue lacks the peak or the bandwidth of the GPU
 */
export function createRoofline(
  model: DecoderModel,
  gpu: GpuSpec,
  spread: RooflineSpread,
): StepTimeModel {
  const rates = gpuRatesOf(gpu);
  const perS = partRates(model, gpu, rates);
  const memoryBytesPerS = rates.streamBytesPerS.value;
  const work = workOf(model, spread);
  const fixedS = startsS(model) + BLIS_COEFFICIENTS.perStepUs * MICROSECOND;
  const perRequestS = BLIS_COEFFICIENTS.perRequestUs * MICROSECOND;
  const exchangeS = exchangesOf(model, spread);
  const cacheS = decodeCacheS(model, spread, perS.attention, memoryBytesPerS);
  return {
    name: "roofline",
    source: `${rates.bf16FlopPerS.source}; ${rates.streamBytesPerS.source}; kernel starts of 3 µs (aiconfigurator@095f58a); time per step and request of ${BLIS_COEFFICIENTS.source}`,
    validity:
      "decoders whose kernels reach the published rates at any size; experts chosen evenly; nothing fitted to a run",
    warnings: warningsOf(model, gpu),
    stepS(batch) {
      const { linearFlop, linearBytes, expertFlop, expertBytes, attentionFlop, attentionBytes } =
        work(batch);
      const tokens = tokensOf(batch);
      return (
        Math.max(linearFlop / perS.linear, linearBytes / memoryBytesPerS) +
        Math.max(expertFlop / perS.experts, expertBytes / memoryBytesPerS) +
        Math.max(attentionFlop / perS.attention, attentionBytes / memoryBytesPerS) +
        cacheS * (batch.decodeCacheTokens + batch.decodes) +
        exchangeS(tokens) +
        fixedS +
        perRequestS * (batch.decodes + batch.prefills.length)
      );
    },
    decodeGrowthS: ({ decodes }) => cacheS * decodes,
    beforeS: BLIS_COEFFICIENTS.beforeUs * MICROSECOND,
    afterS: BLIS_COEFFICIENTS.afterUs * MICROSECOND,
    perTokenS: BLIS_COEFFICIENTS.perTokenUs * MICROSECOND,
  };
}

function tokensOf({ prefills, decodes }: StepBatch): number {
  return prefills.reduce((sum, { tokens }) => sum + tokens, decodes);
}

/** Operations per second of the parts of a step. */
function partRates(
  model: DecoderModel,
  gpu: GpuSpec,
  rates: GpuRates,
): { readonly linear: number; readonly experts: number; readonly attention: number } {
  const bf16 = rates.bf16FlopPerS.value;
  const of = (kind: ComputeKind): number => {
    switch (kind) {
      case "bf16":
        return bf16;
      case "fp8":
        return gpuRatesOf(gpu, "fp8").matmulFlopPerS.value;
      case "int8":
        return SMALL_FORMAT_SHARE * gpu.int8OpPerS!;
      case "fp4":
        return SMALL_FORMAT_SHARE * gpu.fp4FlopPerS!;
    }
  };
  const linear = WEIGHT_FORMATS[model.formats?.linear ?? "bf16"];
  const experts = WEIGHT_FORMATS[model.formats?.experts ?? "bf16"];
  return {
    linear: of(computeKindOn(gpu, linear)),
    experts: of(computeKindOn(gpu, experts)),
    attention: bf16,
  };
}

/** Share of the peak that int8 and fp4 multiplications reach; the 70 % assumed for fp8. */
const SMALL_FORMAT_SHARE = 0.7;

function warningsOf(model: DecoderModel, gpu: GpuSpec): readonly string[] {
  const { linear = "bf16", experts = "bf16" } = model.formats ?? {};
  const stored = [linear, ...(model.experts === undefined ? [] : [experts])].filter(
    (name) => WEIGHT_FORMATS[name].compute !== computeKindOn(gpu, WEIGHT_FORMATS[name]),
  );
  return [
    ...(model.caveats ?? []),
    ...[...new Set(stored)].map(
      (name) =>
        `the catalogue has no ${WEIGHT_FORMATS[name].compute} rate of ${gpu.name}: weights in ${name} are computed with in bf16`,
    ),
  ];
}

/** Bytes and operations of a batch, from sums that do not change. */
function workOf(model: DecoderModel, spread: RooflineSpread): (batch: StepBatch) => StepWork {
  const { tensor, expertGroup, cacheBytesPerElement, adapterWeights, adapters } = spread;
  const counts = weightCountsOf(model);
  const sizes = weightSizesOf(model);
  const { experts } = model;
  const layers = attentionLayersOf(model);
  const linear = (counts.attention + counts.dense) / tensor;
  const head = counts.head / tensor;
  const cacheBytes =
    (cacheElementsPerLayer(model) * layers * cacheBytesPerElement) / cacheShards(model, tensor);
  const pairFlop = (layers * flopPerPair(model)) / tensor;
  const ranks = expertGroup / tensor;
  const stateBytes =
    model.recurrent === undefined
      ? 0
      : (2 * model.recurrent.layers * model.recurrent.stateBytes) / tensor;
  return (batch) => {
    const tokens = tokensOf(batch);
    const sequences = batch.decodes + batch.prefills.length;
    // Every data-parallel rank is taken to have the same batch.
    const expertTokens = tokens * ranks;
    const touched =
      experts === undefined
        ? 0
        : distinctExperts(experts.count, experts.perToken, expertTokens) * experts.layers;
    let pairs = 0;
    let readTokens = 0;
    for (const { tokens: n, cachedTokens } of batch.prefills) {
      pairs += n * (cachedTokens + n / 2);
      readTokens += cachedTokens + n;
    }
    return {
      linearFlop: 2 * tokens * (linear + adapterWeights / tensor) + 2 * sequences * head,
      linearBytes:
        linear * sizes.linear +
        head * sizes.ends +
        (2 * adapters * adapterWeights) / tensor +
        stateBytes * sequences,
      expertFlop:
        experts === undefined
          ? 0
          : (2 * expertTokens * experts.perToken * experts.layers * counts.expert) / expertGroup,
      expertBytes: (touched * counts.expert * sizes.experts) / expertGroup,
      attentionFlop: pairFlop * pairs,
      attentionBytes: cacheBytes * readTokens,
    };
  };
}

/**
 * Operations for one new token and one cached one in one layer: scores and weighted sum. While a prompt is
 * computed latent attention unfolds heads of nope + rope and of value size.
 */
function flopPerPair({ heads, headDim, latent }: DecoderModel): number {
  if (latent === undefined) return 4 * heads * headDim;
  return 2 * heads * (latent.nopeDim + latent.ropeDim + latent.valueDim);
}

/**
 * Seconds of decoding attention for one cached token: its bytes, or with latent attention the arithmetic on
 * folded heads where that takes longer (2 · heads · (2 · kv_lora_rank + rope)).
 */
function decodeCacheS(
  model: DecoderModel,
  { tensor, cacheBytesPerElement }: RooflineSpread,
  flopPerS: number,
  bytesPerS: number,
): number {
  const layers = attentionLayersOf(model);
  const { latent, heads, headDim } = model;
  const bytes =
    (cacheElementsPerLayer(model) * layers * cacheBytesPerElement) / cacheShards(model, tensor);
  const flop =
    (layers *
      (latent === undefined
        ? 4 * heads * headDim
        : 2 * heads * (2 * latent.kvRank + latent.ropeDim))) /
    tensor;
  return Math.max(bytes / bytesPerS, flop / flopPerS);
}

function startsS({ layers, experts }: DecoderModel): number {
  const kernels = layers * KERNELS_PER_LAYER + (experts?.layers ?? 0) * KERNELS_OF_ROUTING;
  return kernels * KERNEL_START_S;
}

/** Seconds of exchange between GPUs for so many tokens. */
function exchangesOf(
  { layers, hidden, experts }: DecoderModel,
  { tensor, expertGroup, links }: RooflineSpread,
): (tokens: number) => number {
  const known = new Map<number, number>();
  const sharesExperts = experts !== undefined && expertGroup > tensor;
  const reduces = 2 * layers - (sharesExperts ? experts.layers : 0);
  return (tokens) => {
    const before = known.get(tokens);
    if (before !== undefined) return before;
    const bytes = tokens * hidden * 2;
    const seconds =
      reduces * links.allReduceS(bytes) +
      (sharesExperts
        ? 2 * experts.layers * links.allToAllS((bytes * experts.perToken) / tensor)
        : 0);
    known.set(tokens, seconds);
    return seconds;
  };
}
