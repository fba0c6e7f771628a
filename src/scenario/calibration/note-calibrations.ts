import type { Problem } from "../../diagnostics/problem.js";
import { findGpu } from "../../hardware/find-gpu.js";
import {
  calibratedGpu,
  calibrationOf,
  calibrationSource,
  measuredFigures,
} from "../../performance/calibrated/calibrated-gpu.js";
import type { NamedCalibration } from "../../performance/calibrated/calibration-file.js";
import { gpuRatesOf } from "../../performance/compute/gpu-rates.js";
import type { Assumption } from "../resolved.js";
import type { ScenarioCalibration } from "./read-calibrations.js";

/**
 * Tells the rates that training rests on, GPU by GPU: measured where a calibration is for it, else published or assumed.
 * Scenarios without calibrations keep their list as it was.
 */
export function noteGpuRates(
  gpuModels: readonly string[],
  calibrations: readonly NamedCalibration[],
  assume: (assumption: Assumption) => void,
): void {
  if (calibrations.length === 0) return;
  for (const model of new Set(gpuModels)) {
    const found = findGpu(model);
    if (found.kind !== "found") continue;
    const gpu = calibratedGpu(found.gpu, calibrations);
    if (gpu.memoryBytesPerS === undefined) continue;
    if (gpu.bf16FlopPerS === undefined && gpu.fp16FlopPerS === undefined) continue;
    const { bf16FlopPerS, streamBytesPerS } = gpuRatesOf(gpu);
    assume({
      id: `gpu-rate:${gpu.name}:bf16`,
      what: `Large bf16 products on ${gpu.name}`,
      value: `${significant(bf16FlopPerS.value / 1e12)} TFLOP/s`,
      provenance: bf16FlopPerS.provenance,
      source: bf16FlopPerS.source,
    });
    assume({
      id: `gpu-rate:${gpu.name}:stream`,
      what: `Memory bandwidth that kernels reach on ${gpu.name}`,
      value: `${significant(streamBytesPerS.value / 1e9)} GB/s`,
      provenance: streamBytesPerS.provenance,
      source: streamBytesPerS.source,
    });
  }
}

/** Contention that was measured on a GPU model, with its source; undefined when no calibration has it. */
export function measuredContention(
  gpuModel: string,
  calibrations: readonly NamedCalibration[],
):
  | { readonly points: ReturnType<typeof measuredFigures>["contention"]; readonly source: string }
  | undefined {
  const named = calibrationOf(gpuModel, calibrations);
  if (named === undefined) return undefined;
  const points = measuredFigures(named.calibration).contention;
  return points.length === 0 ? undefined : { points, source: calibrationSource(named) };
}

/** Warnings of calibrations that no GPU of the cluster takes: a wrong file is easily named. */
export function unusedCalibrations(
  calibrations: readonly ScenarioCalibration[],
  gpuModels: readonly string[],
): readonly Problem[] {
  return calibrations
    .filter((named) => !gpuModels.some((model) => calibrationOf(model, [named]) !== undefined))
    .map(({ file, calibration: { device }, reference }) => ({
      ...reference.place,
      rule: "unused-calibration",
      path: "cluster.calibrations",
      message:
        device.gpu === undefined
          ? `${file} is for "${device.name}", which is not in the catalogue: nothing uses it; make it again with --gpu`
          : `${file} is for ${device.gpu}, and the cluster has ${[...new Set(gpuModels)].join(", ") || "no GPUs"}: nothing uses it`,
    }));
}

function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}
