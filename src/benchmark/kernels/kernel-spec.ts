/**
 * Number formats of a kernel's inputs. Sums are kept in fp32 for all of them.
 *
 * `tf32` data lie in memory as fp32. `none` is for kernels without data, `u8` for plain bytes.
 */
export const DTYPES = ["fp32", "tf32", "fp16", "bf16", "fp8-e4m3", "u8", "none"] as const;

/** Number format of a kernel's inputs. */
export type Dtype = (typeof DTYPES)[number];

/**
 * Sizes of each kernel. All counts are whole numbers of at least 1; arrays are dense and row-major.
 *
 * Inputs in the order in which a backend gets them, and the output:
 * - `matmul`: A [m, k], B [k, n] → A·B [m, n]
 * - `copy`: x → x; `scale`: x → s·x; `add`: x, y → x + y; `triad`: x, y → x + s·y, s = `STREAM_SCALAR`
 * - `reduction`: x → the sum [1]
 * - `softmax`: x [rows, columns] → softmax of each row
 * - `attention-prefill`: Q [batch, heads, tokens, headDim], K and V [batch, kvHeads, tokens, headDim] →
 *   causal softmax(Q·Kᵀ/√headDim)·V [batch, heads, tokens, headDim]; head h reads kv head ⌊h·kvHeads/heads⌋
 * - `attention-decode`: Q [batch, heads, headDim], K and V [batch, kvHeads, context, headDim] →
 *   the same for one new token that sees the whole context [batch, heads, headDim]
 * - `transpose`: x [rows, columns] → [columns, rows]
 * - `gather`: table [tableRows, columns], indices [rows] (i32) → the rows named [rows, columns]
 * - `host-to-device`, `device-to-host`: bytes → the same bytes, on the other side; `hostMemory` says from which kind
 * - `launch-latency`: nothing; `run(n)` launches n empty kernels and waits once
 * - `empty-dispatch`: nothing; `run(n)` n times launches one empty kernel and waits for it
 * - `all-reduce`: one x per GPU → the sum on every GPU [gpus, elements]
 */
export interface KernelShapes {
  readonly matmul: { readonly m: number; readonly n: number; readonly k: number };
  readonly copy: { readonly elements: number };
  readonly scale: { readonly elements: number };
  readonly add: { readonly elements: number };
  readonly triad: { readonly elements: number };
  readonly reduction: { readonly elements: number };
  readonly softmax: { readonly rows: number; readonly columns: number };
  readonly "attention-prefill": {
    readonly batch: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly headDim: number;
    readonly tokens: number;
  };
  readonly "attention-decode": {
    readonly batch: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly headDim: number;
    readonly context: number;
  };
  readonly transpose: { readonly rows: number; readonly columns: number };
  readonly gather: {
    readonly tableRows: number;
    readonly columns: number;
    readonly rows: number;
  };
  readonly "host-to-device": { readonly bytes: number };
  readonly "device-to-host": { readonly bytes: number };
  readonly "launch-latency": Readonly<Record<never, number>>;
  readonly "empty-dispatch": Readonly<Record<never, number>>;
  readonly "all-reduce": { readonly elements: number; readonly gpus: number };
}

/** Name of a kernel. */
export type KernelName = keyof KernelShapes;

/** Factor of `scale` and `triad`: exact in every dtype. */
export const STREAM_SCALAR = 0.75;

/** Kind of host memory of a transfer: page-locked for the device, or ordinary. */
export type HostMemory = "pinned" | "pageable";

/** One kernel in one size and number format: what a backend is asked to run. */
export type KernelSpec = {
  readonly [Name in KernelName]: {
    readonly kernel: Name;
    readonly dtype: Dtype;
    readonly shape: KernelShapes[Name];
    /** Of `host-to-device` and `device-to-host` only. */
    readonly hostMemory?: HostMemory;
  };
}[KernelName];

/** The spec of one kernel. */
export type KernelSpecOf<Name extends KernelName> = Extract<KernelSpec, { readonly kernel: Name }>;

/**
 * An array on the host. Numbers are exactly representable in `dtype`, so that a backend that stores
 * them in `dtype` and the float64 reference start from the same data.
 */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly dtype: Dtype | "i32";
  /** fp32 numbers for all floating dtypes, plain integers for `i32` and `u8`. */
  readonly values: Float32Array | Int32Array | Uint8Array;
}
