/** Requests to a model as columns, in order of arrival. */
export interface RequestTable {
  readonly count: number;
  /** Seconds from the start of the window, never falling. */
  readonly arrivalS: Float64Array;
  /** Tokens of the prompt, ≥ 1; what it shares with other prompts included. */
  readonly promptTokens: Int32Array;
  /** Tokens of the answer, ≥ 1. */
  readonly outputTokens: Int32Array;
  /** Class of each request, such as one with its own latency targets; absent where all are of one. */
  readonly classes?: NamedColumn;
  /** LoRA adapter of each request, −1 for the bare model; absent where none uses one. */
  readonly adapters?: NamedColumn;
  /** Beginnings that prompts have in common, such as a system prompt; absent where there are none. */
  readonly prefixes?: PrefixColumns;
  /**
   * Conversation of each request, −1 for a single question; absent where all are. A turn's prompt begins with
   * the whole prompt of the turn before and its answer, so tokens at the same place in one conversation are
   * the same.
   */
  readonly conversation?: Int32Array;
}

/** A name per row, written once. */
export interface NamedColumn {
  readonly names: readonly string[];
  /** Index into `names`; −1 where there is none. */
  readonly index: Int32Array;
}

/**
 * What prompts share at their beginning.
 *
 * The content of a prompt, as a prefix cache sees it: the first `tokens` tokens are those of its group; behind
 * them, tokens at the same place of one conversation are the same; everything else nobody else has.
 */
export interface PrefixColumns {
  /** Group with the same beginning, −1 for none. */
  readonly group: Int32Array;
  /** Tokens of that beginning in this prompt, 0..promptTokens. */
  readonly tokens: Int32Array;
}
