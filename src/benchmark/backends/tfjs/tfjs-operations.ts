import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";

import { STREAM_SCALAR, type HostTensor, type KernelSpec } from "../../kernels/kernel-spec.js";
import type { Tfjs } from "./load-tfjs.js";

/** A kernel made of operations of TensorFlow.js. */
export interface TfjsOperation {
  /** Operations it consists of; recorded with the results. */
  readonly name: string;
  /** Inputs on the device, kept until the kernel is disposed of. */
  readonly inputs: readonly Tensor[];
  /** One launch: the output, every intermediate tensor being the caller's to free. */
  launch(): Tensor;
}

/** Why TensorFlow.js cannot run a kernel; undefined when it can. */
export function tfjsRefusal(spec: KernelSpec): string | undefined {
  if (spec.kernel === "copy") return "TensorFlow.js has no copy: clones share their memory";
  if (spec.kernel === "host-to-device" || spec.kernel === "device-to-host") {
    return "TensorFlow.js uploads when a tensor is first used, not when it is told to";
  }
  if (spec.kernel === "all-reduce") return "TensorFlow.js uses one GPU";
  if (spec.dtype !== "fp32" && spec.dtype !== "none") return "TensorFlow.js computes in fp32 only";
  return undefined;
}

/** The operations of a kernel that is not refused. */
export function tfjsOperation(
  tf: Tfjs,
  spec: KernelSpec,
  inputs: readonly HostTensor[],
): TfjsOperation {
  const on = inputs.map(({ values, shape, dtype }) =>
    tf.tensor(values, [...shape], dtype === "i32" ? "int32" : "float32"),
  );
  const [x, y] = on as [Tensor, Tensor];
  switch (spec.kernel) {
    case "matmul":
      return { name: "matMul", inputs: on, launch: () => tf.matMul(x, y) };
    case "scale":
      return { name: "mul", inputs: on, launch: () => tf.mul(x, STREAM_SCALAR) };
    case "add":
      return { name: "add", inputs: on, launch: () => tf.add(x, y) };
    case "triad":
      return {
        name: "mul and add",
        inputs: on,
        launch: () => tf.add(x, tf.mul(y, STREAM_SCALAR)),
      };
    case "reduction":
      return { name: "sum", inputs: on, launch: () => tf.sum(x) };
    case "softmax":
      return { name: "softmax", inputs: on, launch: () => tf.softmax(x) };
    case "attention-prefill": {
      const { tokens } = spec.shape;
      return attention(tf, { ...spec.shape, queries: tokens, keys: tokens }, on, true);
    }
    case "attention-decode":
      return attention(tf, { ...spec.shape, queries: 1, keys: spec.shape.context }, on, false);
    case "transpose":
      return { name: "transpose", inputs: on, launch: () => tf.transpose(x as Tensor2D) };
    case "gather":
      return { name: "gather", inputs: on, launch: () => tf.gather(x, y as Tensor1D) };
    case "launch-latency":
    case "empty-dispatch": {
      const one = tf.tensor1d([1]);
      return { name: "neg of one number", inputs: [one], launch: () => tf.neg(one) };
    }
    case "copy":
    case "host-to-device":
    case "device-to-host":
    case "all-reduce":
      throw new Error(`tfjs: ${spec.kernel} was to be refused`);
  }
}

interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly queries: number;
  readonly keys: number;
}

/** Added to scores of tokens that may not be seen. */
const NEVER = -1e30;

/** Heads that share keys and values become rows of one product. */
function attention(
  tf: Tfjs,
  { batch, heads, kvHeads, headDim, queries, keys }: AttentionSizes,
  [q, k, v]: readonly Tensor[],
  isCausal: boolean,
): TfjsOperation {
  const group = heads / kvHeads;
  const flat = (tensor: Tensor, rows: number): Tensor3D =>
    tf.reshape(tensor, [batch * kvHeads, rows, headDim]);
  const rows = group * queries;
  const query = flat(q!, rows);
  const key = flat(k!, keys);
  const value = flat(v!, keys);
  const mask = isCausal ? tf.tensor3d(causalMask(group, queries), [1, rows, keys]) : undefined;
  return {
    name: `matMul, mul${isCausal ? ", add" : ""}, softmax, matMul`,
    inputs: [q!, k!, v!, query, key, value, ...(mask === undefined ? [] : [mask])],
    launch() {
      const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(headDim));
      const seen = mask === undefined ? scores : tf.add(scores, mask);
      return tf.matMul(tf.softmax(seen), value);
    },
  };
}

function causalMask(group: number, tokens: number): Float32Array {
  const mask = new Float32Array(group * tokens * tokens);
  for (let row = 0; row < group * tokens; row++) {
    mask.fill(NEVER, row * tokens + (row % tokens) + 1, (row + 1) * tokens);
  }
  return mask;
}
