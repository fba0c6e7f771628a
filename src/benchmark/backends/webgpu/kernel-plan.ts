import { STREAM_SCALAR, type KernelSpec } from "../../kernels/kernel-spec.js";
import * as wgsl from "./wgsl.js";

/** One shader to dispatch. Buffers by name: `in0`, `in1`, …, `out`, or a scratch buffer of the plan. */
export interface PlanStep {
  readonly code: string;
  readonly buffers: readonly string[];
  readonly workgroups: readonly [number, number];
}

/** How a kernel runs on WebGPU. */
export interface KernelPlan {
  /** What is recorded as the implementation. */
  readonly implementation: string;
  readonly steps: readonly PlanStep[];
  /** Shape of the output. */
  readonly output: readonly number[];
  /** Scratch buffers, name and bytes. */
  readonly scratch: Readonly<Record<string, number>>;
}

/** WebGPU allows so many workgroups in one dimension. */
const GRID_MAX = 65_535;

/** Workgroups of kernels that loop over the grid: enough to fill the largest GPUs. */
const LOOPING_GROUPS = 4096;

/** The plan of a kernel, or undefined for those that are no shader. */
export function kernelPlan(spec: KernelSpec): KernelPlan | undefined {
  const isHalf = spec.dtype === "fp16";
  const single = singleStep(isHalf);
  switch (spec.kernel) {
    case "matmul": {
      const { m, n, k } = spec.shape;
      if (m === 1) {
        const columns = [tiles(n, wgsl.ROW_COLUMNS), 1] as const;
        return single("row 32x8", wgsl.MATMUL_ROW, { N: n, K: k }, 2, columns, [1, n]);
      }
      const groups = [tiles(n, wgsl.MATMUL_TILE), tiles(m, wgsl.MATMUL_TILE)] as const;
      return single("tile 64x64x16", wgsl.MATMUL, { M: m, N: n, K: k }, 2, groups, [m, n]);
    }
    case "copy":
      return elements(spec.shape.elements, "x[i]", 1, single);
    case "scale":
      return elements(spec.shape.elements, `T(${STREAM_SCALAR}) * x[i]`, 1, single);
    case "add":
      return elements(spec.shape.elements, "x[i] + y[i]", 2, single);
    case "triad":
      return elements(spec.shape.elements, `x[i] + T(${STREAM_SCALAR}) * y[i]`, 2, single);
    case "reduction":
      return reductionPlan(spec.shape.elements, isHalf);
    case "softmax": {
      const { rows, columns } = spec.shape;
      const [x, y] = grid(rows);
      const constants = { ROWS: rows, COLUMNS: columns, GRID: x };
      return single("row per workgroup", wgsl.SOFTMAX, constants, 1, [x, y], [rows, columns]);
    }
    case "attention-prefill": {
      const { batch, heads, tokens, headDim } = spec.shape;
      const sizes = { ...spec.shape, queries: tokens, keys: tokens };
      return attentionPlan(sizes, true, [batch, heads, tokens, headDim], single);
    }
    case "attention-decode": {
      const { batch, heads, context, headDim } = spec.shape;
      const sizes = { ...spec.shape, queries: 1, keys: context };
      return attentionPlan(sizes, false, [batch, heads, headDim], single);
    }
    case "transpose": {
      const { rows, columns } = spec.shape;
      const constants = { ROWS: rows, COLUMNS: columns };
      const groups = [tiles(columns, 16), tiles(rows, 16)] as const;
      return single("tile 16x16", wgsl.TRANSPOSE, constants, 1, groups, [columns, rows]);
    }
    case "gather": {
      const { rows, columns } = spec.shape;
      const constants = { COLUMNS: columns, COUNT: rows * columns };
      const groups = loopingGroups(rows * columns);
      return single("grid loop", wgsl.GATHER, constants, 2, [groups, 1], [rows, columns]);
    }
    case "launch-latency":
    case "empty-dispatch":
    case "host-to-device":
    case "device-to-host":
    case "all-reduce":
      return undefined;
  }
}

/** A plan of one shader. */
function singleStep(isHalf: boolean): Single {
  return (name, body, constants, inputs, workgroups, output) => ({
    implementation: `WGSL ${name}`,
    steps: [
      {
        code: wgsl.header(isHalf, constants) + body,
        buffers: [...Array.from({ length: inputs }, (_, i) => `in${i}`), "out"],
        workgroups,
      },
    ],
    output,
    scratch: {},
  });
}

type Single = (
  name: string,
  body: string,
  constants: Readonly<Record<string, number>>,
  inputs: number,
  workgroups: readonly [number, number],
  output: readonly number[],
) => KernelPlan;

function elements(count: number, expression: string, inputs: 1 | 2, single: Single): KernelPlan {
  const vectors = Math.ceil(count / 4);
  const body = wgsl.elementwise(expression, inputs === 2);
  const groups = loopingGroups(vectors);
  return single("vec4 grid loop", body, { COUNT: vectors }, inputs, [groups, 1], [count]);
}

function reductionPlan(count: number, isHalf: boolean): KernelPlan {
  // A few numbers per thread at least: a group that sums nothing costs more than it helps.
  const groups = Math.min(1024, tiles(count, wgsl.THREADS * 8));
  return {
    implementation: "WGSL two sweeps",
    steps: [
      {
        code: wgsl.header(isHalf, { COUNT: count }) + wgsl.partialSums("T", "f32"),
        buffers: ["in0", "sums"],
        workgroups: [groups, 1],
      },
      {
        code: wgsl.header(isHalf, { COUNT: groups }) + wgsl.partialSums("f32", "T"),
        buffers: ["sums", "out"],
        workgroups: [1, 1],
      },
    ],
    output: [1],
    scratch: { sums: 4 * groups },
  };
}

interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly queries: number;
  readonly keys: number;
}

function attentionPlan(
  { batch, heads, kvHeads, headDim, queries, keys }: AttentionSizes,
  isCausal: boolean,
  output: readonly number[],
  single: Single,
): KernelPlan {
  const blocks = batch * heads * queries;
  const [x, y] = grid(blocks);
  const constants = {
    BLOCKS: blocks,
    GRID: x,
    QUERIES: queries,
    HEADS: heads,
    KV_HEADS: kvHeads,
    DEPTH: headDim,
    KEYS: keys,
  };
  const body = wgsl.attention(isCausal, headDim);
  return single("query per workgroup", body, constants, 3, [x, y], output);
}

function tiles(length: number, tile: number): number {
  return Math.ceil(length / tile);
}

function loopingGroups(items: number): number {
  return Math.min(LOOPING_GROUPS, tiles(items, wgsl.THREADS));
}

function grid(blocks: number): readonly [number, number] {
  const x = Math.min(blocks, GRID_MAX);
  return [x, Math.ceil(blocks / x)];
}
