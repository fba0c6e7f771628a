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
import { clearLowWord, highWord } from "./bits.js";

const HALF_PI = 1.570796326794896558;
const HALF_PI_TAIL = 6.12323399573676603587e-17;
const QUARTER_PI = 7.85398163397448278999e-1;
const PI = 3.141592653589793116;
const PI_TAIL = 1.2246467991473532e-16;

/** atan of 1/2, 1, 3/2 and infinity: heads and tails. */
const ATAN_HIGH = [4.63647609000806093515e-1, QUARTER_PI, 9.82793723247329054082e-1, HALF_PI];
const ATAN_LOW = [
  2.2698777452961687e-17,
  3.06161699786838301793e-17,
  1.39033110312309984516e-17,
  HALF_PI_TAIL,
];
const A0 = 3.33333333333329318027e-1;
const A1 = -1.99999999998764832476e-1;
const A2 = 1.42857142725034663711e-1;
const A3 = -1.1111110405462355788e-1;
const A4 = 9.09088713343650656196e-2;
const A5 = -7.69187620504482999495e-2;
const A6 = 6.66107313738753120669e-2;
const A7 = -5.83357013379057348645e-2;
const A8 = 4.97687799461593236017e-2;
const A9 = -3.6531572744216915527e-2;
const A10 = 1.62858201153657823623e-2;

/** Arc tangent in radians, -pi/2..pi/2; error below 1 ulp. */
export function atan(x: number): number {
  const high = highWord(x) & 0x7fffffff;
  if (high >= 0x44100000) {
    if (Number.isNaN(x)) return x;
    return x > 0 ? HALF_PI + HALF_PI_TAIL : -HALF_PI - HALF_PI_TAIL;
  }
  if (high < 0x3e400000) return x;
  let reduced = x;
  let interval = -1;
  if (high >= 0x3fdc0000) {
    const magnitude = Math.abs(x);
    if (high < 0x3fe60000) {
      interval = 0;
      reduced = (2 * magnitude - 1) / (2 + magnitude);
    } else if (high < 0x3ff30000) {
      interval = 1;
      reduced = (magnitude - 1) / (magnitude + 1);
    } else if (high < 0x40038000) {
      interval = 2;
      reduced = (magnitude - 1.5) / (1 + 1.5 * magnitude);
    } else {
      interval = 3;
      reduced = -1 / magnitude;
    }
  }
  const z = reduced * reduced;
  const w = z * z;
  const even = z * (A0 + w * (A2 + w * (A4 + w * (A6 + w * (A8 + w * A10)))));
  const odd = w * (A1 + w * (A3 + w * (A5 + w * (A7 + w * A9))));
  if (interval < 0) return reduced - reduced * (even + odd);
  const value = ATAN_HIGH[interval]! - (reduced * (even + odd) - ATAN_LOW[interval]! - reduced);
  return x < 0 ? -value : value;
}

/** Angle of the point (x, y) in radians, -pi..pi, with the special cases of `Math.atan2`; error below 2 ulp. */
export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x === 1) return atan(y);
  const yNegative = highWord(y) < 0;
  const xNegative = highWord(x) < 0;
  if (y === 0) return xNegative ? (yNegative ? -PI : PI) : y;
  if (x === 0) return yNegative ? -HALF_PI : HALF_PI;
  const yInfinite = y === Infinity || y === -Infinity;
  if (x === Infinity || x === -Infinity) {
    const angle = yInfinite ? (xNegative ? 3 * QUARTER_PI : QUARTER_PI) : xNegative ? PI : 0;
    return yNegative ? -angle : angle;
  }
  if (yInfinite) return yNegative ? -HALF_PI : HALF_PI;
  const exponentDifference = ((highWord(y) & 0x7fffffff) - (highWord(x) & 0x7fffffff)) >> 20;
  if (exponentDifference > 60) return yNegative ? -HALF_PI : HALF_PI;
  const angle = xNegative && exponentDifference < -60 ? 0 : atan(Math.abs(y / x));
  if (!xNegative) return yNegative ? -angle : angle;
  return yNegative ? angle - PI_TAIL - PI : PI - (angle - PI_TAIL);
}

const P0 = 1.66666666666666657415e-1;
const P1 = -3.25565818622400915405e-1;
const P2 = 2.01212532134862925881e-1;
const P3 = -4.00555345006794114027e-2;
const P4 = 7.91534994289814532176e-4;
const P5 = 3.4793310759602116757e-5;
const Q1 = -2.40339491173441421878;
const Q2 = 2.02094576023350569471;
const Q3 = -6.8828397160545329303e-1;
const Q4 = 7.70381505559019352791e-2;

/** (asin(s) - s) / s for s^2 = z <= 1/4. */
function arcSineTerm(z: number): number {
  const p = z * (P0 + z * (P1 + z * (P2 + z * (P3 + z * (P4 + z * P5)))));
  const q = 1 + z * (Q1 + z * (Q2 + z * (Q3 + z * Q4)));
  return p / q;
}

/** Arc sine in radians, -pi/2..pi/2; error below 1 ulp. NaN outside -1..1. */
export function asin(x: number): number {
  const high = highWord(x) & 0x7fffffff;
  const magnitude = Math.abs(x);
  if (!(magnitude < 1)) return magnitude === 1 ? x * HALF_PI + x * HALF_PI_TAIL : NaN;
  if (high < 0x3fe00000) return high < 0x3e400000 ? x : x + x * arcSineTerm(x * x);
  const z = (1 - magnitude) * 0.5;
  const ratio = arcSineTerm(z);
  const s = Math.sqrt(z);
  let value: number;
  if (high >= 0x3fef3333) {
    value = HALF_PI - (2 * (s + s * ratio) - HALF_PI_TAIL);
  } else {
    const head = clearLowWord(s);
    const rest = (z - head * head) / (s + head);
    const p = 2 * s * ratio - (HALF_PI_TAIL - 2 * rest);
    value = QUARTER_PI - (p - (QUARTER_PI - 2 * head));
  }
  return x > 0 ? value : -value;
}

/** Arc cosine in radians, 0..pi; error below 1 ulp. NaN outside -1..1. */
export function acos(x: number): number {
  const high = highWord(x) & 0x7fffffff;
  if (!(Math.abs(x) < 1)) return x === 1 ? 0 : x === -1 ? PI + 2 * HALF_PI_TAIL : NaN;
  if (high < 0x3fe00000) {
    if (high <= 0x3c600000) return HALF_PI + HALF_PI_TAIL;
    return HALF_PI - (x - (HALF_PI_TAIL - x * arcSineTerm(x * x)));
  }
  if (x < 0) {
    const z = (1 + x) * 0.5;
    const s = Math.sqrt(z);
    return PI - 2 * (s + (arcSineTerm(z) * s - HALF_PI_TAIL));
  }
  const z = (1 - x) * 0.5;
  const s = Math.sqrt(z);
  const head = clearLowWord(s);
  const rest = (z - head * head) / (s + head);
  return 2 * (head + (arcSineTerm(z) * s + rest));
}
