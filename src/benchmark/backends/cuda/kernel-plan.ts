import type { Dtype, KernelSpec } from "../../kernels/kernel-spec.js";
import { STREAM_SCALAR } from "../../kernels/kernel-spec.js";
import { dtypeFacts } from "../../kernels/dtype.js";

/** Modules of PTX, each compiled when it is first needed. */
export type ModuleName = "streams" | "attention-fp32" | "attention-fp16" | "attention-bf16";

/** One argument of a kernel: an array by name (`in0`, `out`, a scratch array) or a number of a kind. */
export type KernelArgument =
  | { readonly array: string }
  | { readonly u32: number }
  | { readonly u64: number }
  | { readonly f32: number };

/** One launch. */
export interface PlanStep {
  readonly kernel: string;
  readonly grid: readonly [x: number, y: number];
  readonly block: readonly [x: number, y: number];
  /** Dynamic shared memory. */
  readonly sharedBytes: number;
  readonly arguments: readonly KernelArgument[];
}

/** How a kernel runs on CUDA. */
export interface KernelPlan {
  readonly implementation: string;
  readonly module: ModuleName;
  readonly steps: readonly PlanStep[];
  readonly output: readonly number[];
  /** Scratch arrays, name and bytes. */
  readonly scratch: Readonly<Record<string, number>>;
}

/** Bytes of a vector of the stream kernels, threads of a block, and vectors of a thread. */
const VECTOR_BYTES = 16;
const STREAM_THREADS = 256;
const STREAM_UNROLL = 4;

/** Largest head of the attention kernels. */
export const HEAD_DIM_MAX = 128;

/** Largest second dimension of a grid. */
export const GRID_Y_MAX = 65_535;

/** Blocks that a decode step is split into at least, where its context is long enough: a few for each multiprocessor. */
const DECODE_BLOCKS = 1024;
const DECODE_KEYS = 64;

/** The plan of a kernel of our own PTX; undefined for those that libraries or plain copies do. */
export function kernelPlan(spec: KernelSpec): KernelPlan | undefined {
  switch (spec.kernel) {
    case "copy": {
      const vectors = vectorsOf(spec.shape.elements, spec.dtype);
      const call = [array("in0"), array("out"), { u64: vectors }];
      return streams("16-byte vectors", streamStep("copy_vectors", vectors, call), [
        spec.shape.elements,
      ]);
    }
    case "scale":
    case "add":
    case "triad":
      return combinePlan(spec);
    case "reduction":
      return reductionPlan(spec.shape.elements, spec.dtype);
    case "softmax": {
      const { rows, columns } = spec.shape;
      const call = [array("in0"), array("out"), { u32: columns }];
      const step = launch(`softmax_${spec.dtype}`, [rows, 1], [512, 1], call);
      return streams("row per block", step, [rows, columns]);
    }
    case "attention-prefill":
      return prefillPlan(spec.shape, spec.dtype);
    case "attention-decode":
      return decodePlan(spec.shape, spec.dtype);
    case "transpose": {
      const { rows, columns } = spec.shape;
      const call = [array("in0"), array("out"), { u32: rows }, { u32: columns }];
      const grid = [tiles(columns, 32), tiles(rows, 32)] as const;
      const step = launch(`transpose_${dtypeFacts(spec.dtype).bytes}`, grid, [32, 8], call);
      return streams("tile 32x32", step, [columns, rows]);
    }
    case "gather":
      return gatherPlan(spec.shape, spec.dtype);
    case "matmul":
    case "launch-latency":
    case "empty-dispatch":
    case "host-to-device":
    case "device-to-host":
    case "all-reduce":
      return undefined;
  }
}

function combinePlan(
  spec: Extract<KernelSpec, { readonly kernel: "scale" | "add" | "triad" }>,
): KernelPlan {
  const { elements } = spec.shape;
  const vectors = vectorsOf(elements, spec.dtype);
  const kernel = spec.kernel === "scale" ? "scale" : "combine";
  const call =
    spec.kernel === "scale"
      ? [array("in0"), array("out"), { u64: vectors }, { f32: STREAM_SCALAR }]
      : [
          ...[array("in0"), array("in1"), array("out"), { u64: vectors }],
          ...[{ f32: 1 }, { f32: spec.kernel === "triad" ? STREAM_SCALAR : 1 }],
        ];
  const step = streamStep(`${kernel}_${spec.dtype}`, vectors, call);
  return streams("16-byte vectors", step, [elements]);
}

function reductionPlan(elements: number, dtype: Dtype): KernelPlan {
  const vectors = vectorsOf(elements, dtype);
  const groups = Math.min(1024, tiles(vectors, 256 * 4));
  return {
    implementation: "PTX two sweeps",
    module: "streams",
    steps: [
      launch(
        `partial_sum_${dtype}`,
        [groups, 1],
        [256, 1],
        [array("in0"), array("sums"), { u64: vectors }],
      ),
      launch(
        `final_sum_${dtype}`,
        [1, 1],
        [1024, 1],
        [array("sums"), array("out"), { u32: groups }],
      ),
    ],
    output: [1],
    scratch: { sums: 4 * groups },
  };
}

