import { describe, expect, test } from "vitest";

import { plainKernel } from "../testing/plain-kernels.js";
import { checkOutput } from "./check-output.js";
import { kernelCost, specId } from "./kernel-costs.js";
import type { HostTensor, KernelSpec } from "./kernel-spec.js";
import { derivedSeed, kernelInputs } from "./random-data.js";

const DTYPES = ["fp32", "tf32", "fp16", "bf16", "fp8-e4m3"] as const;

/** One of each kernel, with odd sizes that divide nothing. */
const SPECS: readonly KernelSpec[] = [
  ...DTYPES.map((dtype) => ({ kernel: "matmul", dtype, shape: { m: 37, n: 53, k: 301 } }) as const),
  ...(["copy", "scale", "add", "triad", "reduction"] as const).map(
    (kernel) => ({ kernel, dtype: "fp32", shape: { elements: 10_007 } }) as const,
  ),
  { kernel: "triad", dtype: "bf16", shape: { elements: 4099 } },
  { kernel: "softmax", dtype: "fp32", shape: { rows: 7, columns: 1013 } },
  { kernel: "softmax", dtype: "fp16", shape: { rows: 3, columns: 129 } },
  {
    kernel: "attention-prefill",
    dtype: "fp32",
    shape: { batch: 2, heads: 4, kvHeads: 2, headDim: 16, tokens: 45 },
  },
  {
    kernel: "attention-decode",
    dtype: "bf16",
    shape: { batch: 3, heads: 4, kvHeads: 1, headDim: 32, context: 77 },
  },
  { kernel: "transpose", dtype: "fp32", shape: { rows: 33, columns: 65 } },
  { kernel: "gather", dtype: "fp16", shape: { tableRows: 91, columns: 24, rows: 40 } },
  { kernel: "host-to-device", dtype: "u8", shape: { bytes: 100_003 }, hostMemory: "pageable" },
  { kernel: "all-reduce", dtype: "fp32", shape: { elements: 5003, gpus: 3 } },
];

const withValues = (tensor: HostTensor, change: (values: HostTensor["values"]) => void) => {
  const values = tensor.values.slice();
  change(values);
  return { ...tensor, values };
};

describe("the check against the float64 reference", () => {
  test.each(SPECS.map((spec) => [specId(spec), spec] as const))(
    "%s: a correct kernel passes; one wrong output, a NaN and a short output do not",
    (_, spec) => {
      const inputs = kernelInputs(spec, derivedSeed(7, "check"));
      const output = plainKernel(spec, inputs);
      const right = checkOutput(spec, inputs, output, 1);
      expect(right.failure).toBeUndefined();
      expect(right.passed).toBe(true);
      expect(right.outputsCompared).toBe(right.outputs);
      // Rounding alone stays well inside: the bound is meant for the worst of many.
      expect(right.worstErrorShare).toBeLessThan(1);

      const last = output.values.length - 1;
      const off = withValues(output, (values) => {
        values[last] = values[last]! * 1.25 + 3;
      });
      expect(checkOutput(spec, inputs, off, 1)).toMatchObject({ passed: false });
      const short = { ...output, values: output.values.slice(0, last) };
      expect(checkOutput(spec, inputs, short, 1).failure).toMatch(/numbers, expected/);
      if (output.values instanceof Float32Array) {
        const nan = withValues(output, (values) => {
          values[last >> 1] = Number.NaN;
        });
        expect(checkOutput(spec, inputs, nan, 1).failure).toMatch(/is NaN, which is no number/);
      }
    },
  );

  test.each(DTYPES)(
    "a matmul that leaves out the last products of every sum fails in %s",
    (dtype) => {
      const spec = { kernel: "matmul", dtype, shape: { m: 64, n: 64, k: 512 } } as const;
      const inputs = kernelInputs(spec, 3);
      const [a, b] = [inputs[0]!, inputs[1]!];
      const share = dtype === "fp8-e4m3" ? 64 : dtype === "bf16" ? 16 : 1;
      const cut = withValues(a, (values) => {
        for (let row = 0; row < 64; row++) {
          for (let i = 1; i <= share; i++) values[row * 512 + 512 - i] = 0;
        }
      });
      expect(checkOutput(spec, inputs, plainKernel(spec, [cut, b]), 1).passed).toBe(false);
    },
  );

  test("causal attention that sees one token too many fails, and one that reads a wrong kv head", () => {
    const shape = { batch: 1, heads: 4, kvHeads: 2, headDim: 16, tokens: 20 };
    const spec = { kernel: "attention-prefill", dtype: "fp16", shape } as const;
    const inputs = kernelInputs(spec, 11);
    const [q, k, v] = [inputs[0]!, inputs[1]!, inputs[2]!];
    const shifted = withValues(k, (values) => values.copyWithin(0, 16));
    expect(checkOutput(spec, inputs, plainKernel(spec, [q, shifted, v]), 1).passed).toBe(false);
    const swapped = withValues(v, (values) => {
      const half = values.slice(0, values.length / 2);
      values.copyWithin(0, values.length / 2);
      values.set(half, values.length / 2);
    });
    expect(checkOutput(spec, inputs, plainKernel(spec, [q, k, swapped]), 1).passed).toBe(false);
  });

  test("one wrong output of a large product, outside of the sample, breaks its row", () => {
    const spec = { kernel: "matmul", dtype: "fp32", shape: { m: 250, n: 250, k: 1700 } } as const;
    const inputs = kernelInputs(spec, 5);
    const output = plainKernel(spec, inputs);
    const right = checkOutput(spec, inputs, output, 1);
    expect(right).toMatchObject({ passed: true });
    expect(right.outputsCompared).toBeLessThan(right.outputs);
    const off = withValues(output, (values) => {
      values[12_346] = values[12_346]! * 1.5;
    });
    expect(checkOutput(spec, inputs, off, 1).failure).toMatch(/^row 49 of the output/);
  });
});

