import type { HostTensor, KernelSpec } from "./kernel-spec.js";
import { createReference } from "./reference/create-reference.js";
import { derivedSeed } from "./random-data.js";
import { createRandomStreams } from "../../engine/streams.js";
import type { Reference } from "./reference/reference.js";

/** What a check found in one output. */
export interface OutputCheck {
  readonly passed: boolean;
  readonly outputs: number;
  readonly outputsCompared: number;
  /** Largest error over what is allowed there; infinite where something exact differs or is no number. */
  readonly worstErrorShare: number;
  readonly tolerance: string;
  readonly failure?: string;
}

/** Multiply-adds that one check may cost, about: a tenth of a second to half a second. */
const COST_MAX = 100_000_000;

/**
 * Compares a kernel's output with the float64 reference.
 *
 * Every output is looked at for NaN and infinity. All outputs are compared where that costs at most some
 * 10⁸ multiply-adds; else the first, the last and a random sample of blocks, in which case a matrix product
 * is in addition checked row by row as a whole.
 *
 * @param seed of the sample; another one in every process, so that over time every output is looked at
 */
export function checkOutput(
  spec: KernelSpec,
  inputs: readonly HostTensor[],
  output: HostTensor,
  seed: number,
): OutputCheck {
  const reference = createReference(spec, inputs);
  if (reference === undefined) {
    return {
      passed: true,
      outputs: 0,
      outputsCompared: 0,
      worstErrorShare: 0,
      tolerance: "no output",
    };
  }
  const expectedLength = expectedOutputs(spec, reference);
  const { values } = output;
  const base = { outputs: expectedLength, tolerance: reference.tolerance };
  const fail = (failure: string, compared: number, share: number): OutputCheck => ({
    ...base,
    passed: false,
    outputsCompared: compared,
    worstErrorShare: share,
    failure,
  });
  if (values.length !== expectedLength) {
    return fail(`the output has ${values.length} numbers, expected ${expectedLength}`, 0, Infinity);
  }
  const notFinite = values.findIndex((value) => !Number.isFinite(value));
  if (notFinite !== -1) {
    return fail(`output ${notFinite} is ${values[notFinite]!}, which is no number`, 0, Infinity);
  }
  const compared = compareBlocks(reference, values, seed);
  if (compared.failure !== undefined) {
    return fail(compared.failure, compared.count, compared.worst);
  }
  const whole = reference.checkWhole?.(values);
  if (whole !== undefined) return fail(whole, compared.count, Infinity);
  return {
    ...base,
    passed: true,
    outputsCompared: compared.count,
    worstErrorShare: compared.worst,
  };
}

function expectedOutputs(spec: KernelSpec, { blocks, blockLength }: Reference): number {
  // The last block of these may be shorter.
  if ("elements" in spec.shape && spec.kernel !== "reduction") {
    return spec.kernel === "all-reduce"
      ? spec.shape.elements * spec.shape.gpus
      : spec.shape.elements;
  }
  return "bytes" in spec.shape ? spec.shape.bytes : blocks * blockLength;
}

interface Comparison {
  readonly count: number;
  readonly worst: number;
  readonly failure?: string;
}

function compareBlocks(reference: Reference, values: ArrayLike<number>, seed: number): Comparison {
  const { blockLength } = reference;
  const value = new Float64Array(blockLength);
  const allowed = new Float64Array(blockLength);
  let count = 0;
  let worst = 0;
  for (const block of chosenBlocks(reference, seed)) {
    const start = block * blockLength;
    const length = Math.min(blockLength, values.length - start);
    reference.compute(block, value.subarray(0, length), allowed.subarray(0, length));
    for (let i = 0; i < length; i++) {
      const error = Math.abs(values[start + i]! - value[i]!);
      count++;
      if (error === 0) continue;
      const share = allowed[i] === 0 ? Infinity : error / allowed[i]!;
      worst = Math.max(worst, share);
      // `!(share <= 1)` also catches a reference that is no number.
      if (!(share <= 1)) {
        const failure = `output ${start + i} is ${values[start + i]!}, expected ${value[i]!} ± ${allowed[i]!.toExponential(1)}`;
        return { count, worst, failure };
      }
    }
  }
  return { count, worst };
}

function* chosenBlocks(reference: Reference, seed: number): Generator<number> {
  const { blocks, blockCost } = reference;
  const budget = Math.max(2, Math.floor(COST_MAX / Math.max(1, blockCost)));
  if (blocks <= budget) {
    for (let block = 0; block < blocks; block++) yield block;
    return;
  }
  yield 0;
  yield blocks - 1;
  const stream = createRandomStreams(derivedSeed(seed, "sample")).stream("blocks");
  // Scattered single outputs miss the cache: fewer of them say as much.
  const sample = Math.min(budget, 4096) - 2;
  for (let i = 0; i < sample; i++) yield stream.integerBelow(blocks);
}
