import type { ElasticTerms } from "./elastic-terms.js";
import type { LimitRule } from "./limit-rules.js";

/** MIG profiles for jobs up to a share of a GPU. */
export interface MigProfilesForShare {
  /** Thousandths of a GPU, 1..1000. */
  readonly gpuMilliMax: number;
  /** In order of preference. */
  readonly profiles: readonly string[];
}

/** On what terms jobs run, beyond what each of them says itself: part of a batch spec, the same for all queue policies. */
export interface JobTerms {
  /**
   * Relative speed of GPU models, > 0: a job of duration d runs d / speed seconds on GPUs of that speed, and
   * a gang over several models at the lowest of their speeds. Models not named have speed 1. Not for a pool.
   */
  readonly gpuSpeeds?: Readonly<Record<string, number>>;
  /** Most that tenants and users may use at once; job arrays carry their own limits. Default none. */
  readonly useLimits?: readonly LimitRule[];
  /** How elastic jobs run; absent: with the workers they ask for. */
  readonly elastic?: ElasticTerms;
  /**
   * On MIG nodes, profiles of jobs that ask for a share of a GPU and name none: the first entry whose share is
   * not below theirs. Without an entry the share decides (`acceptanceOf`).
   */
  readonly migProfilesByShare?: readonly MigProfilesForShare[];
}
