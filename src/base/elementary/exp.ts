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
import { fromWords, powerOfTwo } from "./bits.js";

/** Largest x with a finite exp(x), and smallest with exp(x) above zero. */
const OVERFLOW_ABOVE = 7.09782712893383973096e2;
const UNDERFLOW_BELOW = -7.4513321910194110842e2;
/** Bounds compared with |x|; the fraction's lower word is 0, as in the original's word compares. */
const HALF_LN2 = fromWords(0x3fd62e43, 0);
const ONE_AND_A_HALF_LN2 = fromWords(0x3ff0a2b2, 0);
const TINY_EXP = fromWords(0x3e300000, 0);
const TINY_EXPM1 = fromWords(0x3c900000, 0);
const MINUS_ONE_BELOW = fromWords(0x4043687a, 0);

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.442695040888963387;

const P1 = 1.66666666666666019037e-1;
const P2 = -2.77777777770155933842e-3;
const P3 = 6.61375632143793436117e-5;
const P4 = -1.6533902205465251539e-6;
const P5 = 4.13813679705723846039e-8;

/**
 * e to the power x; error below 1 ulp.
 *
 * x = k ln2 + r with |r| <= ln2 / 2, then a rational approximation of exp(r) and an exact scaling by 2^k.
 */
export function exp(x: number): number {
  if (!(x <= OVERFLOW_ABOVE)) return Number.isNaN(x) ? x : Infinity;
  if (x < UNDERFLOW_BELOW) return 0;
  const magnitude = Math.abs(x);
  let k = 0;
  let high = 0;
  let low = 0;
  let r = x;
  if (magnitude >= HALF_LN2) {
    if (magnitude < ONE_AND_A_HALF_LN2) {
      // The general path misses e by its last bit.
      if (x === 1) return Math.E;
      k = x < 0 ? -1 : 1;
    } else {
      k = (INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5)) | 0;
    }
    high = x - k * LN2_HIGH; // k * LN2_HIGH is exact
    low = k * LN2_LOW;
    r = high - low;
  } else if (magnitude < TINY_EXP) {
    return 1 + x;
  }
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k >= -1021) return k === 1024 ? y * 2 * powerOfTwo(1023) : y * powerOfTwo(k);
  return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

const Q1 = -3.33333333333331316428e-2;
const Q2 = 1.58730158725481460165e-3;
const Q3 = -7.93650757867487942473e-5;
const Q4 = 4.00821782732936239552e-6;
const Q5 = -2.01099218183624371326e-7;

/** exp(x) - 1 without the cancellation near zero; error below 1 ulp. */
export function expm1(x: number): number {
  if (!(x <= OVERFLOW_ABOVE)) return Number.isNaN(x) ? x : Infinity;
  if (x <= -MINUS_ONE_BELOW) return -1;
  const magnitude = Math.abs(x);
  let k = 0;
  let r = x;
  let correction = 0;
  if (magnitude >= HALF_LN2) {
    k =
      magnitude < ONE_AND_A_HALF_LN2
        ? x < 0
          ? -1
          : 1
        : (INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5)) | 0;
    const high = x - k * LN2_HIGH; // k * LN2_HIGH is exact
    const low = k * LN2_LOW;
    r = high - low;
    correction = high - r - low;
  } else if (magnitude < TINY_EXPM1) {
    return x;
  }
  const halfR = 0.5 * r;
  const halfSquare = r * halfR;
  const r1 =
    1 +
    halfSquare * (Q1 + halfSquare * (Q2 + halfSquare * (Q3 + halfSquare * (Q4 + halfSquare * Q5))));
  const t = 3 - r1 * halfR;
  let e = halfSquare * ((r1 - t) / (6 - r * t));
  if (k === 0) return r - (r * e - halfSquare);
  e = r * (e - correction) - correction - halfSquare;
  return scaleExpm1(k, r, e);
}

/** 2^k (1 + r - e) - 1, in the order of operations that keeps the last bit for each k. */
function scaleExpm1(k: number, r: number, e: number): number {
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) {
    const y = 1 - (e - r);
    return (k === 1024 ? y * 2 * powerOfTwo(1023) : y * powerOfTwo(k)) - 1;
  }
  if (k < 20) return (1 - powerOfTwo(-k) - (e - r)) * powerOfTwo(k);
  return (r - (e + powerOfTwo(-k)) + 1) * powerOfTwo(k);
}
