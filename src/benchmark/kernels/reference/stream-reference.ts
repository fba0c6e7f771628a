import { dtypeFacts } from "../dtype.js";
import { STREAM_SCALAR, type HostTensor, type KernelSpec } from "../kernel-spec.js";
import { small, sumRoundoff, type Reference } from "./reference.js";

/** Numbers compared at once. */
const BLOCK = 4096;

/** Kernels that move or combine numbers one by one. */
type ElementKernel = "copy" | "scale" | "add" | "triad";

/** x, s·x, x + y and x + s·y: one rounding of the product and one of the sum are allowed; a copy has to be exact. */
export function elementReference(
  spec: Extract<KernelSpec, { readonly kernel: ElementKernel }>,
  inputs: readonly HostTensor[],
): Reference {
  const { elements } = spec.shape;
  const x = inputs[0]!.values;
  const y = inputs[1]?.values;
  const roundoff = dtypeFacts(spec.dtype).outputRoundoff;
  const isCopy = spec.kernel === "copy";
  const keep = spec.kernel === "scale" ? STREAM_SCALAR : 1;
  const add = spec.kernel === "triad" ? STREAM_SCALAR : spec.kernel === "add" ? 1 : 0;
  return {
    blocks: Math.ceil(elements / BLOCK),
    blockLength: Math.min(BLOCK, elements),
    blockCost: Math.min(BLOCK, elements),
    tolerance: isCopy ? "exact" : `${small(2 * roundoff)}·(|x| + |y|)`,
    compute(block, value, allowed) {
      const start = block * BLOCK;
      for (let i = 0; i < value.length; i++) {
        const first = keep * x[start + i]!;
        const second = add === 0 ? 0 : add * y![start + i]!;
        value[i] = first + second;
        allowed[i] = isCopy ? 0 : 2 * roundoff * (Math.abs(first) + Math.abs(second));
      }
    },
  };
}

/** The sum of all numbers. */
export function reductionReference(
  spec: Extract<KernelSpec, { readonly kernel: "reduction" }>,
  inputs: readonly HostTensor[],
): Reference {
  const { elements } = spec.shape;
  const facts = dtypeFacts(spec.dtype);
  const share = sumRoundoff(facts, elements);
  const x = inputs[0]!.values;
  return {
    blocks: 1,
    blockLength: 1,
    blockCost: elements,
    tolerance: `${small(facts.outputRoundoff)}·|sum| + ${small(share)}·Σ|x|`,
    compute(_block, value, allowed) {
      let sum = 0;
      let magnitude = 0;
      for (let i = 0; i < elements; i++) {
        sum += x[i]!;
        magnitude += Math.abs(x[i]!);
      }
      value[0] = sum;
      allowed[0] = facts.outputRoundoff * Math.abs(sum) + share * magnitude;
    },
  };
}

/** The sum over GPUs, on each of them. */
export function allReduceReference(
  spec: Extract<KernelSpec, { readonly kernel: "all-reduce" }>,
  inputs: readonly HostTensor[],
): Reference {
  const { elements, gpus } = spec.shape;
  const { outputRoundoff } = dtypeFacts(spec.dtype);
  const outputs = elements * gpus;
  return {
    blocks: Math.ceil(outputs / BLOCK),
    blockLength: Math.min(BLOCK, outputs),
    blockCost: BLOCK * gpus,
    // Rings and trees round every partial sum to the format of the data.
    tolerance: `${small(outputRoundoff)}·${gpus}·Σ|x|`,
    compute(block, value, allowed) {
      for (let i = 0; i < value.length; i++) {
        const place = (block * BLOCK + i) % elements;
        let sum = 0;
        let magnitude = 0;
        for (const { values } of inputs) {
          sum += values[place]!;
          magnitude += Math.abs(values[place]!);
        }
        value[i] = sum;
        allowed[i] = outputRoundoff * gpus * magnitude;
      }
    },
  };
}
