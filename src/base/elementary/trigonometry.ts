/*
 * Derived from fdlibm (http://www.netlib.org/fdlibm), rewritten in TypeScript.
 *
 * ====================================================
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *
 * Developed at SunSoft, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice
 * is preserved.
 * ====================================================
 */
import { clearLowWord, fromWords, highWord } from "./bits.js";
import { reduceAngle, reducedAngle } from "./reduce-angle.js";

/** The double just above pi / 4 in its high word: at or below it no reduction is needed. */
const QUARTER_PI_HIGH_WORD = 0x3fe921fb;
const NOT_FINITE_HIGH_WORD = 0x7ff00000;
const TINY_HIGH_WORD = 0x3e400000;

/** Sine of x radians; error below 1 ulp for every finite x. NaN for infinities. */
export function sin(x: number): number {
  const high = highWord(x) & 0x7fffffff;
  if (high <= QUARTER_PI_HIGH_WORD) return sineKernel(x, 0, false);
  if (high >= NOT_FINITE_HIGH_WORD) return NaN;
  const quadrant = reduceAngle(x) & 3;
  const head = reducedAngle[0]!;
  const tail = reducedAngle[1]!;
  const value = (quadrant & 1) === 0 ? sineKernel(head, tail, true) : cosineKernel(head, tail);
  return quadrant < 2 ? value : -value;
}

/** Cosine of x radians; error below 1 ulp for every finite x. NaN for infinities. */
export function cos(x: number): number {
  const high = highWord(x) & 0x7fffffff;
  if (high <= QUARTER_PI_HIGH_WORD) return cosineKernel(x, 0);
  if (high >= NOT_FINITE_HIGH_WORD) return NaN;
  const quadrant = reduceAngle(x) & 3;
  const head = reducedAngle[0]!;
  const tail = reducedAngle[1]!;
  const value = (quadrant & 1) === 0 ? cosineKernel(head, tail) : sineKernel(head, tail, true);
  return quadrant === 0 || quadrant === 3 ? value : -value;
}

/** Tangent of x radians; error below 1 ulp for every finite x. NaN for infinities. */
export function tan(x: number): number {
  const high = highWord(x) & 0x7fffffff;
  if (high <= QUARTER_PI_HIGH_WORD) return tangentKernel(x, 0, false);
  if (high >= NOT_FINITE_HIGH_WORD) return NaN;
  const odd = (reduceAngle(x) & 1) === 1;
  return tangentKernel(reducedAngle[0]!, reducedAngle[1]!, odd);
}

const S1 = -1.66666666666666324348e-1;
const S2 = 8.33333333332248946124e-3;
const S3 = -1.98412698298579493134e-4;
const S4 = 2.75573137070700676789e-6;
const S5 = -2.50507602534068634195e-8;
const S6 = 1.58969099521155010221e-10;

/** sin(x + tail) for |x| <= pi / 4. */
function sineKernel(x: number, tail: number, useTail: boolean): number {
  if ((highWord(x) & 0x7fffffff) < TINY_HIGH_WORD) return x;
  const z = x * x;
  const v = z * x;
  const r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
  if (!useTail) return x + v * (S1 + z * r);
  return x - (z * (0.5 * tail - v * r) - tail - v * S1);
}

const C1 = 4.16666666666666019037e-2;
const C2 = -1.38888888888741095749e-3;
const C3 = 2.48015872894767294178e-5;
const C4 = -2.75573143513906633035e-7;
const C5 = 2.0875723212981748279e-9;
const C6 = -1.13596475577881948265e-11;

/** cos(x + tail) for |x| <= pi / 4; from 0.3 on, a quarter of x is set aside to keep 1 - x^2/2 exact. */
function cosineKernel(x: number, tail: number): number {
  const high = highWord(x) & 0x7fffffff;
  if (high < TINY_HIGH_WORD) return 1;
  const z = x * x;
  const r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
  if (high < 0x3fd33333) return 1 - (0.5 * z - (z * r - x * tail));
  const aside = high > 0x3fe90000 ? 0.28125 : fromWords(high - 0x200000, 0);
  return 1 - aside - (0.5 * z - aside - (z * r - x * tail));
}

const T0 = 3.33333333333334091986e-1;
const T1 = 1.33333333333201242699e-1;
const T2 = 5.39682539762260521377e-2;
const T3 = 2.18694882948595424599e-2;
const T4 = 8.86323982359930005737e-3;
const T5 = 3.59207910759131235356e-3;
const T6 = 1.45620945432529025516e-3;
const T7 = 5.88041240820264096874e-4;
const T8 = 2.46463134818469906812e-4;
const T9 = 7.817944429395570923e-5;
const T10 = 7.14072491382608190305e-5;
const T11 = -1.85586374855275456654e-5;
const T12 = 2.59073051863633712884e-5;
const QUARTER_PI = 7.85398163397448278999e-1;
const QUARTER_PI_TAIL = 3.06161699786838301793e-17;

/** tan(x + tail) for |x| <= pi / 4, or -1 / tan(x + tail) when `reciprocal`. */
function tangentKernel(angle: number, angleTail: number, reciprocal: boolean): number {
  let x = angle;
  let tail = angleTail;
  const high = highWord(x) & 0x7fffffff;
  if (high < 0x3e300000) {
    if (!reciprocal) return x;
    const w = x + tail;
    return minusReciprocal(w, tail - (clearLowWord(w) - x));
  }
  const nearQuarterPi = high >= 0x3fe59428;
  if (nearQuarterPi) {
    const sign = x < 0 ? -1 : 1;
    x = QUARTER_PI - sign * x + (QUARTER_PI_TAIL - sign * tail);
    tail = 0;
  }
  const z = x * x;
  const w = z * z;
  const odd = T1 + w * (T3 + w * (T5 + w * (T7 + w * (T9 + w * T11))));
  const even = z * (T2 + w * (T4 + w * (T6 + w * (T8 + w * (T10 + w * T12)))));
  const cube = z * x;
  const r = tail + z * (cube * (odd + even) + tail) + T0 * cube;
  const sum = x + r;
  if (nearQuarterPi) {
    const one = reciprocal ? -1 : 1;
    return (angle < 0 ? -1 : 1) * (one - 2 * (x - ((sum * sum) / (sum + one) - r)));
  }
  if (!reciprocal) return sum;
  return minusReciprocal(sum, r - (clearLowWord(sum) - x));
}

/** -1 / (clearLowWord(sum) + rest), corrected once, because the plain quotient can be 2 ulps off. */
function minusReciprocal(sum: number, rest: number): number {
  const quotient = -1 / sum;
  const head = clearLowWord(quotient);
  const error = 1 + head * clearLowWord(sum);
  return head + quotient * (error + head * rest);
}
