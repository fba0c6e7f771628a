import { dtypeFacts } from "./dtype.js";
import type { KernelSpec } from "./kernel-spec.js";

/** Work of one launch. */
export interface KernelCost {
  /** Floating-point operations of the textbook algorithm; a multiply-add counts as two. */
  readonly flops: number;
  /** Bytes that have to move at least: each input read once, each output written once. */
  readonly bytes: number;
}

/** Operations of one softmax element: maximum, difference, exponential, sum, quotient. */
const SOFTMAX_OPERATIONS = 5;

/**
 * Operations and bytes of one launch.
 *
 * Causal attention counts the pairs of tokens that are looked at, half of the square. An all-reduce of S
 * bytes on n GPUs counts 2(n−1)/n·S, what each GPU has to send and receive ("bus bandwidth" of nccl-tests).
 */
export function kernelCost(spec: KernelSpec): KernelCost {
  const { bytes: size, outputBytes } = dtypeFacts(spec.dtype);
  switch (spec.kernel) {
    case "matmul": {
      const { m, n, k } = spec.shape;
      return { flops: 2 * m * n * k, bytes: size * (m * k + k * n) + outputBytes * m * n };
    }
    case "copy":
      return { flops: 0, bytes: 2 * size * spec.shape.elements };
    case "scale":
      return { flops: spec.shape.elements, bytes: 2 * size * spec.shape.elements };
    case "add":
      return { flops: spec.shape.elements, bytes: 3 * size * spec.shape.elements };
    case "triad":
      return { flops: 2 * spec.shape.elements, bytes: 3 * size * spec.shape.elements };
    case "reduction":
      return { flops: spec.shape.elements - 1, bytes: size * (spec.shape.elements + 1) };
    case "softmax": {
      const elements = spec.shape.rows * spec.shape.columns;
      return { flops: SOFTMAX_OPERATIONS * elements, bytes: 2 * size * elements };
    }
    case "attention-prefill": {
      const { batch, heads, kvHeads, headDim, tokens } = spec.shape;
      const pairs = (batch * heads * tokens * (tokens + 1)) / 2;
      const rows = batch * tokens * (2 * heads + 2 * kvHeads);
      return { flops: pairs * (4 * headDim + SOFTMAX_OPERATIONS), bytes: size * rows * headDim };
    }
    case "attention-decode": {
      const { batch, heads, kvHeads, headDim, context } = spec.shape;
      const pairs = batch * heads * context;
      const rows = batch * (2 * heads + 2 * kvHeads * context);
      return { flops: pairs * (4 * headDim + SOFTMAX_OPERATIONS), bytes: size * rows * headDim };
    }
    case "transpose":
      return { flops: 0, bytes: 2 * size * spec.shape.rows * spec.shape.columns };
    case "gather":
      return {
        flops: 0,
        bytes: 2 * size * spec.shape.rows * spec.shape.columns + 4 * spec.shape.rows,
      };
    case "host-to-device":
    case "device-to-host":
      return { flops: 0, bytes: spec.shape.bytes };
    case "launch-latency":
    case "empty-dispatch":
      return { flops: 0, bytes: 0 };
    case "all-reduce": {
      const { elements, gpus } = spec.shape;
      return { flops: elements * (gpus - 1), bytes: ((2 * (gpus - 1)) / gpus) * size * elements };
    }
  }
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  elements: "e",
  bytes: "b",
  rows: "r",
  columns: "c",
  batch: "b",
  heads: "h",
  kvHeads: "kv",
  headDim: "d",
  tokens: "t",
  context: "ctx",
  tableRows: "of",
  gpus: "g",
};

/** Name of a kernel in its size, such as `matmul/bf16/m512-n512-k512`: the part of a case's id that speaks of it. */
export function specId(spec: KernelSpec): string {
  const sizes = Object.entries(spec.shape).map(
    ([name, value]) => `${SHORT_NAMES[name] ?? name}${String(value)}`,
  );
  return [
    spec.kernel,
    ...(spec.dtype === "none" ? [] : [spec.dtype]),
    ...(sizes.length === 0 ? [] : [sizes.join("-")]),
    ...(spec.hostMemory === undefined ? [] : [spec.hostMemory]),
  ].join("/");
}
