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
import { fromWords, highWord, powerOfTwo } from "./bits.js";

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const TWO54 = 18014398509481984;
const NORMAL_MIN = 2.2250738585072014e-308;

const L1 = 6.66666666666673513e-1;
const L2 = 3.999999999940941908e-1;
const L3 = 2.857142874366239149e-1;
const L4 = 2.222219843214978396e-1;
const L5 = 1.818357216161805012e-1;
const L6 = 1.531383769920937332e-1;
const L7 = 1.479819860511658591e-1;

/**
 * Natural logarithm; error below 1 ulp. NaN below zero, -Infinity at zero.
 *
 * x = 2^k (1 + f) with sqrt(1/2) < 1 + f < sqrt(2), then log(1 + f) from s = f / (2 + f).
 */
export function log(x: number): number {
  let scaled = x;
  let bias = -1023;
  if (x < NORMAL_MIN) {
    if (x === 0) return -Infinity;
    if (x < 0) return NaN;
    scaled = x * TWO54;
    bias -= 54;
  }
  const high = highWord(scaled);
  if (high >= 0x7ff00000) return x + x;
  const fraction = high & 0xfffff;
  // Fractions above sqrt(2) are halved, so that f stays small.
  const halved = (fraction + 0x95f64) >> 20;
  const exponent = (high >> 20) + halved;
  const f = scaled * powerOfTwo(1023 - exponent) - 1;
  const k = exponent + bias;
  if ((0xfffff & (2 + fraction)) < 3) return logNearOne(f, k);
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (L2 + w * (L4 + w * L6));
  const odd = z * (L1 + w * (L3 + w * (L5 + w * L7)));
  const r = odd + even;
  if (((fraction - 0x6147a) | (0x6b851 - fraction)) > 0) {
    const halfSquare = 0.5 * f * f;
    if (k === 0) return f - (halfSquare - s * (halfSquare + r));
    return k * LN2_HIGH - (halfSquare - (s * (halfSquare + r) + k * LN2_LOW) - f);
  }
  if (k === 0) return f - s * (f - r);
  return k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

/** k ln2 + log(1 + f) for |f| < 2^-20, where three terms of the series are exact enough. */
function logNearOne(f: number, k: number): number {
  if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + k * LN2_LOW;
  const r = f * f * (0.5 - 0.3333333333333333 * f);
  return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
}

/** 1 + x is taken as it is between these, without splitting off a power of two. */
const LOG1P_SQRT2_MINUS_1 = fromWords(0x3fda827a, 0);
const LOG1P_SQRT_HALF_MINUS_1 = fromWords(0xbfd2bec5 | 0, 0);
const TWO_MINUS_29 = fromWords(0x3e200000, 0);
const TWO_MINUS_54 = fromWords(0x3c900000, 0);
const TWO53 = 9007199254740992;

/** log(1 + x) without the cancellation near zero; error below 1 ulp. */
export function log1p(x: number): number {
  if (x <= -1) return x === -1 ? -Infinity : NaN;
  if (!(x < Infinity)) return x;
  const magnitude = Math.abs(x);
  if (magnitude < TWO_MINUS_29) return magnitude < TWO_MINUS_54 ? x : x - x * x * 0.5;
  if (x < LOG1P_SQRT2_MINUS_1 && x > LOG1P_SQRT_HALF_MINUS_1) {
    return log1pReduced(x, 0, 0, 1);
  }
  const u = x < TWO53 ? 1 + x : x;
  const high = highWord(u);
  let k = (high >> 20) - 1023;
  // What the rounding of 1 + x lost, divided by u: log(1 + x) - log(u) to first order.
  const correction = x < TWO53 ? (k > 0 ? 1 - (u - x) : x - (u - 1)) / u : 0;
  let fraction = high & 0xfffff;
  if (fraction >= 0x6a09e) {
    k += 1;
    fraction = (0x100000 - fraction) >> 2;
  }
  return log1pReduced(u * powerOfTwo(-k) - 1, k, correction, fraction);
}

/** k ln2 + log(1 + f) + correction. `fraction` 0 says that |f| < 2^-20. */
function log1pReduced(f: number, k: number, correction: number, fraction: number): number {
  const halfSquare = 0.5 * f * f;
  if (fraction === 0) {
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + (correction + k * LN2_LOW);
    const r = halfSquare * (1 - 0.6666666666666666 * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - (k * LN2_LOW + correction) - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const r = z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * (L6 + z * L7))))));
  if (k === 0) return f - (halfSquare - s * (halfSquare + r));
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + r) + (k * LN2_LOW + correction)) - f);
}
