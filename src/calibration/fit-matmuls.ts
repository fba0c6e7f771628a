import type { GpuSpec } from "../hardware/gpu-spec.js";
import type { CalibrationFile } from "../performance/calibrated/calibration-file.js";
import { quantile } from "../stats/quantile.js";
import { bandwidthCurve } from "./fit-bandwidth.js";
import { MATMUL_SHAPES_MIN, fitMatmulSurface, shapeKey } from "./fit-matmul-surface.js";
import type { MeasuredMatmulOfType } from "./importers/aiconfigurator-parquet.js";

/** Bytes of one element, by the names that tools use. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  fp32: 4,
  tf32: 4,
  fp16: 2,
  float16: 2,
  bf16: 2,
  bfloat16: 2,
  fp8: 1,
  "fp8-e4m3": 1,
  fp8_block: 1,
  int8: 1,
  nvfp4: 0.5,
};

/** Products of which every side is so long are large. */
const LARGE_SIDE = 4096;
/** Products with a shorter side never count as large: they are held up by memory and launches. */
const LARGE_SIDE_MIN = 1024;
/** Share of the products that count as large where none has sides of `LARGE_SIDE`. */
const LARGEST_SHARE = 0.1;
/** Rows of a product so thin that it only streams its weights. */
const THIN_ROWS = 16;
/** Weights that fit into no cache, in bytes. */
const STREAM_BYTES_MIN = 256 * 1024 * 1024;

/** What products tell: an efficiency surface per number format, and the rate at which weights are streamed. */
export interface FittedMatmuls {
  readonly surfaces: CalibrationFile["matmul"];
  readonly bandwidth: CalibrationFile["bandwidth"];
  readonly warnings: readonly string[];
}

/**
 * Fits products of all number formats. The surface is relative to the GPU's data sheet where the catalogue has it,
 * else to the best rates seen. A shape measured several times counts once, with its median.
 */
export function fitMatmuls(
  rows: readonly MeasuredMatmulOfType[],
  gpu: GpuSpec | undefined,
): FittedMatmuls {
  const surfaces: CalibrationFile["matmul"][number][] = [];
  const bandwidth: CalibrationFile["bandwidth"][number][] = [];
  const warnings: string[] = [];
  for (const dtype of new Set(rows.map((row) => row.dtype))) {
    const elementBytes = ELEMENT_BYTES[dtype];
    const own = onePerShape(rows.filter((row) => row.dtype === dtype));
    if (elementBytes === undefined) {
      warnings.push(`Products in ${dtype} were left out: the size of its elements is not known.`);
      continue;
    }
    if (own.length < MATMUL_SHAPES_MIN) {
      warnings.push(
        `Products in ${dtype} were left out: ${own.length} shapes, at least ${MATMUL_SHAPES_MIN} are needed for a surface.`,
      );
      continue;
    }
    const moved = ({ m, n, k }: MeasuredMatmulOfType): number =>
      elementBytes * (m * n + n * k + m * k);
    const rates = own.map(({ m, n, k, timeS }) => (2 * m * n * k) / timeS);
    const reference = {
      flopPerS: peakOf(dtype, gpu) ?? largest(rates),
      bytesPerS: gpu?.memoryBytesPerS ?? largest(own.map((row) => moved(row) / row.timeS)),
    };
    const large = largeRate(own);
    if (large === undefined)
      warnings.push(
        `Products in ${dtype}: none has ${LARGE_SIDE_MIN} or more on every side, so what large ones reach is not told, and no published rate is replaced.`,
      );
    surfaces.push({
      ...fitMatmulSurface(own, { dtype, elementBytes, reference }),
      ...(large === undefined ? {} : { largeFlopPerS: large }),
    });
    const thin = own.filter((row) => row.m <= THIN_ROWS && moved(row) >= STREAM_BYTES_MIN);
    if (thin.length > 0) bandwidth.push(weightStream(dtype, thin, moved));
  }
  return { surfaces, bandwidth, warnings };
}

/** What large products reach: the median, because the best of thousands is the luckiest; undefined without any. */
function largeRate(rows: readonly MeasuredMatmulOfType[]): number | undefined {
  const shortest = ({ m, n, k }: MeasuredMatmulOfType): number => Math.min(m, n, k);
  const operations = ({ m, n, k }: MeasuredMatmulOfType): number => 2 * m * n * k;
  const large = rows.filter((row) => shortest(row) >= LARGE_SIDE);
  const counted =
    large.length > 0
      ? large
      : rows
          .filter((row) => shortest(row) >= LARGE_SIDE_MIN)
          .toSorted((left, right) => operations(right) - operations(left))
          .slice(0, Math.max(1, Math.floor(rows.length * LARGEST_SHARE)));
  return quantile(
    counted.map((row) => operations(row) / row.timeS),
    0.5,
  );
}

/** Rate at which weights come from memory: the median of thin products, told at their median size. */
function weightStream(
  dtype: string,
  thin: readonly MeasuredMatmulOfType[],
  moved: (row: MeasuredMatmulOfType) => number,
): CalibrationFile["bandwidth"][number] {
  const rates = thin.map((row) => moved(row) / row.timeS);
  const [low, middle, high] = [0.05, 0.5, 0.95].map((q) => quantile(rates, q)!) as [
    number,
    number,
    number,
  ];
  const bytes = quantile(thin.map(moved), 0.5)!;
  return bandwidthCurve({ kernel: "matmul-weights", dtype }, [
    { bytes, bytesPerS: middle, interval: [low, high] },
  ]);
}

function peakOf(dtype: string, gpu: GpuSpec | undefined): number | undefined {
  switch (dtype) {
    case "fp32":
      return gpu?.fp32FlopPerS;
    case "tf32":
      return gpu?.tf32FlopPerS;
    case "fp16":
    case "float16":
      return gpu?.fp16FlopPerS;
    case "bf16":
    case "bfloat16":
      return gpu?.bf16FlopPerS;
    case "nvfp4":
      return gpu?.fp4FlopPerS;
    default:
      return dtype.startsWith("fp8") ? gpu?.fp8FlopPerS : undefined;
  }
}

function onePerShape(rows: readonly MeasuredMatmulOfType[]): readonly MeasuredMatmulOfType[] {
  const shapes = new Map<string, MeasuredMatmulOfType[]>();
  for (const row of rows) {
    const key = shapeKey(row);
    const same = shapes.get(key);
    if (same === undefined) shapes.set(key, [row]);
    else same.push(row);
  }
  return [...shapes.values()].map((same) =>
    same.length === 1
      ? same[0]!
      : {
          ...same[0]!,
          timeS: quantile(
            same.map(({ timeS }) => timeS),
            0.5,
          )!,
        },
  );
}

/** Of tens of thousands of values, which are too many arguments for a call. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
