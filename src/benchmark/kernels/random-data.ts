import { createNumberHash } from "../../base/hash.js";
import { createRandomStreams, type RandomStream } from "../../engine/streams.js";
import { roundToDtype } from "./dtype.js";
import type { HostTensor, KernelSpec } from "./kernel-spec.js";

/** Numbers drawn one by one; a longer array repeats them. A prime, so that a wrong offset by a power of two shows. */
const DRAWN_MAX = 4_194_301;

/** Signs of the repetitions: exact in every format, and the mean stays above zero. */
const REPEAT_SIGNS = [1, -1, 1] as const;

/**
 * Fresh random inputs of a kernel, exactly representable in its dtype; never zeros.
 *
 * Numbers are uniform in (-0.5, 1): of both signs, so that cancellation is tried, and with a mean above
 * zero, so that sums are large against their rounding errors and a missing term shows.
 *
 * @param seed of this process run; the same seed and spec give the same data
 */
export function kernelInputs(spec: KernelSpec, seed: number): readonly HostTensor[] {
  const streams = createRandomStreams(seed);
  const real = (name: string, ...shape: number[]): HostTensor => ({
    shape,
    dtype: spec.dtype,
    values: realValues(streams.stream(name), size(shape), spec),
  });
  switch (spec.kernel) {
    case "matmul":
      return [real("a", spec.shape.m, spec.shape.k), real("b", spec.shape.k, spec.shape.n)];
    case "copy":
    case "scale":
    case "reduction":
      return [real("x", spec.shape.elements)];
    case "add":
    case "triad":
      return [real("x", spec.shape.elements), real("y", spec.shape.elements)];
    case "softmax":
    case "transpose":
      return [real("x", spec.shape.rows, spec.shape.columns)];
    case "attention-prefill": {
      const { batch, heads, kvHeads, headDim, tokens } = spec.shape;
      return [
        real("q", batch, heads, tokens, headDim),
        real("k", batch, kvHeads, tokens, headDim),
        real("v", batch, kvHeads, tokens, headDim),
      ];
    }
    case "attention-decode": {
      const { batch, heads, kvHeads, headDim, context } = spec.shape;
      return [
        real("q", batch, heads, headDim),
        real("k", batch, kvHeads, context, headDim),
        real("v", batch, kvHeads, context, headDim),
      ];
    }
    case "gather": {
      const { tableRows, columns, rows } = spec.shape;
      return [real("table", tableRows, columns), indices(streams.stream("rows"), rows, tableRows)];
    }
    case "host-to-device":
    case "device-to-host":
      return [bytes(streams.stream("bytes"), spec.shape.bytes)];
    case "launch-latency":
    case "empty-dispatch":
      return [];
    case "all-reduce":
      return Array.from({ length: spec.shape.gpus }, (_, rank) =>
        real(`rank-${rank}`, spec.shape.elements),
      );
  }
}

/** A seed for one purpose under a root seed: another name gives other data. */
export function derivedSeed(rootSeed: number, ...parts: readonly (string | number)[]): number {
  const hash = createNumberHash(0x62656e63);
  hash.addNumber(rootSeed);
  for (const part of parts) hash.addText(String(part));
  return hash.words()[0];
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function realValues(stream: RandomStream, count: number, spec: KernelSpec): Float32Array {
  const values = new Float32Array(count);
  const drawn = Math.min(count, DRAWN_MAX);
  for (let i = 0; i < drawn; i++) {
    // The middle of one of 2^23 cells: exact in fp32 and never zero before rounding.
    values[i] = ((stream.uint32() >>> 9) + 0.5) * (1.5 / 8_388_608) - 0.5;
  }
  const block = values.subarray(0, drawn);
  roundToDtype(block, spec.dtype);
  for (let start = drawn, repeat = 1; start < count; start += drawn, repeat++) {
    const sign = REPEAT_SIGNS[repeat % REPEAT_SIGNS.length]!;
    const end = Math.min(count, start + drawn);
    for (let i = start; i < end; i++) values[i] = block[i - start]! * sign;
  }
  return values;
}

function indices(stream: RandomStream, count: number, limit: number): HostTensor {
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) values[i] = stream.integerBelow(limit);
  return { shape: [count], dtype: "i32", values };
}

function bytes(stream: RandomStream, count: number): HostTensor {
  const values = new Uint8Array(count);
  const drawn = Math.min(count, DRAWN_MAX);
  for (let i = 0; i < drawn; i++) values[i] = stream.uint32() >>> 24;
  for (let start = drawn, repeat = 1; start < count; start += drawn, repeat++) {
    const end = Math.min(count, start + drawn);
    for (let i = start; i < end; i++) values[i] = values[i - start]! ^ (repeat & 255);
  }
  return { shape: [count], dtype: "u8", values };
}
