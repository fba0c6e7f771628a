import { roundToDtype } from "../kernels/dtype.js";
import {
  STREAM_SCALAR,
  type Dtype,
  type HostTensor,
  type KernelSpec,
} from "../kernels/kernel-spec.js";

/** Formats in which results leave, where it is not that of the inputs. */
const OUTPUT_FORMATS: Partial<Record<Dtype, Dtype>> = { "fp8-e4m3": "bf16", tf32: "fp32" };

/** Kernels written plainly, every operation rounded to fp32: what a correct device could do. */
// eslint-disable-next-line max-lines-per-function -- a few lines per kernel
export function plainKernel(spec: KernelSpec, inputs: readonly HostTensor[]): HostTensor {
  const [x, y, z] = inputs.map(({ values }) => values);
  const done = (values: Float32Array, ...shape: number[]): HostTensor => {
    roundToDtype(values, OUTPUT_FORMATS[spec.dtype] ?? spec.dtype);
    return { shape, dtype: spec.dtype, values };
  };
  const map = (count: number, f: (i: number) => number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => f(i));
  switch (spec.kernel) {
    case "matmul": {
      const { m, n, k } = spec.shape;
      const cell = (i: number): number =>
        dot(k, (t) => x![Math.floor(i / n) * k + t]! * y![t * n + (i % n)]!);
      return done(map(m * n, cell), m, n);
    }
    case "copy":
      return done(
        map(spec.shape.elements, (i) => x![i]!),
        spec.shape.elements,
      );
    case "scale":
      return done(
        map(spec.shape.elements, (i) => STREAM_SCALAR * x![i]!),
        spec.shape.elements,
      );
    case "add":
      return done(
        map(spec.shape.elements, (i) => x![i]! + y![i]!),
        spec.shape.elements,
      );
    case "triad":
      return done(
        map(spec.shape.elements, (i) => x![i]! + STREAM_SCALAR * y![i]!),
        spec.shape.elements,
      );
    case "reduction":
      return done(Float32Array.of(dot(spec.shape.elements, (i) => x![i]!)), 1);
    case "softmax": {
      const { rows, columns } = spec.shape;
      const out = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++) softmaxRow(x!, out, row * columns, columns);
      return done(out, rows, columns);
    }
    case "attention-prefill": {
      const { batch, heads, kvHeads, headDim, tokens } = spec.shape;
      const out = attention(
        { batch, heads, kvHeads, headDim, queries: tokens, keys: tokens },
        x!,
        y!,
        z!,
      );
      return done(out, batch, heads, tokens, headDim);
    }
    case "attention-decode": {
      const { batch, heads, kvHeads, headDim, context } = spec.shape;
      const out = attention(
        { batch, heads, kvHeads, headDim, queries: 1, keys: context },
        x!,
        y!,
        z!,
      );
      return done(out, batch, heads, headDim);
    }
    case "transpose": {
      const { rows, columns } = spec.shape;
      const cell = (i: number): number => x![(i % rows) * columns + Math.floor(i / rows)]!;
      return done(map(rows * columns, cell), columns, rows);
    }
    case "gather": {
      const { rows, columns } = spec.shape;
      const cell = (i: number): number =>
        x![y![Math.floor(i / columns)]! * columns + (i % columns)]!;
      return done(map(rows * columns, cell), rows, columns);
    }
    case "host-to-device":
    case "device-to-host":
      return { shape: [spec.shape.bytes], dtype: "u8", values: Uint8Array.from(x!) };
    case "launch-latency":
    case "empty-dispatch":
      return { shape: [0], dtype: "none", values: new Float32Array(0) };
    case "all-reduce": {
      const { elements, gpus } = spec.shape;
      const sums = map(elements * gpus, (i) =>
        dot(gpus, (rank) => inputs[rank]!.values[i % elements]!),
      );
      return done(sums, gpus, elements);
    }
  }
}

function dot(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum = Math.fround(sum + Math.fround(term(i)));
  return sum;
}

function softmaxRow(x: ArrayLike<number>, out: Float32Array, start: number, length: number): void {
  let max = -Infinity;
  for (let i = 0; i < length; i++) max = Math.max(max, x[start + i]!);
  const sum = dot(length, (i) => Math.exp(x[start + i]! - max));
  for (let i = 0; i < length; i++) out[start + i] = Math.exp(x[start + i]! - max) / sum;
}

interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly queries: number;
  readonly keys: number;
}

function attention(
  { batch, heads, kvHeads, headDim, queries, keys }: AttentionSizes,
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  v: ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(batch * heads * queries * headDim);
  const weights = new Float32Array(keys);
  for (let row = 0; row < batch * heads * queries; row++) {
    const head = Math.floor(row / queries) % heads;
    const sequence = Math.floor(row / (queries * heads));
    const base = (sequence * kvHeads + Math.floor((head * kvHeads) / heads)) * keys * headDim;
    const seen = queries === 1 ? keys : (row % queries) + 1;
    for (let key = 0; key < seen; key++) {
      weights[key] =
        dot(headDim, (i) => q[row * headDim + i]! * k[base + key * headDim + i]!) /
        Math.sqrt(headDim);
    }
    softmaxRow(weights, weights, 0, seen);
    for (let i = 0; i < headDim; i++) {
      out[row * headDim + i] = dot(seen, (key) => weights[key]! * v[base + key * headDim + i]!);
    }
  }
  return out;
}
