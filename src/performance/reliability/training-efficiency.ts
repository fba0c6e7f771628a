import { exp, expm1 } from "../../base/elementary.js";

/** A job that writes checkpoints and is interrupted; seconds. */
export interface TrainingSetting {
  /** Mean time to interruption of the whole job, > 0. */
  readonly meanTimeToInterruptionS: number;
  /** Work between two checkpoints, > 0. */
  readonly intervalS: number;
  /** Seconds the job stands still to write one checkpoint, >= 0. */
  readonly costS: number;
  /** From the interruption to the first second of work again, >= 0. */
  readonly restartS: number;
}

/**
 * Effective training time ratio, first order: `(1 − N r (u₀ + Δt / 2)) / (1 + w / Δt)`, with `N r = 1 / M`.
 *
 * Source: Kokolis et al., HPCA 2025, arXiv 2410.21680. Valid where `N r (u₀ + Δt / 2)` is far below 1; null
 * where it is 1 or more, because the formula then gives no ratio.
 */
export function firstOrderEfficiency(setting: TrainingSetting): number | null {
  const { meanTimeToInterruptionS, intervalS, costS, restartS } = checked(setting);
  const lostShare = (restartS + intervalS / 2) / meanTimeToInterruptionS;
  return lostShare >= 1 ? null : (1 - lostShare) / (1 + costS / intervalS);
}

/**
 * Effective training time ratio of a job with exponential times to interruption, to no approximation:
 * `τ / (M e^{R / M} (e^{(τ + δ) / M} − 1))`.
 *
 * Interruptions may strike while a checkpoint is written and while the job restarts. This is the expected
 * work per time of Daly's complete model (2006), and of the simulation when a machine to restart on is free
 * at once.
 */
export function exactEfficiency(setting: TrainingSetting): number {
  const { meanTimeToInterruptionS: mean, intervalS, costS, restartS } = checked(setting);
  return intervalS / (mean * exp(restartS / mean) * expm1((intervalS + costS) / mean));
}

function checked(setting: TrainingSetting): TrainingSetting {
  const { meanTimeToInterruptionS, intervalS, costS, restartS } = setting;
  const bad =
    !(meanTimeToInterruptionS > 0) ||
    !(intervalS > 0 && intervalS < Infinity) ||
    !(costS >= 0 && costS < Infinity) ||
    !(restartS >= 0 && restartS < Infinity);
  if (bad) {
    throw new RangeError(
      `training efficiency: the interval and the mean time to interruption must be > 0, cost and restart >= 0, got ${JSON.stringify(setting)}`,
    );
  }
  return setting;
}
