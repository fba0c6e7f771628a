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
import { fromWords, highWord, powerOfTwo, scaleByPowerOfTwo } from "./bits.js";

const TWO53 = 9007199254740992;
/** Polynomial for (3/2)(log(x) - 2s - 2/3 s^3). */
const L1 = 5.99999999999994648725e-1;
const L2 = 4.28571428578550184252e-1;
const L3 = 3.33333329818377432918e-1;
const L4 = 2.72728123808534006489e-1;
const L5 = 2.30660745775561754067e-1;
const L6 = 2.06975017800338417784e-1;
const P1 = 1.66666666666666019037e-1;
const P2 = -2.77777777770155933842e-3;
const P3 = 6.61375632143793436117e-5;
const P4 = -1.6533902205465251539e-6;
const P5 = 4.13813679705723846039e-8;
const LN2 = 6.93147180559945286227e-1;
const LN2_HIGH = 6.93147182464599609375e-1;
const LN2_LOW = -1.90465429995776804525e-9;
/** -(1024 - log2(overflow threshold + half an ulp)). */
const OVERFLOW_TAIL = 8.008566259537294e-17;
/** 2 / (3 ln2) and its head and tail. */
const CP = 9.61796693925975554329e-1;
const CP_HIGH = 9.61796700954437255859e-1;
const CP_LOW = -7.02846165095275826516e-9;
const INVERSE_LN2 = 1.442695040888963387;
const INVERSE_LN2_HIGH = 1.44269502162933349609;
const INVERSE_LN2_LOW = 1.92596299112661746887e-8;
/** log2(1.5), head and tail. */
const LOG2_3_HALVES_HIGH = 5.84962487220764160156e-1;
const LOG2_3_HALVES_LOW = 1.35003920212974897128e-8;

/**
 * The leading 21 bits of x, rounded to nearest (Veltkamp's split).
 *
 * Products of two heads are exact. The original cuts bits in memory; this stays in registers.
 */
function headOf(x: number): number {
  const spread = 4294967297 * x;
  return spread - (spread - x);
}

/** Head and tail of a sum carried in two doubles; written by one helper, read at once by its caller. */
const pair = new Float64Array(2);

/**
 * x to the power y, with the special cases of ECMAScript's `Math.pow`; error below 1 ulp.
 *
 * log2(x) is carried in two doubles so that y log2(x) keeps enough bits, then 2^(n + y') with |y'| <= 1/2.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const magnitude = Math.abs(x);
  if (y === Infinity || y === -Infinity) {
    if (magnitude === 1) return NaN;
    return magnitude > 1 === y > 0 ? Infinity : 0;
  }
  if (y === 1) return x;
  if (y === -1) return 1 / x;
  if (y === 2) return x * x;
  const negative = highWord(x) < 0;
  if (y === 0.5 && !negative) return Math.sqrt(x);
  const odd = negative && isOddInteger(y);
  if (magnitude === 0 || magnitude === Infinity || magnitude === 1) {
    if (magnitude === 1 && negative && !Number.isInteger(y)) return NaN;
    const result = y < 0 ? 1 / magnitude : magnitude;
    return odd ? -result : result;
  }
  if (negative && !Number.isInteger(y)) return NaN;
  const sign = odd ? -1 : 1;
  if (Math.abs(y) >= BIG_EXPONENT) {
    const limit = powerOfHugeExponent(magnitude, y);
    if (limit !== undefined) return sign * limit;
    log2NearOne(magnitude);
  } else {
    log2InTwoParts(magnitude);
  }
  return sign * exp2OfProduct(y);
}

/** Beyond 2^53 every double is even. */
function isOddInteger(y: number): boolean {
  return Number.isInteger(y) && Math.abs(y) < TWO53 && Math.abs(y % 2) === 1;
}

/** 2^31 and 2^64 as the original's word compares see them. */
const BIG_EXPONENT = fromWords(0x41e00001, 0);
const HUGE_EXPONENT = fromWords(0x43f00001, 0);

/** 0 or Infinity where |y| is so large that only x's side of 1 matters; undefined when x is too near 1. */
function powerOfHugeExponent(magnitude: number, y: number): number | undefined {
  const high = highWord(magnitude);
  const huge = Math.abs(y) >= HUGE_EXPONENT;
  if (high < 0x3fefffff || (huge && high <= 0x3fefffff)) return y < 0 ? Infinity : 0;
  if (high > 0x3ff00000 || (huge && high >= 0x3ff00000)) return y > 0 ? Infinity : 0;
  return undefined;
}

