import { STREAM_SCALAR, type HostTensor, type KernelSpec } from "../../kernels/kernel-spec.js";

/** One kernel of gpu.js: the body runs once per output, `this.thread` tells which. */
export interface GpujsStep {
  readonly source: string;
  readonly constants: Readonly<Record<string, number>>;
  /** Sizes with the innermost first, as gpu.js has them. */
  readonly output: readonly number[];
  /** Names of values: `in0`, …, an extra input, or the result of an earlier step. */
  readonly values: readonly string[];
  readonly result: string;
}

/** How a kernel runs on gpu.js. The last step gives the output. */
export interface GpujsPlan {
  readonly steps: readonly GpujsStep[];
  /** Small arrays that steps need besides the inputs. */
  readonly extra: Readonly<Record<string, Float32Array>>;
}

/** Partial sums of a reduction. */
const PARTS = 1024;

/** The plan of a kernel, or the reason why there is none, as words after "cannot run: ". */
export function gpujsPlan(spec: KernelSpec): GpujsPlan | string {
  const single = (
    body: string,
    inputs: number,
    output: readonly number[],
    constants: Readonly<Record<string, number>> = {},
  ): GpujsPlan => ({
    steps: [step(body, inputNames(inputs), output, constants, "out")],
    extra: {},
  });
  switch (spec.kernel) {
    case "matmul": {
      const { m, n, k } = spec.shape;
      const body = `let sum = 0;
        for (let i = 0; i < this.constants.k; i++) {
          sum += in0[this.thread.y * this.constants.k + i] * in1[i * this.constants.n + this.thread.x];
        }
        return sum;`;
      return single(body, 2, [n, m], { n, k });
    }
    case "copy":
      return single("return in0[this.thread.x];", 1, [spec.shape.elements]);
    case "scale":
      return single(`return ${STREAM_SCALAR} * in0[this.thread.x];`, 1, [spec.shape.elements]);
    case "add":
      return single("return in0[this.thread.x] + in1[this.thread.x];", 2, [spec.shape.elements]);
    case "triad": {
      const body = `return in0[this.thread.x] + ${STREAM_SCALAR} * in1[this.thread.x];`;
      return single(body, 2, [spec.shape.elements]);
    }
    case "reduction":
      return reductionPlan(spec.shape.elements);
    case "softmax":
      return softmaxPlan(spec.shape.rows, spec.shape.columns);
    case "attention-prefill": {
      const { tokens } = spec.shape;
      return attentionPlan({ ...spec.shape, queries: tokens, keys: tokens }, true);
    }
    case "attention-decode":
      return attentionPlan({ ...spec.shape, queries: 1, keys: spec.shape.context }, false);
    case "transpose": {
      const { rows, columns } = spec.shape;
      const body = "return in0[this.thread.x * this.constants.columns + this.thread.y];";
      return single(body, 1, [rows, columns], { columns });
    }
    case "gather": {
      const { rows, columns } = spec.shape;
      const body = "return in0[in1[this.thread.y] * this.constants.columns + this.thread.x];";
      return single(body, 2, [columns, rows], { columns });
    }
    case "launch-latency":
    case "empty-dispatch":
      return single("return 1;", 0, [1]);
    case "host-to-device":
    case "device-to-host":
      return "gpu.js copies between host and device inside of its calls only";
    case "all-reduce":
      return "gpu.js uses one GPU";
  }
}

/** An input as gpu.js takes it: plain 32-bit floats. */
export function gpujsInput(tensor: HostTensor): Float32Array {
  return tensor.values instanceof Float32Array ? tensor.values : Float32Array.from(tensor.values);
}

function step(
  body: string,
  values: readonly string[],
  output: readonly number[],
  constants: Readonly<Record<string, number>>,
  result: string,
): GpujsStep {
  return {
    source: `function (${values.join(", ")}) { ${body} }`,
    constants,
    output,
    values,
    result,
  };
}

function inputNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `in${index}`);
}

