/** Requests to a model as columns, in order of arrival. */
export interface RequestTable {
  readonly count: number;
  /** Seconds from the first arrival, never falling. */
  readonly arrivalS: Float64Array;
  /** Tokens of the prompt, ≥ 1. */
  readonly promptTokens: Int32Array;
  /** Tokens of the answer, ≥ 1. */
  readonly outputTokens: Int32Array;
}