/**
 * log2(x) into `pair` for |1 - x| <= 2^-20, where four terms of the series suffice.
 *
 * fdlibm multiplies 1 / ln2's head with all 33 bits of t, which rounds; with y near 2^40 that costs
 * hundreds of ulps. Here t is split too, so that the head stays exact.
 */
function log2NearOne(x: number): void {
  const t = x - 1;
  const tHead = headOf(t);
  const w = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25));
  const u = INVERSE_LN2_HIGH * tHead;
  const v = INVERSE_LN2_HIGH * (t - tHead) + (t * INVERSE_LN2_LOW - w * INVERSE_LN2);
  const head = headOf(u + v);
  pair[0] = head;
  pair[1] = v - (head - u);
}

/** log2(x) into `pair`, for a positive finite x. */
function log2InTwoParts(x: number): void {
  let n = 0;
  let mantissa = x;
  let high = highWord(x);
  if (high < 0x100000) {
    mantissa *= TWO53;
    n = -53;
    high = highWord(mantissa);
  }
  const fraction = high & 0xfffff;
  // Around 1 below sqrt(3/2), around 1.5 below sqrt(3), and around 2 (halved) above.
  const nearThreeHalves = fraction > 0x3988e && fraction < 0xbb67a;
  const exponent = (high >> 20) - 0x3ff + (fraction >= 0xbb67a ? 1 : 0);
  mantissa *= powerOfTwo(-exponent);
  n += exponent;
  const base = nearThreeHalves ? 1.5 : 1;
  const u = mantissa - base;
  const v = 1 / (mantissa + base);
  const s = u * v;
  const sHigh = headOf(s);
  let tHigh = headOf(mantissa + base);
  let tLow = mantissa - (tHigh - base);
  const sLow = v * (u - sHigh * tHigh - sHigh * tLow);
  let square = s * s;
  let r =
    square *
    square *
    (L1 + square * (L2 + square * (L3 + square * (L4 + square * (L5 + square * L6)))));
  r += sLow * (sHigh + s);
  square = sHigh * sHigh;
  tHigh = headOf(3 + square + r);
  tLow = r - (tHigh - 3 - square);
  const productHigh = sHigh * tHigh;
  const productLow = sLow * tHigh + tLow * s;
  const pHigh = headOf(productHigh + productLow);
  const pLow = productLow - (pHigh - productHigh);
  const zHigh = CP_HIGH * pHigh;
  const zLow = CP_LOW * pHigh + pLow * CP + (nearThreeHalves ? LOG2_3_HALVES_LOW : 0);
  const offset = nearThreeHalves ? LOG2_3_HALVES_HIGH : 0;
  const head = headOf(zHigh + zLow + offset + n);
  pair[0] = head;
  pair[1] = zLow - (head - n - offset - zHigh);
}

/** 2^(y (pair[0] + pair[1])). */
function exp2OfProduct(y: number): number {
  const yHigh = headOf(y);
  const low = (y - yHigh) * pair[0]! + y * pair[1]!;
  let high = yHigh * pair[0]!;
  const z = low + high;
  const zHigh = highWord(z);
  if (zHigh >= 0x40900000) {
    if (z > 1024 || low + OVERFLOW_TAIL > z - high) return Infinity;
  } else if ((zHigh & 0x7fffffff) >= 0x4090cc00) {
    if (z < -1075 || low <= z - high) return 0;
  }
  let n = 0;
  if ((zHigh & 0x7fffffff) > 0x3fe00000) {
    n = (z + (z < 0 ? -0.5 : 0.5)) | 0;
    high -= n;
  }
  const t = headOf(low + high);
  const u = t * LN2_HIGH;
  const v = (low - (t - high)) * LN2 + t * LN2_LOW;
  const sum = u + v;
  const tail = v - (sum - u);
  const square = sum * sum;
  const t1 = sum - square * (P1 + square * (P2 + square * (P3 + square * (P4 + square * P5))));
  const r = (sum * t1) / (t1 - 2) - (tail + sum * tail);
  const result = 1 - (r - sum);
  return n >= -1021 && n <= 1023 ? result * powerOfTwo(n) : scaleByPowerOfTwo(result, n);
}
