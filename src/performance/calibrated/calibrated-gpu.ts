import { foldName } from "../../hardware/fold-name.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import type { ContentionPoint } from "../sharing/contention-curve.js";
import type { CalibrationFile, NamedCalibration } from "./calibration-file.js";

/** Smallest stream that does not fit into a cache, in bytes. */
const STREAM_BYTES_MIN = 256 * 1024 * 1024;

/** Figures of a calibration that take the place of published ones. */
export interface MeasuredFigures {
  /** Median rate of large products. */
  readonly bf16FlopPerS?: number;
  readonly fp8FlopPerS?: number;
  /** Rate of a stream beyond the caches. */
  readonly streamBytesPerS?: number;
  /** Median over kernels of the slowdown by neighbours; empty when it was not measured. */
  readonly contention: readonly ContentionPoint[];
}

/** What a calibration says about the models' figures. */
export function measuredFigures(calibration: CalibrationFile): MeasuredFigures {
  const best = (names: readonly string[]): number | undefined =>
    largest(
      calibration.matmul
        .filter(({ dtype }) => names.includes(dtype))
        .flatMap(({ largeFlopPerS }) => largeFlopPerS ?? []),
    );
  const bf16 = best(["bf16", "bfloat16"]);
  const fp8 = best(["fp8", "fp8-e4m3"]);
  const stream = largest(
    calibration.bandwidth.flatMap(({ points }) =>
      points.filter(({ bytes }) => bytes >= STREAM_BYTES_MIN).map(({ bytesPerS }) => bytesPerS),
    ),
  );
  return {
    ...(bf16 === undefined ? {} : { bf16FlopPerS: bf16 }),
    ...(fp8 === undefined ? {} : { fp8FlopPerS: fp8 }),
    ...(stream === undefined ? {} : { streamBytesPerS: stream }),
    contention: medianContention(calibration),
  };
}

/** The calibration of a GPU model, the last one that names it; undefined when none does. */
export function calibrationOf(
  gpuModel: string,
  calibrations: readonly NamedCalibration[],
): NamedCalibration | undefined {
  return calibrations.findLast(
    ({ calibration: { device } }) =>
      device.gpu !== undefined && foldName(device.gpu) === foldName(gpuModel),
  );
}

/** The GPU with measured figures in place of published ones, where a calibration is for it. */
export function calibratedGpu(gpu: GpuSpec, calibrations: readonly NamedCalibration[]): GpuSpec {
  const named = calibrationOf(gpu.name, calibrations);
  if (named === undefined) return gpu;
  const { contention: _unused, ...figures } = measuredFigures(named.calibration);
  return { ...gpu, measured: { ...figures, source: calibrationSource(named) } };
}

/** Where a measured figure comes from, in words: device, file and digest. */
export function calibrationSource({ file, sha256, calibration }: NamedCalibration): string {
  const versions = Object.entries(calibration.device.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  return `measured on ${calibration.device.name}${versions === "" ? "" : ` (${versions})`}: ${file}, sha256 ${sha256.slice(0, 12)}…`;
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function medianContention({ contention }: CalibrationFile): readonly ContentionPoint[] {
  const byProcesses = new Map<number, number[]>();
  for (const { points } of contention) {
    for (const { processes, slowdown } of points)
      byProcesses.set(processes, [...(byProcesses.get(processes) ?? []), slowdown]);
  }
  return [...byProcesses]
    .sort(([left], [right]) => left - right)
    .map(([processes, slowdowns]) => {
      const sorted = slowdowns.toSorted((left, right) => left - right);
      const middle = sorted.length >> 1;
      const slowdown =
        sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
      return { processes, slowdown };
    });
}
