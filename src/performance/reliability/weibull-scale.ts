import { exp, log } from "../../base/elementary.js";

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;
const LOG_SQRT_TWO_PI = 0.9189385332046728;

/** Γ(x) for x in [1, 7], by Lanczos' approximation (g = 7, nine terms); relative error below 1e-13. */
function gamma(x: number): number {
  const shifted = x - 1;
  let sum: number = LANCZOS[0];
  for (let index = 1; index < LANCZOS.length; index++) sum += LANCZOS[index]! / (shifted + index);
  const t = shifted + 7.5;
  return exp(LOG_SQRT_TWO_PI + (shifted + 0.5) * log(t) - t) * sum;
}

/**
 * Scale of the Weibull distribution with this mean: `mean / Γ(1 + 1 / shape)`.
 *
 * @param options.shape 0.2..20
 * @throws RangeError when the shape is out of range or the mean is not positive
 */
export function weibullScaleS(options: { readonly meanS: number; readonly shape: number }): number {
  const { meanS, shape } = options;
  if (!(shape >= 0.2 && shape <= 20))
    throw new RangeError(`weibull: the shape must be in 0.2..20, got ${shape}`);
  if (!(meanS > 0)) throw new RangeError(`weibull: the mean must be > 0, got ${meanS}`);
  return meanS / gamma(1 + 1 / shape);
}
