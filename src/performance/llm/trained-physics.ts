import type { DecoderModel } from "./decoder-model.js";
import type { StepBatch, StepTimeModel } from "./step-time.js";

/** What the formula needs of a GPU. */
export interface StepGpu {
  readonly flopPerS: number;
  readonly memoryBytesPerS: number;
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

/**
 * Step time from the arithmetic and the memory traffic of a batch, each with a fitted factor:
 * prompts by their FLOPs, decoding by the cache it reads, both by the weights read once, and overheads per
 * layer, request and step. Every token of the same batch reads one more token of cache, so decode-only steps
 * grow evenly.
 *
 * The attention of a prompt counts its whole length, as the fit did, not what was cached when a chunk ran.
 *
 * *Validity*: dense decoders on data-centre GPUs; links between GPUs are not seen (the tensor-parallel term
 * divides by memory bandwidth, as in the fit).
 */
export function createTrainedPhysics(
  model: DecoderModel,
  gpu: StepGpu,
  tensorParallel: number,
  coefficients: PhysicsCoefficients = BLIS_COEFFICIENTS,
): StepTimeModel {
  const { layers, hidden, heads, kvHeads, headDim, feedForward, bytesPerWeight } = model;
  const tp = tensorParallel;
  const kvWidth = kvHeads * headDim;
  const projections = hidden * (2 * heads * headDim + 2 * kvWidth);
  const weightBytes = (layers * (projections + 3 * hidden * feedForward) * bytesPerWeight) / tp;
  const flopsPerToken = (2 * projections + 6 * hidden * feedForward) / tp;
  const cacheBytesPerToken = (layers * 2 * kvWidth * 2) / tp;
  const linkBytesPerToken = 2 * layers * hidden * 2 * 2 * ((tp - 1) / tp);
  const c = coefficients;
  const cacheS = (c.cacheTraffic * cacheBytesPerToken) / gpu.memoryBytesPerS;
  const linkS = (c.tensorParallel * linkBytesPerToken) / gpu.memoryBytesPerS;
  const fixedS =
    (c.weightTraffic * weightBytes) / gpu.memoryBytesPerS +
    (c.perLayerUs * layers + c.perStepUs) * MICROSECOND;
  return {
    name: "trained-physics",
    source: `${c.source}; fitted to ${c.engine}`,
    stepS({ prefills, decodes, decodeCacheTokens }: StepBatch) {
      let flops = 0;
      let tokens = decodes;
      for (const { tokens: n, promptTokens } of prefills) {
        tokens += n;
        flops += flopsPerToken * n + 4 * (heads / tp) * n * (promptTokens + n / 2) * headDim;
      }
      return (
        fixedS +
        (c.prefillCompute * layers * flops) / gpu.flopPerS +
        cacheS * (decodeCacheTokens + decodes) +
        linkS * tokens +
        c.perRequestUs * MICROSECOND * (decodes + prefills.length)
      );
    },
    decodeGrowthS: ({ decodes }) => cacheS * decodes,
    beforeS: c.beforeUs * MICROSECOND,
    afterS: c.afterUs * MICROSECOND,
    perTokenS: c.perTokenUs * MICROSECOND,
  };
}
