/** How changes are told from noise. */
export interface VerdictSettings {
  /** Chance of any false regression or improvement in the whole suite, by Holm's procedure, in (0, 1). */
  readonly familyAlpha: number;
  /** Confidence of the printed intervals, in (0, 1). */
  readonly confidence: number;
  /** Least shift that counts, as a share: 0.02 is 2 %. Smaller ones are told and pass. */
  readonly effectMin: number;
  /** The shift a suite must be able to see: where the interval still allows it, the case is too noisy. */
  readonly effectToDetect: number;
}

/**
 * The settings of `bench compare` and `bench gate`. The test looks both ways, so a family level of 4 % lets at
 * most 2 % of unchanged suites fail, whatever their noise. With 10 pairs of processes of 20 samples they find a 5 %
 * slowdown under 2 % noise nearly always (docs/models.md, "Benchmark verdicts").
 */
export const DEFAULT_VERDICT_SETTINGS: VerdictSettings = {
  familyAlpha: 0.04,
  confidence: 0.95,
  effectMin: 0.02,
  effectToDetect: 0.05,
};
