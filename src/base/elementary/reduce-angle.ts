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
import { highWord, powerOfTwo, scaleByPowerOfTwo } from "./bits.js";

/** 24-bit pieces of 2 / pi after the binary point. */
const TWO_OVER_PI = [
  0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041, 0xfe5163,
  0xabdebb, 0xc561b7, 0x246e3a, 0x424dd2, 0xe00649, 0x2eea09, 0xd1921c, 0xfe1deb, 0x1cb129,
  0xa73ee8, 0x8235f5, 0x2ebb44, 0x84e99c, 0x7026b4, 0x5f7e41, 0x3991d6, 0x398353, 0x39f49c,
  0x845f8b, 0xbdf928, 0x3b1ff8, 0x97ffde, 0x05980f, 0xef2f11, 0x8b5a0a, 0x6d1f6d, 0x367ecf,
  0x27cb09, 0xb74f46, 0x3f669e, 0x5fea2d, 0x7527ba, 0xc7ebe5, 0xf17b3d, 0x0739f7, 0x8a5292,
  0xea6bfb, 0x5fb11f, 0x8d5d08, 0x560330, 0x46fc7b, 0x6babf0, 0xcfbc20, 0x9af436, 0x1da9e3,
  0x91615e, 0xe61b08, 0x659985, 0x5f14a0, 0x68408d, 0xffd880, 0x4d7327, 0x310606, 0x1556ca,
  0x73a8c9, 0x60e27b, 0xc08c6b,
];
/** pi / 2 in 24-bit pieces. */
const PI_OVER_2_PIECES = [
  1.57079625129699707031, 7.54978941586159635335e-8, 5.39030252995776476554e-15,
  3.28200341580791294123e-22, 1.27065575308067607349e-29, 1.22933308981111328932e-36,
  2.73370053816464559624e-44, 2.16741683877804819444e-51,
];

const TWO_OVER_PI_53_BITS = 6.36619772367581382433e-1;
/** pi / 2 as three 33-bit heads, each with the tail that is left after it. */
const HEAD_1 = 1.57079632673412561417;
const TAIL_1 = 6.07710050650619224932e-11;
const HEAD_2 = 6.0771005063039659766e-11;
const TAIL_2 = 2.02226624879595063154e-21;
const HEAD_3 = 2.0222662487111664558e-21;
const TAIL_3 = 8.47842766036889956997e-32;

const TWO24 = 16777216;
const TWO_MINUS_24 = 5.9604644775390625e-8;
const MEDIUM_HIGH_WORD = 0x413921fb;

/** The reduced angle of the last `reduceAngle` call: its head and its tail. */
export const reducedAngle = new Float64Array(2);

/**
 * Brings x into [-pi/4, pi/4] by taking off a multiple of pi / 2.
 *
 * Writes the remainder, in two doubles, to `reducedAngle`; returns the multiple, of which only the
 * last two bits matter. x must be finite.
 */
export function reduceAngle(x: number): number {
  const magnitude = Math.abs(x);
  const high = highWord(magnitude);
  const quadrant =
    high <= MEDIUM_HIGH_WORD ? reduceMedium(magnitude, high) : reduceLarge(magnitude, high);
  if (x >= 0) return quadrant;
  reducedAngle[0] = -reducedAngle[0]!;
  reducedAngle[1] = -reducedAngle[1]!;
  return -quadrant;
}

/** High words of 1 to 32 times pi / 2: only an x that shares one of them can cancel badly. */
const MULTIPLE_HIGH_WORDS = [
  0x3ff921fb, 0x400921fb, 0x4012d97c, 0x401921fb, 0x401f6a7a, 0x4022d97c, 0x4025fdbb, 0x402921fb,
  0x402c463a, 0x402f6a7a, 0x4031475c, 0x4032d97c, 0x40346b9c, 0x4035fdbb, 0x40378fdb, 0x403921fb,
  0x403ab41b, 0x403c463a, 0x403dd85a, 0x403f6a7a, 0x40407e4c, 0x4041475c, 0x4042106c, 0x4042d97c,
  0x4043a28c, 0x40446b9c, 0x404534ac, 0x4045fdbb, 0x4046c6cb, 0x40478fdb, 0x404858eb, 0x404921fb,
];

/** Up to about 2^19 pi / 2: subtract n pi / 2 in as many 33-bit steps as the cancellation asks for. */
function reduceMedium(magnitude: number, high: number): number {
  const n = high < 0x4002d97c ? 1 : (magnitude * TWO_OVER_PI_53_BITS + 0.5) | 0;
  let rest = magnitude - n * HEAD_1;
  let tail = n * TAIL_1;
  let head = rest - tail;
  if (n >= 32 || high === MULTIPLE_HIGH_WORDS[n - 1]) {
    const exponent = high >> 20;
    if (exponent - ((highWord(head) >> 20) & 0x7ff) > 16) {
      const before = rest;
      const product = n * HEAD_2;
      rest = before - product;
      tail = n * TAIL_2 - (before - rest - product);
      head = rest - tail;
      if (n > 1 && exponent - ((highWord(head) >> 20) & 0x7ff) > 49) {
        const beforeThird = rest;
        const third = n * HEAD_3;
        rest = beforeThird - third;
        tail = n * TAIL_3 - (beforeThird - rest - third);
        head = rest - tail;
      }
    }
  }
  reducedAngle[0] = head;
  reducedAngle[1] = rest - head - tail;
  return n;
}

/** Terms of pi / 2 and of 2 / pi that give a 53-bit head and a useful tail. */
const TERMS = 4;

/** Working space of `reduceLarge`; the names follow what they hold: digits of x, of 2/pi, products. */
const pieces = new Float64Array(3);
const constant = new Float64Array(20);
const product = new Float64Array(20);
const digits = new Int32Array(20);
const partial = new Float64Array(20);

