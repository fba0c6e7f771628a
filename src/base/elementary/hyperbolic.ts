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
import { fromWords } from "./bits.js";
import { exp, expm1 } from "./exp.js";

/** exp(x / 2)^2 / 2 is still finite here, and exp(x) is not. */
const OVERFLOW_ABOVE = 710.4758600739439;
const EXP_OVERFLOW_HIGH = fromWords(0x40862e42, 0);
const HALF_LN2 = fromWords(0x3fd62e43, 0);
const TWO_MINUS_28 = fromWords(0x3e300000, 0);
const TWO_MINUS_55 = fromWords(0x3c800000, 0);

/** Hyperbolic sine; error below 2 ulp. */
export function sinh(x: number): number {
  const half = x < 0 ? -0.5 : 0.5;
  const magnitude = Math.abs(x);
  if (magnitude < 22) {
    if (magnitude < TWO_MINUS_28) return x;
    const t = expm1(magnitude);
    return magnitude < 1 ? half * (2 * t - (t * t) / (t + 1)) : half * (t + t / (t + 1));
  }
  if (magnitude < EXP_OVERFLOW_HIGH) return half * exp(magnitude);
  if (magnitude <= OVERFLOW_ABOVE) {
    const w = exp(0.5 * magnitude);
    return half * w * w;
  }
  return x * Infinity;
}

/** Hyperbolic cosine; error below 2 ulp. */
export function cosh(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < HALF_LN2) {
    const t = expm1(magnitude);
    const w = 1 + t;
    return magnitude < TWO_MINUS_55 ? w : 1 + (t * t) / (w + w);
  }
  if (magnitude < 22) {
    const t = exp(magnitude);
    return 0.5 * t + 0.5 / t;
  }
  if (magnitude < EXP_OVERFLOW_HIGH) return 0.5 * exp(magnitude);
  if (magnitude <= OVERFLOW_ABOVE) {
    const w = exp(0.5 * magnitude);
    return 0.5 * w * w;
  }
  return magnitude * Infinity;
}

/** Hyperbolic tangent; error below 2 ulp. */
export function tanh(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 22)) return Number.isNaN(x) ? x : x < 0 ? -1 : 1;
  if (magnitude < TWO_MINUS_28) return x;
  let value: number;
  if (magnitude >= 1) {
    value = 1 - 2 / (expm1(2 * magnitude) + 2);
  } else {
    const t = expm1(-2 * magnitude);
    value = -t / (t + 2);
  }
  return x < 0 ? -value : value;
}
