import { exp, log } from "../base/elementary.js";

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const HALF_LOG_TWO_PI = 0.9189385332046728;
const TINY = 1e-300;
const PRECISION = 1e-16;

/**
 * Natural logarithm of the gamma function for x > 0.
 *
 * Lanczos approximation, g = 7 and nine terms; about 14 digits.
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma: x must be > 0, got ${x}`);
  // Below one half the approximation loses digits: step up by gamma(x + 1) = x gamma(x).
  if (x < 0.5) return logGamma(x + 1) - log(x);
  const shifted = x - 1;
  let series = 0.99999999999980993;
  LANCZOS.forEach((coefficient, index) => {
    series += coefficient / (shifted + index + 1);
  });
  const base = shifted + 7.5;
  return HALF_LOG_TWO_PI + (shifted + 0.5) * log(base) - base + log(series);
}

/**
 * Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction.
 *
 * @param options.x in [0, 1]
 * @param options.a > 0
 * @param options.b > 0
 */
export function incompleteBeta(options: {
  readonly x: number;
  readonly a: number;
  readonly b: number;
}): number {
  const { x, a, b } = options;
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incompleteBeta: x must be in [0, 1], got ${x}`);
  if (x === 0 || x === 1) return x;
  // The fraction converges fast on this side of the mean; the other side follows by symmetry.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta({ x: 1 - x, a: b, b: a });
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x)) / a;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < TINY ? TINY : d);
  let c = 1;
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 + term * d;
      d = 1 / (Math.abs(d) < TINY ? TINY : d);
      c = 1 + term / c;
      c = Math.abs(c) < TINY ? TINY : c;
      change = d * c;
      fraction *= change;
    }
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return front * fraction;
}

/** P(T ≤ t) for Student's t with `degrees` > 0 degrees of freedom (need not be whole). */
export function studentTCdf(t: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`studentTCdf: degrees must be > 0, got ${degrees}`);
  const square = t * t;
  // Each side takes the form that does not subtract nearly equal numbers.
  const twoTails =
    square < degrees
      ? 1 - incompleteBeta({ x: square / (degrees + square), a: 0.5, b: degrees / 2 })
      : incompleteBeta({ x: degrees / (degrees + square), a: degrees / 2, b: 0.5 });
  return t >= 0 ? 1 - twoTails / 2 : twoTails / 2;
}

/**
 * The t with P(T ≤ t) = p, by bisection: about 15 digits, always the same ones.
 *
 * @throws RangeError when p is outside (0, 1) or degrees is not > 0
 */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`studentTQuantile: p must be in (0, 1), got ${p}`);
  if (p < 0.5) return -studentTQuantile(1 - p, degrees);
  let low = 0;
  let high = 1;
  while (studentTCdf(high, degrees) < p) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
