/**
 * Traffic that is drawn, not read: when requests come, of which kinds, and how long they are.
 *
 * Plain data: a scenario, a preset and a command line make the same, and `generateRequests` turns it into a
 * table. Times are in seconds, lengths in tokens.
 */
export interface TrafficDescription {
  readonly arrivals: ArrivalDescription;
  /** Length of the window requests arrive in, > 0. */
  readonly durationS: number;
  /** At most so many requests; the window ends with the last of them. */
  readonly requestsMax?: number;
  /** At least one. */
  readonly classes: readonly TrafficClass[];
}

/** When requests or conversations begin. */
export interface ArrivalDescription {
  /** Requests of one second on average over a period of the shape, every turn of a conversation counted; > 0. */
  readonly requestsPerS: number;
  /**
   * Standard deviation of the gaps over their mean, where the rate is even: 0 for equal gaps, 1 for a Poisson
   * process (the default), above 1 for bursts (gamma gaps). vLLM's `burstiness` is 1 over its square.
   */
  readonly gapVariation?: number;
  /** How the rate goes up and down; even when absent. */
  readonly shape?: RateShape;
}

/** A rate that is constant in segments and begins again when the last is over. */
export interface RateShape {
  /** Relative rates, ≥ 0 and not all 0; the mean over time is `requestsPerS`. */
  readonly segments: readonly { readonly durationS: number; readonly weight: number }[];
  /** Place in the period at which the window begins; 0 by default. */
  readonly startS?: number;
}

/** One kind of requests. */
export interface TrafficClass {
  readonly name: string;
  /** Relative number of requests, > 0. */
  readonly weight: number;
  /** Tokens of a prompt without the shared beginning; of the first one in a conversation. */
  readonly lengths: LengthDescription;
  /** Beginnings that prompts share. */
  readonly prefix?: PrefixDescription;
  /** Conversations instead of single questions. */
  readonly conversation?: ConversationDescription;
  /** LoRA adapters by relative use; the name "" stands for the bare model. */
  readonly adapters?: readonly { readonly name: string; readonly weight: number }[];
}

/** Prompt and answer drawn each by itself, or as pairs that were seen together. */
export type LengthDescription =
  | {
      readonly kind: "independent";
      readonly promptTokens: ValueDistribution;
      readonly outputTokens: ValueDistribution;
    }
  | {
      readonly kind: "pairs";
      readonly promptTokens: ArrayLike<number>;
      readonly outputTokens: ArrayLike<number>;
    };

/** A beginning that prompts share: system prompts, tool descriptions, documents. */
export interface PrefixDescription {
  /** Different beginnings, each equally likely, ≥ 1. */
  readonly groups: number;
  /** Tokens of each, which come before the tokens of the lengths; ≥ 1. */
  readonly tokens: number;
}

/** Turns that each begin with all that was said before. */
export interface ConversationDescription {
  /** Turns of one conversation, ≥ 1. */
  readonly turns: ValueDistribution;
  /** Tokens the next prompt adds to the last prompt and its answer. */
  readonly addedTokens: ValueDistribution;
  /** Seconds between an answer's end and the next prompt. */
  readonly thinkS: ValueDistribution;
  /**
   * Seconds an answer takes per token, for the time of the next prompt: traffic is drawn before anything is
   * served. 0.02 (50 tokens per second) by default.
   */
  readonly answerSPerToken?: number;
  /** A conversation ends before prompt and answer would be longer than this. */
  readonly contextTokensMax: number;
}

/**
 * Numbers drawn from a distribution. Values outside `min`..`max` are set to the nearer of the two, except
 * for `normal`, which is drawn again.
 */
export type ValueDistribution =
  | { readonly kind: "fixed"; readonly value: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | ({ readonly kind: "lognormal"; readonly median: number; readonly sigma: number } & Bounds)
  | ({ readonly kind: "exponential"; readonly mean: number } & Bounds)
  | ({
      readonly kind: "normal";
      readonly mean: number;
      readonly standardDeviation: number;
    } & Bounds)
  /** Each of the values equally likely, such as those of a trace. */
  | { readonly kind: "empirical"; readonly values: ArrayLike<number> }
  /** Known quantiles from `[0, min]` to `[1, max]`, log-linear between them where positive. */
  | {
      readonly kind: "quantiles";
      readonly points: readonly (readonly [q: number, value: number])[];
    }
  | {
      readonly kind: "mixture";
      readonly parts: readonly { readonly weight: number; readonly of: ValueDistribution }[];
    };

/** Smallest and largest value. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}
