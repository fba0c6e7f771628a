import type { GpuSpec } from "../../hardware/gpu-spec.js";

/** Rate of the data sheet that multiplications with such weights run at. */
export type ComputeKind = "bf16" | "fp8" | "int8" | "fp4";

/** How the weights of a layer are kept. */
export interface WeightFormat {
  readonly name: WeightFormatName;
  /** Bytes of one weight, scales and zero points included. */
  readonly bytesPerWeight: number;
  /** What the GPU multiplies in where it can; bf16 where weights are only stored small (weight-only). */
  readonly compute: ComputeKind;
  readonly source: string;
}

/** Name of a format. */
export type WeightFormatName =
  "bf16" | "fp8" | "int8" | "awq-int4" | "gptq-int4" | "int4-group32" | "mxfp4" | "nvfp4";

/** Bits of one weight with a scale (and zero point) per group of weights. */
const grouped = (bits: number, perGroupBits: number, group: number): number =>
  (bits + perGroupBits / group) / 8;

/** Formats people serve models in. */
export const WEIGHT_FORMATS: Readonly<Record<WeightFormatName, WeightFormat>> = {
  bf16: {
    name: "bf16",
    bytesPerWeight: 2,
    compute: "bf16",
    source: "two bytes per weight",
  },
  fp8: {
    name: "fp8",
    // One float32 scale per block of 128 × 128 weights at most: 0.02 %.
    bytesPerWeight: grouped(8, 32, 128 * 128),
    compute: "fp8",
    source:
      "one byte per weight and a scale per 128 × 128 block (DeepSeek-V3, arXiv 2412.19437, 3.3.2)",
  },
  int8: {
    name: "int8",
    bytesPerWeight: 1,
    compute: "int8",
    source: "one byte per weight; scales per channel are not counted (W8A8)",
  },
  "awq-int4": {
    name: "awq-int4",
    bytesPerWeight: grouped(4, 16 + 4, 128),
    compute: "bf16",
    source:
      "4 bits, and 16 bits of scale and 4 of zero point per 128 weights (AWQ, arXiv 2306.00978)",
  },
  "gptq-int4": {
    name: "gptq-int4",
    bytesPerWeight: grouped(4, 16 + 4, 128),
    compute: "bf16",
    source:
      "4 bits, and 16 bits of scale and 4 of zero point per 128 weights (GPTQ, arXiv 2210.17323)",
  },
  "int4-group32": {
    name: "int4-group32",
    bytesPerWeight: grouped(4, 16, 32),
    compute: "bf16",
    source: "4 bits, and 16 bits of scale per 32 weights (compressed-tensors, pack-quantized)",
  },
  mxfp4: {
    name: "mxfp4",
    bytesPerWeight: grouped(4, 8, 32),
    compute: "fp4",
    source: "4 bits, and 8 bits of scale per 32 weights (OCP Microscaling Formats 1.0)",
  },
  nvfp4: {
    name: "nvfp4",
    bytesPerWeight: grouped(4, 8, 16),
    compute: "fp4",
    source: "4 bits, and 8 bits of scale per 16 weights (NVIDIA, Introducing NVFP4)",
  },
};

/**
 * The format that config.json names in `quantization_config.quant_method`; undefined for one that is not known.
 *
 * @param bits `bits` of the same section, where it is there
 */
export function formatOfMethod(method: string, bits?: number): WeightFormatName | undefined {
  const folded = method.toLowerCase();
  switch (folded) {
    case "fp8":
    case "fbgemm_fp8":
    case "float-quantized":
      return "fp8";
    case "awq":
      return "awq-int4";
    case "gptq":
      return bits === 8 ? "int8" : "gptq-int4";
    case "pack-quantized":
      return "int4-group32";
    case "mxfp4":
      return "mxfp4";
    case "nvfp4":
    case "nvfp4-pack-quantized":
      return "nvfp4";
    case "int-quantized":
    case "w8a8_int8":
      return "int8";
    default:
      return undefined;
  }
}

/** What a GPU multiplies weights of a format in: their own kind where its data sheet has one, else bf16. */
export function computeKindOn(gpu: GpuSpec, format: WeightFormat): ComputeKind {
  switch (format.compute) {
    case "fp8":
      return gpu.fp8FlopPerS === undefined ? "bf16" : "fp8";
    case "int8":
      return gpu.int8OpPerS === undefined ? "bf16" : "int8";
    case "fp4":
      return gpu.fp4FlopPerS === undefined ? "bf16" : "fp4";
    case "bf16":
      return "bf16";
  }
}
