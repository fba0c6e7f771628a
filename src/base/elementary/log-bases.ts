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
import { clearLowWord, highWord, powerOfTwo } from "./bits.js";
import { log } from "./log.js";

const TWO54 = 18014398509481984;
const NORMAL_MIN = 2.2250738585072014e-308;

const L1 = 6.66666666666673513e-1;
const L2 = 3.999999999940941908e-1;
const L3 = 2.857142874366239149e-1;
const L4 = 2.222219843214978396e-1;
const L5 = 1.818357216161805012e-1;
const L6 = 1.531383769920937332e-1;
const L7 = 1.479819860511658591e-1;

const INVERSE_LN2_HIGH = 1.44269504072144627571;
const INVERSE_LN2_LOW = 1.67517131648865118353e-10;

/**
 * Logarithm to base 2; error below 1 ulp, and exact for powers of two.
 *
 * log2(x) = k + log(1 + f) / ln2, the sum carried in two doubles because k may cancel it.
 */
export function log2(x: number): number {
  let scaled = x;
  let bias = -1023;
  if (x < NORMAL_MIN) {
    if (x === 0) return -Infinity;
    if (x < 0) return NaN;
    scaled = x * TWO54;
    bias -= 54;
  }
  const highX = highWord(scaled);
  if (highX >= 0x7ff00000) return x + x;
  if (x === 1) return 0;
  const exponent = (highX >> 20) + (((highX & 0xfffff) + 0x95f64) >> 20);
  const f = scaled * powerOfTwo(1023 - exponent) - 1;
  const k = exponent + bias;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const r = z * (L1 + w * (L3 + w * (L5 + w * L7))) + w * (L2 + w * (L4 + w * L6));
  const high = clearLowWord(f - halfSquare);
  const low = f - high - halfSquare + s * (halfSquare + r);
  const valueHigh = high * INVERSE_LN2_HIGH;
  const valueLow = (low + high) * INVERSE_LN2_LOW + low * INVERSE_LN2_HIGH;
  const sum = k + valueHigh;
  return valueLow + (k - sum + valueHigh) + sum;
}

const INVERSE_LN10 = 4.34294481903251816668e-1;
const LOG10_2_HIGH = 3.01029995663611771306e-1;
const LOG10_2_LOW = 3.69423907715893078616e-13;

/** Logarithm to base 10; error below 2 ulp, and exact for 10^0 to 10^22. */
export function log10(x: number): number {
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
  if (x === 1) return 0;
  const exponent = (high >> 20) - 1023;
  // Towards zero from below, so that the mantissa's logarithm has the sign of k's.
  const k = (high >> 20) + bias;
  const rounded = k < 0 ? k + 1 : k;
  const mantissa = scaled * powerOfTwo(-exponent - (rounded - k));
  return rounded * LOG10_2_LOW + INVERSE_LN10 * log(mantissa) + rounded * LOG10_2_HIGH;
}
