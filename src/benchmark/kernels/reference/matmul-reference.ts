import { dtypeFacts } from "../dtype.js";
import type { HostTensor, KernelSpecOf } from "../kernel-spec.js";
import { small, sumRoundoff, type Reference } from "./reference.js";

/** Above this many multiply-adds the check of the whole matrix is left to the sample. */
const WHOLE_CHECK_MAX = 400_000_000;

/**
 * C = A·B in float64, one output per block.
 *
 * Allowed error of an output: its own rounding, and that of a sum of k products. In addition every row of
 * C is checked as a whole with a vector of random signs (Freivalds, 1977): C·x against A·(B·x), which any
 * single output that is far off breaks, also one that the sample missed.
 */
export function matmulReference(
  spec: KernelSpecOf<"matmul">,
  inputs: readonly HostTensor[],
): Reference {
  const { m, n, k } = spec.shape;
  const facts = dtypeFacts(spec.dtype);
  const a = inputs[0]!.values;
  const b = inputs[1]!.values;
  const sumShare = sumRoundoff(facts, k);
  return {
    blocks: m * n,
    blockLength: 1,
    blockCost: k,
    tolerance: `${small(facts.outputRoundoff)}·|c| + ${small(sumShare)}·Σ|a·b| (k = ${k})`,
    compute(block, value, allowed) {
      const row = Math.floor(block / n);
      const column = block % n;
      let sum = 0;
      let magnitude = 0;
      for (let i = 0; i < k; i++) {
        const product = a[row * k + i]! * b[i * n + column]!;
        sum += product;
        magnitude += Math.abs(product);
      }
      value[0] = sum;
      allowed[0] = facts.outputRoundoff * Math.abs(sum) + sumShare * magnitude;
    },
    ...((m + k) * n + m * k > WHOLE_CHECK_MAX
      ? {}
      : {
          checkWhole: (output) =>
            checkRows({ m, n, k }, a, b, output, sumShare, facts.outputRoundoff),
        }),
  };
}

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

function checkRows(
  { m, n, k }: Sizes,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  output: ArrayLike<number>,
  sumShare: number,
  outputRoundoff: number,
): string | undefined {
  const signs = randomSigns(n);
  const signed = new Float64Array(k);
  const meanSize = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    let sum = 0;
    let size = 0;
    for (let j = 0; j < n; j++) {
      const value = b[i * n + j]!;
      sum += value * signs[j]!;
      size += Math.abs(value);
    }
    signed[i] = sum;
    meanSize[i] = size / n;
  }
  for (let row = 0; row < m; row++) {
    let expected = 0;
    let magnitude = 0;
    for (let i = 0; i < k; i++) {
      expected += a[row * k + i]! * signed[i]!;
      magnitude += Math.abs(a[row * k + i]!) * meanSize[i]!;
    }
    let got = 0;
    let squares = 0;
    for (let j = 0; j < n; j++) {
      const value = output[row * n + j]!;
      got += value * signs[j]!;
      squares += value * value;
    }
    // Errors of one row in common (a wrong rounding mode) would add up; √n of the largest each is what independent ones reach.
    const allowed =
      8 * outputRoundoff * Math.sqrt(squares) + sumShare * magnitude * Math.sqrt(n) * 2;
    if (!(Math.abs(got - expected) <= allowed)) {
      return `row ${row} of the output: its sum with random signs is ${got}, expected ${expected} ± ${small(allowed)}`;
    }
  }
  return undefined;
}

/** Signs that no kernel can know; a fixed linear congruence is random enough for that. */
function randomSigns(count: number): Int8Array {
  const signs = new Int8Array(count);
  let state = 0x2545f491;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    signs[i] = state < 0 ? -1 : 1;
  }
  return signs;
}
