import type { RandomStream } from "../../engine/streams.js";
import { momentsOf } from "../../stats/moments.js";

/** Positions of a factor's range, 0 to 1: the levels 0, 1/3, 2/3, 1 of Morris with p = 4. */
const LEVELS = 4;
/** Step of Morris for p = 4. */
const STEP = 2 / 3;

/** One walk through the ranges: each point differs from the one before in one factor. */
export interface Trajectory {
  /** `points[0]` is the start; k factors make k + 1 points, each with a position per factor. */
  readonly points: readonly (readonly number[])[];
  /** Factor that changed from `points[i]` to `points[i + 1]`. */
  readonly changed: readonly number[];
}

/** Elementary effects of one factor. */
export interface MorrisEffect {
  /** Mean of the absolute effects, in units of the output over the whole range. */
  readonly meanAbsolute: number;
  /** Mean with signs: far below the former where the effect changes direction. */
  readonly mean: number;
  /** Standard deviation: large where the effect depends on the other factors, or bends. */
  readonly deviation: number;
}

/**
 * Random walks through the ranges of k factors (Morris 1991; Campolongo et al. 2007).
 *
 * @param count walks, each of k + 1 runs
 */
export function morrisTrajectories(
  factors: number,
  count: number,
  random: RandomStream,
): readonly Trajectory[] {
  return Array.from({ length: count }, () => {
    // From the lower half a step goes up, from the upper half down: both ends stay inside.
    const start = Array.from({ length: factors }, () => random.integerBelow(LEVELS) / (LEVELS - 1));
    const order = Int32Array.from({ length: factors }, (_, index) => index);
    random.shuffle(order);
    const points: (readonly number[])[] = [start];
    for (const factor of order) {
      const last = points[points.length - 1]!;
      const direction = last[factor]! < 0.5 ? STEP : -STEP;
      points.push(last.map((at, index) => (index === factor ? at + direction : at)));
    }
    return { points, changed: [...order] };
  });
}

/**
 * Effects of every factor from the outputs along the walks: the change over the step. A walk with an output that
 * is no number is left out for the factors it touches.
 *
 * @param outputs one per point of every walk
 */
export function morrisEffects(
  trajectories: readonly Trajectory[],
  outputs: readonly (readonly number[])[],
  factors: number,
): readonly MorrisEffect[] {
  const effects: number[][] = Array.from({ length: factors }, () => []);
  trajectories.forEach(({ points, changed }, walk) => {
    changed.forEach((factor, index) => {
      const step = points[index + 1]![factor]! - points[index]![factor]!;
      const effect = (outputs[walk]![index + 1]! - outputs[walk]![index]!) / step;
      if (Number.isFinite(effect)) effects[factor]!.push(effect);
    });
  });
  return effects.map((values) => {
    if (values.length === 0)
      return { meanAbsolute: Number.NaN, mean: Number.NaN, deviation: Number.NaN };
    const { mean, variance } = momentsOf(values);
    return {
      meanAbsolute: momentsOf(values.map(Math.abs)).mean,
      mean,
      deviation: values.length > 1 ? Math.sqrt(variance) : 0,
    };
  });
}
