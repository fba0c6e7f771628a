import type { DtypeFacts } from "../dtype.js";

/**
 * What a kernel's output has to be, computed in float64 from the same rounded inputs.
 *
 * Outputs come in blocks that share work (a row of a softmax); a check computes all blocks or a sample.
 */
export interface Reference {
  readonly blocks: number;
  readonly blockLength: number;
  /** Multiply-adds, about, of one block: how dear it is to check it. */
  readonly blockCost: number;
  /** Fills both arrays (of `blockLength`) with what is right and the error that is allowed there. */
  compute(block: number, value: Float64Array, allowed: Float64Array): void;
  /**
   * Allowed error in words, with its figures; printed with results.
   */
  readonly tolerance: string;
  /** Looks at the whole output at once, where that is cheap: the first thing wrong, in words. */
  checkWhole?(output: ArrayLike<number>): string | undefined;
}

/**
 * How many standard deviations of accumulated rounding are allowed: rounding errors of a sum of n terms
 * behave like a random walk, so they stay below λ·√n·u·Σ|terms| but with probability 2n·exp(−λ²/2), here
 * 3e-14·n (Higham and Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci.
 * Comput. 41(5), 2019, theorem 2.4). The certain bound n·u would hide a term that is left out.
 */
export const ROUNDING_DEVIATIONS = 8;

/** Longest chain of additions in one sum that is allowed for: longer arrays are to be summed in parts. */
const CHAIN_MAX = 65_536;

/** Allowed error of a sum, as a share of the sum of magnitudes. */
export function sumRoundoff(facts: DtypeFacts, terms: number): number {
  return ROUNDING_DEVIATIONS * Math.sqrt(Math.min(terms, CHAIN_MAX)) * facts.sumRoundoff;
}

/** A figure of a tolerance for print. */
export function small(value: number): string {
  return value.toExponential(1);
}
