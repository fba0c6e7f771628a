import { expm1, exp } from "../../base/elementary.js";

/** What the choice of a checkpoint interval rests on; seconds, > 0. */
export interface CheckpointSetting {
  /** Seconds the job stands still to write one checkpoint. */
  readonly costS: number;
  /** Mean time to interruption of the whole job. */
  readonly meanTimeToInterruptionS: number;
}

/**
 * Young's interval: `√(2 δ M)` seconds of work between checkpoints.
 *
 * First order in δ / M. Source: Young, CACM 17(9), 1974.
 */
export function youngIntervalS(setting: CheckpointSetting): number {
  const { costS, meanTimeToInterruptionS } = checked(setting);
  return Math.sqrt(2 * costS * meanTimeToInterruptionS);
}

/**
 * Daly's higher-order interval: `√(2 δ M) [1 + ⅓ √(δ / 2M) + (δ / 2M) / 9] − δ` for `δ < 2M`, else `M`.
 *
 * Source: Daly, Future Generation Computer Systems 22 (2006), doi:10.1016/j.future.2004.11.016. Within 0.01 %
 * of the exact optimum where M is at least 30 times the cost.
 */
export function dalyIntervalS(setting: CheckpointSetting): number {
  const { costS, meanTimeToInterruptionS } = checked(setting);
  if (costS >= 2 * meanTimeToInterruptionS) return meanTimeToInterruptionS;
  const ratio = costS / (2 * meanTimeToInterruptionS);
  return youngIntervalS(setting) * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - costS;
}

/**
 * The interval that minimises the expected time of Daly's complete model: the root of
 * `e^{(τ + δ) / M} (1 − τ / M) = 1`, which is `M (1 + W₀(−e^{−δ / M − 1}))`.
 *
 * Found by bisection, to the last bit but two. It does not depend on the restart time.
 */
export function exactIntervalS(setting: CheckpointSetting): number {
  const { costS, meanTimeToInterruptionS } = checked(setting);
  const cost = costS / meanTimeToInterruptionS;
  // Falls from e^cost - 1 > 0 at 0 to -1 at 1, in units of M.
  const slope = (x: number): number => expm1(x + cost) - x * exp(x + cost);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (slope(middle) > 0) low = middle;
    else high = middle;
  }
  return ((low + high) / 2) * meanTimeToInterruptionS;
}

function checked(setting: CheckpointSetting): CheckpointSetting {
  for (const [name, value] of Object.entries(setting)) {
    if (!(value > 0 && value < Infinity))
      throw new RangeError(`checkpoint interval: ${name} must be finite and > 0, got ${value}`);
  }
  return setting;
}