function reductionPlan(elements: number): GpujsPlan {
  const parts = Math.min(PARTS, elements);
  const constants = { parts, rounds: Math.ceil(elements / parts), count: elements };
  const partial = `let sum = 0;
    for (let i = 0; i < this.constants.rounds; i++) {
      const place = i * this.constants.parts + this.thread.x;
      if (place < this.constants.count) { sum += in0[place]; }
    }
    return sum;`;
  const total = `let sum = 0;
    for (let i = 0; i < this.constants.parts; i++) { sum += parts[i]; }
    return sum;`;
  return {
    steps: [
      step(partial, ["in0"], [parts], constants, "parts"),
      step(total, ["parts"], [1], constants, "out"),
    ],
    extra: {},
  };
}

/**
 * Maximum and sum of exponentials of every row, of which the first `seen` numbers count.
 *
 * @param read expression for number i of the row: inputs are flat, results of kernels have rows
 */
function rowSteps(rows: number, columns: number, name: string, read: string): readonly GpujsStep[] {
  const constants = { columns };
  const top = `let top = -1.0e30;
    for (let i = 0; i < this.constants.columns; i++) {
      if (i < seen[this.thread.x]) { top = Math.max(top, ${read}); }
    }
    return top;`;
  const total = `let sum = 0;
    for (let i = 0; i < this.constants.columns; i++) {
      if (i < seen[this.thread.x]) {
        sum += Math.exp(${read} - top[this.thread.x]);
      }
    }
    return sum;`;
  return [
    step(top, [name, "seen"], [rows], constants, "top"),
    step(total, [name, "seen", "top"], [rows], constants, "total"),
  ];
}

function softmaxPlan(rows: number, columns: number): GpujsPlan {
  const body = `return Math.exp(in0[this.thread.y * this.constants.columns + this.thread.x] - top[this.thread.y])
    / total[this.thread.y];`;
  const flat = "in0[this.thread.x * this.constants.columns + i]";
  const last = step(body, ["in0", "top", "total"], [columns, rows], { columns }, "out");
  return {
    steps: [...rowSteps(rows, columns, "in0", flat), last],
    extra: { seen: new Float32Array(rows).fill(columns) },
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

/** Scores, maxima, sums and the weighted sum: four kernels, for gpu.js has no memory that threads share. */
function attentionPlan(
  { batch, heads, kvHeads, headDim, queries, keys }: AttentionSizes,
  isCausal: boolean,
): GpujsPlan {
  const blocks = batch * heads * queries;
  const base = new Float32Array(blocks);
  const seen = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const head = Math.floor(block / queries) % heads;
    const sequence = Math.floor(block / (queries * heads));
    base[block] = (sequence * kvHeads + Math.floor((head * kvHeads) / heads)) * keys * headDim;
    seen[block] = isCausal ? (block % queries) + 1 : keys;
  }
  const constants = { depth: headDim, keys };
  const scores = `let sum = 0;
    for (let i = 0; i < this.constants.depth; i++) {
      sum += in0[this.thread.y * this.constants.depth + i]
        * in1[base[this.thread.y] + this.thread.x * this.constants.depth + i];
    }
    return sum / Math.sqrt(this.constants.depth);`;
  const out = `let sum = 0;
    for (let i = 0; i < this.constants.keys; i++) {
      if (i < seen[this.thread.y]) {
        sum += Math.exp(scores[this.thread.y][i] - top[this.thread.y])
          * in2[base[this.thread.y] + i * this.constants.depth + this.thread.x];
      }
    }
    return sum / total[this.thread.y];`;
  const outValues = ["in2", "base", "scores", "seen", "top", "total"];
  return {
    steps: [
      step(scores, ["in0", "in1", "base"], [keys, blocks], constants, "scores"),
      ...rowSteps(blocks, keys, "scores", "scores[this.thread.x][i]"),
      step(out, outValues, [headDim, blocks], constants, "out"),
    ],
    extra: { base, seen },
  };
}
