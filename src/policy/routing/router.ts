/** What a router may see of a replica, now or when it last looked. */
export interface Endpoint {
  /** Number of the replica, different from every other of the service. */
  readonly replica: number;
  /** Requests in the engine's queue. */
  readonly waiting: number;
  /** Requests the engine computes. */
  readonly running: number;
  /** Sent there and not answered. */
  readonly outstanding: number;
  /** Blocks of cache in use over all, 0 to 1. */
  readonly cacheShare: number;
  /** Blocks of cache. */
  readonly cacheBlocks: number;
  /** Most requests the engine computes at a time (`max_num_seqs`). */
  readonly requestsMax: number;
  /** Adapters of running and of waiting requests, and how many the engine takes at a time (`max_loras`). */
  readonly adaptersInUse: number;
  readonly adaptersWaiting: number;
  readonly adaptersMax: number;
  /** Whether requests with the adapter run there, only wait there, or neither. */
  adapterUse(adapter: number): "active" | "waiting" | "none";
}

/** What a router may see of a request. */
export interface RoutedRequest {
  readonly promptTokens: number;
  /** Adapter, group of prompts with the same beginning, conversation: −1 for none. */
  readonly adapter: number;
  readonly prefixGroup: number;
  /** Tokens of that beginning. */
  readonly prefixTokens: number;
  readonly conversation: number;
}

/**
 * Chooses the replica of each request.
 *
 * Stateful and deterministic: the same calls give the same choices. Replicas come and go between calls; the
 * list is in order of their numbers, and never empty.
 */
export interface Router {
  readonly name: string;
  /** False when only the numbers of the endpoints are read: the service then need not bring the rest up to date. */
  readonly readsState: boolean;
  /** What is read of endpoints may be so old; 0 when it is always fresh. Seconds. */
  readonly metricsAgeMaxS: number;
  /** @returns the place in `endpoints` */
  choose(request: RoutedRequest, endpoints: readonly Endpoint[]): number;
}
