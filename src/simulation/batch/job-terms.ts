/** On what terms jobs run, beyond what each of them says itself: part of a batch spec, the same for all queue policies. */
export interface JobTerms {
  /**
   * Relative speed of GPU models, > 0: a job of duration d runs d / speed seconds on GPUs of that speed, and
   * a gang over several models at the lowest of their speeds. Models not named have speed 1. Not for a pool.
   */
  readonly gpuSpeeds?: Readonly<Record<string, number>>;
}
