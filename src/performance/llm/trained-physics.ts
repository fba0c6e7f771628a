import {
  cacheBytesPerToken,
  cacheShards,
  type DecoderModel,
  weightCountsOf,
  weightSizesOf,
} from "./decoder-model.js";
import type { ReplicaLinks } from "./replica-links.js";
import type { StepBatch, StepTimeModel } from "./step-time.js";

/** What the formula needs of a GPU. */
export interface StepGpu {
  /** Peak of the data sheet, which the fit divides by. */
  readonly flopPerS: number;
  readonly memoryBytesPerS: number;
  /**
   * Best rate that large multiplications were measured at. No step is taken to be faster than its arithmetic at
   * this rate; the peak when nobody measured it.
   */
  readonly bestFlopPerS?: number;
}

/** Coefficients fitted by others to a serving engine, with its version. */
export interface PhysicsCoefficients {
  readonly engine: string;
  readonly source: string;
  readonly prefillCompute: number;
  readonly cacheTraffic: number;
  readonly weightTraffic: number;
  readonly tensorParallel: number;
  readonly perLayerUs: number;
  readonly perRequestUs: number;
  readonly perStepUs: number;
  readonly beforeUs: number;
  readonly afterUs: number;
  readonly perTokenUs: number;
}

/**
 * Eleven coefficients fitted over vLLM on H100, A100 and L40S with six models; their authors report 6.7 %
 * median error of the end-to-end latency on configurations they held out.
 */
export const BLIS_COEFFICIENTS: PhysicsCoefficients = {
  engine: "vLLM",
  source:
    "inference-sim/inference-sim@f90a1e3a defaults.yaml, sim/latency/trained_physics_model.go (Apache-2.0)",
  prefillCompute: 0.152128,
  cacheTraffic: 1.94710771,
  weightTraffic: 1.36252915,
  tensorParallel: 0.752037,
  perLayerUs: 32.09546717,
  perRequestUs: 4.41684444,
  perStepUs: 126.024825,
  beforeUs: 15_563.2,
  afterUs: 777.3,
  perTokenUs: 45.9,
};

const MICROSECOND = 1e-6;

/** Beyond the sum of the fit: how the replica is spread and joined. */
export interface PhysicsSpread {
  /** GPUs that share the experts; the tensor-parallel degree when absent. */
  readonly expertGroup?: number;
  /** Where the GPUs of a replica do not meet over NVLink, this takes the place of the fitted term. */
  readonly links?: ReplicaLinks;
}

/**
 * Step time from the arithmetic and the memory traffic of a batch, each with a fitted factor:
 * prompts by their FLOPs, decoding by the cache it reads, both by the weights read once, and overheads per
 * layer, request and step. Every token of the same batch reads one more token of cache, so decode-only steps
 * grow evenly.
 *
 * The attention of a prompt counts its whole length, as the fit did, not what was cached when a chunk ran. Of
 * experts all are read in every step, divided over the GPUs that share them, and a token computes those it goes to
 * (the same source). The fit divides what is reduced by the memory bandwidth, as its machines had NVLink: it
 * cannot see PCIe. Where links are given that are no NVLink, two all-reduces per layer over them take the place of
 * that term.
 *
 * The fitted factor of prompt FLOPs is 0.152: over long prompts that alone would be faster than any GPU computes. What
 * is fitted for prompts and weights is therefore never less than the arithmetic of all tokens of the step at the
 * best rate that was measured on the GPU, or at its peak where nobody did.
 *
 * *Validity*: dense decoders on data-centre GPUs; other models and links are flagged.
 */
