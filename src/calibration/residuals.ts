import { sha256 } from "../base/sha256.js";
import type { Residuals } from "../performance/calibrated/matmul-surface.js";
import { quantileOfSorted } from "../stats/quantile.js";

/** True for about half of all keys, always the same ones: the first bit of the key's SHA-256. */
export function isHeldOut(key: string): boolean {
  return Number.parseInt(sha256(key).slice(0, 2), 16) >= 128;
}

/** Errors of predictions as shares of what was measured. @throws RangeError when there is none */
export function residualsOf(predicted: ArrayLike<number>, measured: ArrayLike<number>): Residuals {
  if (predicted.length === 0) throw new RangeError("residuals: there is nothing held out");
  const errors = Float64Array.from(predicted, (value, index) =>
    Math.abs(value / measured[index]! - 1),
  ).sort();
  return {
    count: errors.length,
    median: quantileOfSorted(errors, 0.5)!,
    p90: quantileOfSorted(errors, 0.9)!,
    max: errors.at(-1)!,
  };
}
