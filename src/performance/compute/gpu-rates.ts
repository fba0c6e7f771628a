import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { sourceText } from "../../hardware/sources.js";
import type { Sourced } from "../virtualization/hosting-profile.js";

/** Number format of the large matrix multiplications. */
export type MatmulPrecision = "bf16" | "fp8";

/** What one GPU does per second in a real program, and what its data sheet says. */
export interface GpuRates {
  readonly name: string;
  readonly memoryBytes: Sourced<number>;
  /** Dense peak in bf16 (fp16 where the GPU has no bf16): what MFU is a share of. */
  readonly peakFlopPerS: Sourced<number>;
  /** Best large bf16 matrix multiplication. */
  readonly bf16FlopPerS: Sourced<number>;
  /** Best large matrix multiplication in the precision asked for. */
  readonly matmulFlopPerS: Sourced<number>;
  /** Memory bandwidth that a streaming kernel reaches. */
  readonly streamBytesPerS: Sourced<number>;
}

/** Share of the peak that large bf16 multiplications reach where nobody published a measurement. */
const ACHIEVED_BF16_SHARE = 0.8;
/** The same for fp8. */
const ACHIEVED_FP8_SHARE = 0.7;
/** Share of the data sheet's bandwidth that kernels reach. */
const STREAM_SHARE = 0.8;

/** A figure of the catalogue that a model cannot do without. */
export class MissingFigureError extends Error {
  constructor(
    readonly gpu: string,
    /** In words, such as "memory bandwidth". */
    readonly figure: string,
  ) {
    super(`${gpu} has no ${figure} in the catalogue`);
  }
}

/**
 * Rates of a GPU of the catalogue.
 *
 * Multiplications run at the best rate that stas00 measured (A100 SXM 87 % of peak, H100 80 %, B200 78 %),
 * else at 80 % (fp8: 70 %) of the peak; memory at 80 % of the data sheet (aiconfigurator's scaling). Rates of a
 * calibration go before all of these.
 *
 * @throws MissingFigureError when the catalogue lacks the peak or the memory bandwidth, or fp8 is asked of a GPU without
 */
export function gpuRatesOf(gpu: GpuSpec, precision: MatmulPrecision = "bf16"): GpuRates {
  const peak = gpu.bf16FlopPerS ?? gpu.fp16FlopPerS;
  const stream = gpu.memoryBytesPerS;
  if (peak === undefined) throw new MissingFigureError(gpu.name, "bf16 or fp16 rate");
  if (stream === undefined) throw new MissingFigureError(gpu.name, "memory bandwidth");
  const published = sourceText(gpu.sources);
  const bf16 =
    measured(gpu, gpu.measured?.bf16FlopPerS) ??
    achieved(peak, gpu.achievedBf16FlopPerS, ACHIEVED_BF16_SHARE, published);
  return {
    name: gpu.name,
    memoryBytes: {
      value: gpu.memoryReportedBytes ?? gpu.memoryBytes,
      provenance: "published",
      source:
        gpu.memoryReportedSource === undefined ? published : sourceText([gpu.memoryReportedSource]),
    },
    peakFlopPerS: { value: peak, provenance: "published", source: published },
    bf16FlopPerS: bf16,
    matmulFlopPerS: precision === "bf16" ? bf16 : fp8Rate(gpu, published),
    streamBytesPerS: measured(gpu, gpu.measured?.streamBytesPerS) ?? {
      value: stream * STREAM_SHARE,
      provenance: "assumed",
      source: `${STREAM_SHARE * 100} % of the data sheet's bandwidth, as aiconfigurator's systems scale it (${published})`,
    },
  };
}

function fp8Rate(gpu: GpuSpec, published: string): Sourced<number> {
  const rate = measured(gpu, gpu.measured?.fp8FlopPerS);
  if (rate !== undefined) return rate;
  if (gpu.fp8FlopPerS === undefined) throw new MissingFigureError(gpu.name, "fp8 rate");
  return achieved(gpu.fp8FlopPerS, gpu.achievedFp8FlopPerS, ACHIEVED_FP8_SHARE, published);
}

function measured(gpu: GpuSpec, value: number | undefined): Sourced<number> | undefined {
  if (value === undefined || gpu.measured === undefined) return undefined;
  return { value, provenance: "measured", source: gpu.measured.source };
}

function achieved(
  peak: number,
  measured: number | undefined,
  share: number,
  published: string,
): Sourced<number> {
  return measured === undefined
    ? {
        value: peak * share,
        provenance: "assumed",
        source: `${share * 100} % of the peak; no measured rate was found (${published})`,
      }
    : { value: measured, provenance: "published", source: published };
}
