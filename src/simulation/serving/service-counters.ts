/** Counts since a replica, or the service, began: they only grow. */
export interface ServiceCounters {
  readonly finished: number;
  /** Tokens of prompts and answers of finished requests. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly preemptions: number;
  /** Sums over finished requests, as Prometheus histograms have them. Seconds. */
  readonly ttftSumS: number;
  readonly e2eSumS: number;
  /** Tokens of prompts that were looked for in a prefix cache, and those found there. */
  readonly prefixQueriedTokens: number;
  readonly prefixFoundTokens: number;
  /** Adapters put on a GPU. */
  readonly adapterLoads: number;
  /** Engine steps. */
  readonly steps: number;
}