/**
 * Payne and Hanek: multiplies x by just those digits of 2 / pi that decide quadrant and fraction.
 *
 * Digits that only add multiples of 8 are left out, and digits are added while the fraction is zero.
 */
function reduceLarge(magnitude: number, high: number): number {
  const exponent = (high >> 20) - 1046;
  const pieceCount = splitIntoPieces(magnitude, exponent);
  const last = pieceCount - 1;
  const firstDigit = Math.max(0, Math.trunc((exponent - 3) / 24));
  let scale = exponent - 24 * (firstDigit + 1);
  for (let i = 0, j = firstDigit - last; i <= last + TERMS; i++, j++) {
    constant[i] = j < 0 ? 0 : TWO_OVER_PI[j]!;
  }
  for (let i = 0; i <= TERMS; i++) product[i] = convolve(last, i);
  let used = TERMS;
  let quadrant: number;
  let sign: number;
  let z: number;
  for (;;) {
    z = scaleByPowerOfTwo(distill(used), scale);
    z -= 8 * Math.floor(z * 0.125);
    quadrant = z | 0;
    z -= quadrant;
    sign = 0;
    if (scale > 0) {
      const carried = digits[used - 1]! >> (24 - scale);
      quadrant += carried;
      digits[used - 1] = digits[used - 1]! - (carried << (24 - scale));
      sign = digits[used - 1]! >> (23 - scale);
    } else if (scale === 0) {
      sign = digits[used - 1]! >> 23;
    } else if (z >= 0.5) {
      sign = 2;
    }
    if (sign > 0) {
      quadrant += 1;
      const carried = complement(used, scale);
      if (sign === 2) {
        z = 1 - z;
        if (carried) z -= powerOfTwo(scale);
      }
    }
    if (z !== 0 || !allZero(TERMS, used)) break;
    // The fraction vanished in the digits used so far: take in as many more as were zero.
    let extra = 1;
    while (TERMS >= extra && digits[TERMS - extra] === 0) extra++;
    for (let i = used + 1; i <= used + extra; i++) {
      constant[last + i] = TWO_OVER_PI[firstDigit + i]!;
      product[i] = convolve(last, i);
    }
    used += extra;
  }
  if (z === 0) {
    used -= 1;
    scale -= 24;
    while (digits[used] === 0) {
      used--;
      scale -= 24;
    }
  } else {
    z = scaleByPowerOfTwo(z, -scale);
    if (z >= TWO24) {
      const upper = Math.trunc(TWO_MINUS_24 * z);
      digits[used] = z - TWO24 * upper;
      used += 1;
      scale += 24;
      digits[used] = upper;
    } else {
      digits[used] = z;
    }
  }
  timesHalfPi(used, scale, sign === 0 ? 1 : -1);
  return quadrant & 7;
}

/** Writes x scaled to 24-bit integers into `pieces`; returns how many are not trailing zeros. */
function splitIntoPieces(magnitude: number, exponent: number): number {
  let z = scaleByPowerOfTwo(magnitude, -exponent);
  for (let i = 0; i < 2; i++) {
    pieces[i] = z | 0;
    z = (z - pieces[i]!) * TWO24;
  }
  pieces[2] = z;
  let count = 3;
  while (pieces[count - 1] === 0) count--;
  return count;
}

/** Digit `index` of x times 2 / pi, before carries. */
function convolve(last: number, index: number): number {
  let sum = 0;
  for (let j = 0; j <= last; j++) sum += pieces[j]! * constant[last + index - j]!;
  return sum;
}

/** Breaks `product` into 24-bit `digits`, least first; returns the leading one with its carry. */
function distill(used: number): number {
  let z = product[used]!;
  for (let i = 0, j = used; j > 0; i++, j--) {
    const carry = Math.trunc(TWO_MINUS_24 * z);
    digits[i] = z - TWO24 * carry;
    z = product[j - 1]! + carry;
  }
  return z;
}

/** Replaces the fraction in `digits` by 1 minus itself; true when a digit was not zero. */
function complement(used: number, scale: number): boolean {
  let carried = false;
  for (let i = 0; i < used; i++) {
    const digit = digits[i]!;
    if (carried) {
      digits[i] = 0xffffff - digit;
    } else if (digit !== 0) {
      carried = true;
      digits[i] = 0x1000000 - digit;
    }
  }
  if (scale === 1) digits[used - 1] = digits[used - 1]! & 0x7fffff;
  if (scale === 2) digits[used - 1] = digits[used - 1]! & 0x3fffff;
  return carried;
}

function allZero(from: number, to: number): boolean {
  for (let i = to - 1; i >= from; i--) if (digits[i] !== 0) return false;
  return true;
}

/** Multiplies the fraction in `digits` by pi / 2 into `reducedAngle`. */
function timesHalfPi(used: number, scale: number, sign: 1 | -1): void {
  let factor = powerOfTwo(scale);
  for (let i = used; i >= 0; i--) {
    product[i] = factor * digits[i]!;
    factor *= TWO_MINUS_24;
  }
  for (let i = used; i >= 0; i--) {
    let sum = 0;
    for (let k = 0; k <= TERMS && k <= used - i; k++) sum += PI_OVER_2_PIECES[k]! * product[i + k]!;
    partial[used - i] = sum;
  }
  let head = 0;
  for (let i = used; i >= 0; i--) head += partial[i]!;
  let tail = partial[0]! - head;
  for (let i = 1; i <= used; i++) tail += partial[i]!;
  reducedAngle[0] = sign * head;
  reducedAngle[1] = sign * tail;
}
