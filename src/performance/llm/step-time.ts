/** One chunk of a prompt in a step. */
export interface PrefillChunk {
  /** Tokens computed in this step, ≥ 1. */
  readonly tokens: number;
  /** Tokens of the request that are in the cache already. */
  readonly cachedTokens: number;
  /** All tokens the request must compute before it emits the next one. */
  readonly promptTokens: number;
}

/** What one step of an engine computes: chunks of prompts, and one token for each decoding request. */
export interface StepBatch {
  readonly prefills: readonly PrefillChunk[];
  readonly decodes: number;
  /** Tokens in the cache of all decoding requests together, before the step. */
  readonly decodeCacheTokens: number;
  /** Longest of them. */
  readonly decodeCacheTokensMax: number;
}

/** How long steps take, with where that comes from. */
export interface StepTimeModel {
  readonly name: string;
  readonly source: string;
  /** Seconds of one step. */
  stepS(batch: StepBatch): number;
  /**
   * Where every further step of an unchanged decode-only batch takes the same time longer: seconds by which.
   * Absent where it does not.
   */
  decodeGrowthS?(batch: StepBatch): number;
  /** Seconds before the first step of a request and after its last that no GPU sees. */
  readonly beforeS: number;
  readonly afterS: number;
  /** Seconds added to a request's end for every token it emits. */
  readonly perTokenS: number;
  /** Where the model holds, in words. */
  readonly validity?: string;
  /** What of this use lies outside of that, each in a sentence; nothing when absent. */
  readonly warnings?: readonly string[];
  /** True for a batch beyond the sizes the model was measured at; never when absent. */
  isExtrapolated?(batch: StepBatch): boolean;
}
