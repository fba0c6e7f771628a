import { exp } from "../base/elementary.js";

const HALF_ROOT = 0.7071067811865476;

/**
 * P(Z > z) for a standard normal Z.
 *
 * The complementary error function as a Chebyshev fit (Numerical Recipes, `erfccheb` of low order): relative
 * error below 1.2e-7 everywhere, which is enough for p-values of large samples.
 */
export function normalTail(z: number): number {
  return 0.5 * complementaryError(z * HALF_ROOT);
}

/** The z with P(Z ≤ z) = p, by bisection of `normalTail`; within 1e-6 of the true value for 1e-9 < p < 1 - 1e-9. */
export function standardNormalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`normal quantile: p must be in (0, 1), got ${p}`);
  let [low, high] = [-40, 40];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const CHEBYSHEV = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
] as const;

function complementaryError(x: number): number {
  const size = Math.abs(x);
  const t = 1 / (1 + 0.5 * size);
  let polynomial = 0;
  for (let index = CHEBYSHEV.length - 1; index >= 0; index--) {
    polynomial = polynomial * t + CHEBYSHEV[index]!;
  }
  const tail = t * exp(-size * size + polynomial);
  return x >= 0 ? tail : 2 - tail;
}
