import { dtypeFacts } from "../dtype.js";
import type { HostTensor, KernelSpecOf } from "../kernel-spec.js";
import { small, sumRoundoff, type Reference } from "./reference.js";

/**
 * Roundings of an exponential of −x beside its own last bits: exp of WGSL may be off by 3 + 2|x| units in
 * the last place (WGSL specification, section 15.7.4.1), the argument adds |x|.
 */
export const EXP_ROUNDINGS = 4;

/** exp(x − max) / Σ exp(x − max), one row per block. */
export function softmaxReference(
  spec: KernelSpecOf<"softmax">,
  inputs: readonly HostTensor[],
): Reference {
  const { rows, columns } = spec.shape;
  const facts = dtypeFacts(spec.dtype);
  const sumShare = sumRoundoff(facts, columns);
  const x = inputs[0]!.values;
  return {
    blocks: rows,
    blockLength: columns,
    blockCost: 4 * columns,
    tolerance: `(${small(facts.outputRoundoff)} + ${small(sumShare)} + ${small(facts.sumRoundoff)}·(${EXP_ROUNDINGS} + 3|x − max|))·y`,
    compute(row, value, allowed) {
      let max = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < columns; i++) max = Math.max(max, x[row * columns + i]!);
      let sum = 0;
      for (let i = 0; i < columns; i++) {
        value[i] = Math.exp(x[row * columns + i]! - max);
        sum += value[i]!;
      }
      for (let i = 0; i < columns; i++) {
        const distance = max - x[row * columns + i]!;
        value[i] = value[i]! / sum;
        allowed[i] =
          value[i]! *
          (facts.outputRoundoff + sumShare + facts.sumRoundoff * (EXP_ROUNDINGS + 3 * distance));
      }
    },
  };
}
