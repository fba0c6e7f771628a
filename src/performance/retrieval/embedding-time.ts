import type { GpuRates } from "../compute/gpu-rates.js";
import type { Sourced } from "../virtualization/hosting-profile.js";
import { encoderFlops, encoderWeights, type EncoderModel } from "./encoder-model.js";
import { ASSUMED_HOST_RATES, hostSeconds, type HostRates } from "./host-rates.js";

/** Where an encoder runs. */
export type EncoderPlace =
  | { readonly kind: "cpu"; readonly cores: number; readonly rates?: HostRates }
  | { readonly kind: "gpu"; readonly gpu: GpuRates };

/** Seconds of a request that neither computes nor reads weights: HTTP, tokenizer, launches. */
export const ENCODER_OVERHEAD_S: Sourced<number> = {
  value: 0.003,
  provenance: "assumed",
  source: "a tokenizer and a local HTTP call; nobody published it for KAITO's RAGEngine",
};

/** Rate of an encoder's small multiplications over the best large one of the GPU. */
export const ENCODER_KERNEL_SHARE: Sourced<number> = {
  value: 0.3,
  provenance: "assumed",
  source: "matrices of a single text are far smaller than those peaks are measured with",
};

/**
 * Seconds to embed one text: the longer of computing it and reading the weights (single precision on a CPU,
 * half precision on a GPU), and the overhead. A text longer than the encoder reads is cut.
 */
export function embeddingS(model: EncoderModel, tokens: number, place: EncoderPlace): number {
  const read = Math.min(tokens, model.tokensMax);
  const flops = encoderFlops(model, read);
  const weights = encoderWeights(model);
  if (place.kind === "cpu") {
    const { cores, rates = ASSUMED_HOST_RATES } = place;
    return hostSeconds({ flops, bytes: 4 * weights }, cores, rates) + ENCODER_OVERHEAD_S.value;
  }
  const { gpu } = place;
  const computeS = flops / (gpu.bf16FlopPerS.value * ENCODER_KERNEL_SHARE.value);
  const readS = (2 * weights) / gpu.streamBytesPerS.value;
  return Math.max(computeS, readS) + ENCODER_OVERHEAD_S.value;
}
