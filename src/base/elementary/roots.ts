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
import { clearLowWord, fromWords, highWord, lowWord, powerOfTwo } from "./bits.js";

/** Biases of the exponent after a division by three, for normal and for scaled subnormal numbers. */
const BIAS_NORMAL = 715094163;
const BIAS_SUBNORMAL = 696219795;
const TWO54 = 18014398509481984;
const P0 = 1.87595182427177009643;
const P1 = -1.88497979543377169875;
const P2 = 1.62142972010535446614;
const P3 = -0.758397934778766047437;
const P4 = 0.145996192886612446982;

/** Cube root, also of negative numbers; error below 0.67 ulp. */
export function cbrt(x: number): number {
  const high = highWord(x) & 0x7fffffff;
  if (high >= 0x7ff00000) return x + x;
  if (x === 0) return x;
  const sign = x < 0 ? 0x80000000 | 0 : 0;
  const estimate =
    high < 0x100000
      ? Math.trunc((highWord(x * TWO54) & 0x7fffffff) / 3) + BIAS_SUBNORMAL
      : Math.trunc(high / 3) + BIAS_NORMAL;
  let t = fromWords(sign | estimate, 0);
  // To 23 bits: t P(t^3 / x), where P approximates the inverse cube root near 1.
  const ratio = t * t * (t / x);
  t = t * (P0 + ratio * (P1 + ratio * P2) + ratio * ratio * ratio * (P3 + ratio * P4));
  t = roundTo23Bits(t);
  // One Newton step to 53 bits; t * t and t + t are exact now.
  const quotient = x / (t * t);
  return t + t * ((quotient - t) / (t + t + quotient));
}

/** Rounds away from zero so that the square is exact. */
function roundTo23Bits(t: number): number {
  const high = highWord(t);
  const low = (lowWord(t) >>> 0) + 0x80000000;
  return fromWords(low > 0xffffffff ? high + 1 : high, low & 0xc0000000);
}

const TWO_600_EXPONENT = 600;
const BIG = fromWords(0x5f300001, 0);
const SMALL = fromWords(0x20b00000, 0);
const RATIO_EXPONENT = 0x3c00000;

/** sqrt(x^2 + y^2) without overflow or underflow on the way; error below 1 ulp. */
export function hypot(x: number, y: number): number {
  if (Math.abs(x) === Infinity || Math.abs(y) === Infinity) return Infinity;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  let a = Math.max(Math.abs(x), Math.abs(y));
  let b = Math.min(Math.abs(x), Math.abs(y));
  if (highWord(a) - highWord(b) > RATIO_EXPONENT) return a + b;
  if (b === 0) return a;
  let exponent = 0;
  if (a >= BIG) exponent = TWO_600_EXPONENT;
  else if (b < SMALL) exponent = -TWO_600_EXPONENT;
  if (exponent !== 0) {
    const scale = powerOfTwo(-exponent);
    a *= scale;
    b *= scale;
  }
  const root = Math.sqrt(a - b > b ? squareSumApart(a, b) : squareSumNear(a, b));
  return exponent === 0 ? root : root * powerOfTwo(exponent);
}

/** a^2 + b^2 for a > 2b: the head of a^2 is exact. */
function squareSumApart(a: number, b: number): number {
  const head = clearLowWord(a);
  return head * head - (b * -b - (a - head) * (a + head));
}

/** a^2 + b^2 = 2ab + (a - b)^2 for b <= a <= 2b. */
function squareSumNear(a: number, b: number): number {
  const difference = a - b;
  const twice = a + a;
  const bHead = clearLowWord(b);
  const head = clearLowWord(twice);
  return head * bHead - (difference * -difference - (head * (b - bHead) + (twice - head) * b));
}
