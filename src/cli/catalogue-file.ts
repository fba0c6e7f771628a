import { createCatalogue, type HardwareCatalogue } from "../hardware/catalogue.js";
import { sha256 } from "../base/sha256.js";
import { InputError } from "../diagnostics/problem.js";
import type { GpuSpec } from "../hardware/gpu-spec.js";
import { readTextFile } from "../io/read-file.js";
import { calibratedGpu } from "../performance/calibrated/calibrated-gpu.js";
import {
  parseCalibration,
  type NamedCalibration,
} from "../performance/calibrated/calibration-file.js";
import { parseCatalogue } from "../scenario/catalogue/parse-catalogue.js";

/**
 * The catalogue, with the entries of a file of the user over it.
 *
 * @throws InputError when the file cannot be read or is no catalogue
 */
export async function catalogueWith(file: string | undefined): Promise<HardwareCatalogue> {
  if (file === undefined) return createCatalogue();
  return createCatalogue(parseCatalogue(file, await readTextFile(file)));
}

/** Adds a file to those of an option that may be repeated. */
export function oneMoreFile(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

/**
 * The catalogue with the rates of calibrations in place of published and assumed ones.
 *
 * @throws InputError when a file cannot be read, or is no calibration
 */
export async function calibratedCatalogue(
  catalogue: HardwareCatalogue,
  files: readonly string[] = [],
): Promise<HardwareCatalogue> {
  if (files.length === 0) return catalogue;
  const calibrations: NamedCalibration[] = [];
  for (const file of files) {
    const text = await readTextFile(file);
    calibrations.push({ file, sha256: sha256(text), calibration: parseCalibration(file, text) });
  }
  return {
    ...catalogue,
    gpus: catalogue.gpus.map((gpu) => calibratedGpu(gpu, calibrations)),
    gpu(name) {
      const found = catalogue.gpu(name);
      if (found.kind !== "found") return found;
      return { ...found, gpu: calibratedGpu(found.gpu, calibrations) };
    },
  };
}

/**
 * Refuses calibrations that none of the GPUs takes: a wrong file is easily named.
 *
 * @throws InputError naming the files and the GPUs
 */
export function requireCalibrated(files: readonly string[] = [], gpus: readonly GpuSpec[]): void {
  if (files.length === 0 || gpus.some((gpu) => gpu.measured !== undefined)) return;
  const names = [...new Set(gpus.map(({ name }) => name))].join(", ");
  throw new InputError([
    {
      file: "--calibration",
      rule: "unused-calibration",
      message: `${files.join(" and ")} ${files.length === 1 ? "is" : "are"} for another GPU than ${names}, or asked of its MIG instances, which it says nothing of`,
      help: "headroom calibrate --gpu NAME tells which GPU of the catalogue a calibration is for",
    },
  ]);
}
