import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  fitMatmulSurface,
  shapeKey,
  surfaceThrough,
} from "../../../calibration/fit-matmul-surface.js";
import {
  readAiconfiguratorTable,
  type MeasuredMatmulOfType,
} from "../../../calibration/importers/aiconfigurator-parquet.js";
import { isHeldOut, residualsOf } from "../../../calibration/residuals.js";
import { findGpu } from "../../../hardware/find-gpu.js";
import type { GpuSpec } from "../../../hardware/gpu-spec.js";
import {
  matmulTimeS,
  rooflineTimeS,
  type MatmulSurface,
  type Residuals,
} from "../../../performance/calibrated/matmul-surface.js";
import type { Check } from "../check.js";

/** Systems of the published tables by folder, with their name in the catalogue; others have that of their device. */
const SYSTEMS: Readonly<Record<string, string>> = {
  h200_sxm: "H200",
  h100_sxm: "H100 SXM5-80GB",
  a100_sxm: "A100 SXM4-80GB",
  l40s: "L40S",
};

/** How rows are split, with the bars of bf16: errors of the median and of the 90th percentile. */
const SPLITS = [
  {
    name: "rows",
    what: "half of the shapes unseen",
    keyOf: (row: MeasuredMatmulOfType) => shapeKey(row),
    medianBar: 0.08,
    p90Bar: 0.2,
  },
  {
    name: "pairs",
    what: "half of the (n, k) pairs unseen",
    keyOf: ({ n, k }: MeasuredMatmulOfType) => `${n}/${k}`,
    medianBar: 0.1,
    p90Bar: 0.3,
  },
] as const;

/** Bytes per element and the peak rate each type of the tables is held against. */
const TYPES: Readonly<
  Record<string, { readonly bytes: number; readonly peak: (gpu: GpuSpec) => number | undefined }>
> = {
  bfloat16: { bytes: 2, peak: (gpu) => gpu.bf16FlopPerS },
  fp8: { bytes: 1, peak: (gpu) => gpu.fp8FlopPerS },
  fp8_block: { bytes: 1, peak: (gpu) => gpu.fp8FlopPerS },
};

/**
 * Efficiency surfaces fitted to half of NVIDIA's published matrix product tables, against the other half. bf16 has
 * bars; fp8 is printed per type without one; the error of the data sheet's roofline stands beside each.
 */
export async function validateCalibration(dataFolder: string): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { folder, path } of gemmTables(join(dataFolder, "aiconfigurator"))) {
    const table = await readAiconfiguratorTable(path, await readFile(path));
    const found = findGpu(SYSTEMS[folder] ?? table.device.replace(/^NVIDIA +/i, ""));
    // Without peaks there is no roofline to be relative to.
    if (found.kind !== "found") continue;
    for (const [type, { bytes, peak }] of Object.entries(TYPES)) {
      const rows = table.matmuls.filter(({ dtype }) => dtype === type);
      const flopPerS = peak(found.gpu);
      if (rows.length === 0 || flopPerS === undefined) continue;
      const reference = {
        dtype: type,
        elementBytes: bytes,
        reference: { flopPerS, bytesPerS: found.gpu.memoryBytesPerS! },
      };
      checks.push(...SPLITS.flatMap((split) => splitChecks(folder, split, rows, reference)));
    }
  }
  return checks;
}

/** Every system's table of matrix products, those of the list first; of several versions the newest. */
function gemmTables(root: string): readonly { readonly folder: string; readonly path: string }[] {
  const listed = Object.keys(SYSTEMS);
  const others = readdirSync(root).filter((folder) => !listed.includes(folder));
  return [...listed, ...others.sort()].flatMap((folder) => {
    const versions = join(root, folder, "gemm", "vllm");
    if (!existsSync(versions)) return [];
    const [newest] = readdirSync(versions)
      .filter((version) => existsSync(join(versions, version, "gemm_perf.parquet")))
      .sort(compareVersions)
      .reverse();
    return newest === undefined
      ? []
      : [{ folder, path: join(versions, newest, "gemm_perf.parquet") }];
  });
}

/** 0.9.0 before 0.14.0. */
function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number)) as [
    number[],
    number[],
  ];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function splitChecks(
  folder: string,
  split: (typeof SPLITS)[number],
  rows: readonly MeasuredMatmulOfType[],
  reference: Parameters<typeof fitMatmulSurface>[1],
): readonly Check[] {
  const { seen, held } = parted(rows, split.keyOf);
  const surface = surfaceThrough(seen, reference);
  const { fitted, roofline } = errorsOf(surface, held);
  const hasBar = reference.dtype === "bfloat16";
  return (["median", "p90"] as const).map((statistic): Check => {
    const bar = hasBar ? (statistic === "median" ? split.medianBar : split.p90Bar) : null;
    const error = fitted[statistic];
    return {
      id: `calibration/${folder}/${reference.dtype}/${split.name}/${statistic}`,
      topic: "calibration",
      group: `matrix products of ${folder} in ${reference.dtype}`,
      what: `${statistic === "median" ? "median" : "90th percentile of the"} error, ${split.what} (roofline alone: ${percent(roofline[statistic])})`,
      source: `aiconfigurator ${folder} gemm_perf.parquet, ${surface.shapes} shapes fitted, ${held.length} predicted`,
      expected: 0,
      actual: error,
      error,
      unit: "of the measured time",
      bar,
      pass: bar === null ? null : error <= bar,
    };
  });
}

function parted(
  rows: readonly MeasuredMatmulOfType[],
  keyOf: (row: MeasuredMatmulOfType) => string,
): { readonly seen: MeasuredMatmulOfType[]; readonly held: MeasuredMatmulOfType[] } {
  const sides = { seen: [] as MeasuredMatmulOfType[], held: [] as MeasuredMatmulOfType[] };
  // Keys repeat with every m, and hashing each row again is most of the work.
  const known = new Map<string, boolean>();
  for (const row of rows) {
    const key = keyOf(row);
    const isHeld = known.get(key) ?? isHeldOut(key);
    known.set(key, isHeld);
    sides[isHeld ? "held" : "seen"].push(row);
  }
  return sides;
}

function errorsOf(
  surface: MatmulSurface,
  held: readonly MeasuredMatmulOfType[],
): { readonly fitted: Residuals; readonly roofline: Residuals } {
  const measured = held.map(({ timeS }) => timeS);
  return {
    fitted: residualsOf(
      held.map((row) => matmulTimeS(surface, row).timeS),
      measured,
    ),
    roofline: residualsOf(
      held.map((row) => rooflineTimeS(row, surface)),
      measured,
    ),
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