describe("inputs", () => {
  test("are fresh for another seed, the same for the same, and not zero", () => {
    const spec = { kernel: "add", dtype: "fp16", shape: { elements: 1000 } } as const;
    const [first, again, other] = [1, 1, 2].map((seed) =>
      kernelInputs(spec, derivedSeed(seed, "a")),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first![0]!.values).not.toEqual(first![1]!.values);
    const zeros = [...first![0]!.values].filter((value) => value === 0);
    expect(zeros).toEqual([]);
  });

  test("a long array repeats its draws with an odd period and keeps a mean above zero", () => {
    const spec = { kernel: "copy", dtype: "fp32", shape: { elements: 9_000_000 } } as const;
    const values = kernelInputs(spec, 1)[0]!.values;
    expect(values[4_194_301]).toBe(-values[0]!);
    expect(values[8_999_999]).toBe(values[8_999_999 - 2 * 4_194_301]);
    let sum = 0;
    for (const value of values) sum += value;
    expect(sum / values.length).toBeGreaterThan(0.01);
  });
});

test("operations and bytes by hand", () => {
  const cost = (spec: KernelSpec) => Object.values(kernelCost(spec));
  expect(cost({ kernel: "matmul", dtype: "bf16", shape: { m: 2, n: 3, k: 4 } })).toEqual([48, 52]);
  // fp8: inputs of one byte, the output leaves in bf16.
  expect(cost({ kernel: "matmul", dtype: "fp8-e4m3", shape: { m: 2, n: 3, k: 4 } })).toEqual([
    48, 32,
  ]);
  expect(cost({ kernel: "triad", dtype: "fp32", shape: { elements: 10 } })).toEqual([20, 120]);
  // 3 tokens: 1 + 2 + 3 pairs, each a dot product and a weighted sum of 4, and 5 operations of the softmax.
  const shape = { batch: 1, heads: 1, kvHeads: 1, headDim: 4, tokens: 3 };
  expect(cost({ kernel: "attention-prefill", dtype: "fp16", shape })).toEqual([6 * 21, 96]);
  // Each of 4 GPUs sends and receives 3/4 of the data twice.
  expect(cost({ kernel: "all-reduce", dtype: "fp32", shape: { elements: 100, gpus: 4 } })).toEqual([
    300, 600,
  ]);
});