export function createTrainedPhysics(
  model: DecoderModel,
  gpu: StepGpu,
  tensorParallel: number,
  coefficients: PhysicsCoefficients = BLIS_COEFFICIENTS,
  spread: PhysicsSpread = {},
): StepTimeModel {
  const { layers, heads, headDim } = model;
  const tp = tensorParallel;
  const c = coefficients;
  const { weightBytes, flopsPerToken } = sumsOf(model, tp, spread.expertGroup ?? tp);
  const cacheS =
    (c.cacheTraffic * cacheBytesPerToken(model)) / cacheShards(model, tp) / gpu.memoryBytesPerS;
  const bestFlopPerS = gpu.bestFlopPerS ?? gpu.flopPerS;
  const weightsS = (c.weightTraffic * weightBytes) / gpu.memoryBytesPerS;
  const linkS = linkTerm(model, gpu, tp, c, spread.links);
  const fixedS = (c.perLayerUs * layers + c.perStepUs) * MICROSECOND;
  return {
    name: "trained-physics",
    source: `${c.source}; fitted to ${c.engine}`,
    validity:
      "dense decoders on H100, A100, L40S and like GPUs; end-to-end latency within 6.7 % (median) on held-out configurations by its authors",
    warnings: physicsWarnings(model, spread.links),
    stepS({ prefills, decodes, decodeCacheTokens }: StepBatch) {
      let flops = 0;
      let leastFlops = decodes * flopsPerToken;
      let tokens = decodes;
      for (const { tokens: n, promptTokens, cachedTokens } of prefills) {
        const pairFlops = layers * 4 * (heads / tp) * n * headDim;
        tokens += n;
        flops += flopsPerToken * n + pairFlops * (promptTokens + n / 2);
        leastFlops += flopsPerToken * n + pairFlops * (cachedTokens + n / 2);
      }
      return (
        fixedS +
        Math.max(weightsS + (c.prefillCompute * flops) / gpu.flopPerS, leastFlops / bestFlopPerS) +
        cacheS * (decodeCacheTokens + decodes) +
        linkS(tokens) +
        c.perRequestUs * MICROSECOND * (decodes + prefills.length)
      );
    },
    decodeGrowthS: ({ decodes }) => cacheS * decodes,
    beforeS: c.beforeUs * MICROSECOND,
    afterS: c.afterUs * MICROSECOND,
    perTokenS: c.perTokenUs * MICROSECOND,
  };
}

/** Weights one GPU reads in a step, and operations of a prompt's token on it, over all layers. */
function sumsOf(
  model: DecoderModel,
  tp: number,
  expertGroup: number,
): { readonly weightBytes: number; readonly flopsPerToken: number } {
  const { attention, dense, expert, experts: all } = weightCountsOf(model);
  const { experts } = model;
  const sizes = weightSizesOf(model);
  const routed = experts === undefined ? 0 : experts.layers * experts.perToken * expert;
  return {
    weightBytes: ((attention + dense) * sizes.linear) / tp + (all * sizes.experts) / expertGroup,
    flopsPerToken: (2 * (attention + dense + routed)) / tp,
  };
}

function linkTerm(
  { layers, hidden }: DecoderModel,
  { memoryBytesPerS }: StepGpu,
  tp: number,
  c: PhysicsCoefficients,
  links: ReplicaLinks | undefined,
): (tokens: number) => number {
  if (links === undefined || links.isNvlink || tp === 1) {
    const bytesPerToken = 2 * layers * hidden * 2 * 2 * ((tp - 1) / tp);
    const perTokenS = (c.tensorParallel * bytesPerToken) / memoryBytesPerS;
    return (tokens) => perTokenS * tokens;
  }
  const known = new Map<number, number>();
  return (tokens) => {
    const before = known.get(tokens);
    if (before !== undefined) return before;
    const seconds = 2 * layers * links.allReduceS(tokens * hidden * 2);
    known.set(tokens, seconds);
    return seconds;
  };
}

function physicsWarnings(model: DecoderModel, links: ReplicaLinks | undefined): readonly string[] {
  return [
    ...(model.caveats ?? []),
    ...(model.experts === undefined
      ? []
      : [
          "trained-physics was fitted to few models with experts: all experts are read in every step",
        ]),
    ...(model.latent === undefined
      ? []
      : [
          "trained-physics was not fitted to latent attention; its cache is counted by its size only",
        ]),
    ...(links === undefined || links.isNvlink
      ? []
      : [
          "the step model “trained-physics” was fitted to machines with NVLink: here the all-reduce is reckoned for the link that the GPUs have",
        ]),
  ];
}
