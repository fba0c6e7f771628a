import { log } from "../../base/elementary.js";

const CENTRAL_NUMERATOR = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
] as const;
const CENTRAL_DENOMINATOR = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
  1,
] as const;
const TAIL_NUMERATOR = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
] as const;
const TAIL_DENOMINATOR = [
  0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1,
] as const;
/** Below this probability, and above its complement, the tail approximation holds. */
const TAIL = 0.02425;

/**
 * Quantile of the standard normal distribution, for 0 < p < 1.
 *
 * P. J. Acklam's rational approximation (2003), relative error below 1.15e-9. One uniform number gives
 * one normal number, so that draws stay in step when a parameter changes; polar methods reject some.
 */
export function standardNormalQuantile(p: number): number {
  if (p < TAIL) return lowerTail(p);
  if (p > 1 - TAIL) return -lowerTail(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (q * horner(CENTRAL_NUMERATOR, r)) / horner(CENTRAL_DENOMINATOR, r);
}

function lowerTail(p: number): number {
  const q = Math.sqrt(-2 * log(p));
  return horner(TAIL_NUMERATOR, q) / horner(TAIL_DENOMINATOR, q);
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