interface HeadSizes {
  readonly batch: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

function prefillPlan(shape: HeadSizes & { readonly tokens: number }, dtype: Dtype): KernelPlan {
  const { batch, heads, kvHeads, headDim, tokens } = shape;
  const depth = paddedDepth(headDim);
  const step: PlanStep = {
    kernel: `attention_prefill_${dtype}_${depth}`,
    grid: [tiles(tokens, 64), batch * heads],
    block: [256, 1],
    sharedBytes: 4 * ((64 + 32) * (depth + 4) + 64 * 33),
    arguments: [
      ...[array("in0"), array("in1"), array("in2"), array("out")],
      ...[{ u32: heads }, { u32: kvHeads }, { u32: tokens }, { u32: headDim }],
      { f32: 1 / Math.sqrt(headDim) },
    ],
  };
  return {
    implementation: "PTX 64 queries per block, fp32 arithmetic without tensor cores",
    module: attentionModule(dtype),
    steps: [step],
    output: [batch, heads, tokens, headDim],
    scratch: {},
  };
}

function decodePlan(shape: HeadSizes & { readonly context: number }, dtype: Dtype): KernelPlan {
  const { batch, heads, kvHeads, headDim, context } = shape;
  const depth = paddedDepth(headDim);
  const group = heads / kvHeads;
  const wanted = tiles(DECODE_BLOCKS, batch * kvHeads);
  const keysPerPart = DECODE_KEYS * Math.max(1, tiles(tiles(context, wanted), DECODE_KEYS));
  const parts = tiles(context, keysPerPart);
  return {
    implementation: `PTX context in ${parts} ${parts === 1 ? "part" : "parts"}, fp32 arithmetic`,
    module: attentionModule(dtype),
    steps: [
      {
        kernel: `attention_decode_${dtype}_${depth}`,
        grid: [parts, batch * kvHeads],
        block: [depth, 1],
        sharedBytes: decodeSharedBytes(group, depth),
        arguments: [
          ...[array("in0"), array("in1"), array("in2"), array("parts")],
          ...[{ u32: heads }, { u32: kvHeads }, { u32: context }, { u32: headDim }],
          ...[{ u32: keysPerPart }, { f32: 1 / Math.sqrt(headDim) }],
        ],
      },
      launch(
        `attention_join_${dtype}_${depth}`,
        [batch * heads, 1],
        [depth, 1],
        [...[array("parts"), array("out"), { u32: parts }, { u32: headDim }]],
      ),
    ],
    output: [batch, heads, headDim],
    scratch: { parts: 4 * batch * heads * parts * (depth + 2) },
  };
}

/** Shared memory of a decode block. */
export function decodeSharedBytes(group: number, depth: number): number {
  return 4 * (2 * DECODE_KEYS * (depth + 4) + group * (2 * depth + 2) + DECODE_KEYS);
}

function gatherPlan(
  shape: { readonly tableRows: number; readonly columns: number; readonly rows: number },
  dtype: Dtype,
): KernelPlan {
  const { columns, rows } = shape;
  const { bytes } = dtypeFacts(dtype);
  const unitBytes = (columns * bytes) % VECTOR_BYTES === 0 ? VECTOR_BYTES : bytes;
  const width = (columns * bytes) / unitBytes;
  const units = rows * width;
  const call = [array("in0"), array("in1"), array("out"), { u32: width }, { u64: units }];
  const blocks = Math.min(65_536, tiles(units, 256));
  const step = launch(`gather_${unitBytes}`, [blocks, 1], [256, 1], call);
  return streams(`${unitBytes} bytes per thread`, step, [rows, columns]);
}

/** Heads are computed in a width of 64 or 128, the rest zeros. */
export function paddedDepth(headDim: number): 64 | 128 {
  return headDim <= 64 ? 64 : 128;
}

function attentionModule(dtype: Dtype): ModuleName {
  if (dtype === "fp32" || dtype === "fp16" || dtype === "bf16") return `attention-${dtype}`;
  throw new Error(`cuda: no attention kernel in ${dtype}`);
}

function streams(name: string, step: PlanStep, output: readonly number[]): KernelPlan {
  return { implementation: `PTX ${name}`, module: "streams", steps: [step], output, scratch: {} };
}

function launch(
  kernel: string,
  grid: PlanStep["grid"],
  block: PlanStep["block"],
  call: readonly KernelArgument[],
): PlanStep {
  return { kernel, grid, block, sharedBytes: 0, arguments: call };
}

function streamStep(kernel: string, vectors: number, call: readonly KernelArgument[]): PlanStep {
  const blocks = tiles(vectors, STREAM_THREADS * STREAM_UNROLL);
  return launch(kernel, [blocks, 1], [STREAM_THREADS, 1], call);
}

function vectorsOf(elements: number, dtype: Dtype): number {
  return tiles(elements * dtypeFacts(dtype).bytes, VECTOR_BYTES);
}

function array(name: string): KernelArgument {
  return { array: name };
}

function tiles(length: number, tile: number): number {
  return Math.ceil(length / tile);
}
