import { findGpu, GPU_CATALOGUE } from "../find-gpu.js";
import type { MigGeometry } from "./mig-geometry.js";
import { createMigTable, type MigTable } from "./mig-occupancy.js";
import { MIG_GEOMETRIES } from "./mig-tables.js";

const GEOMETRY_OF: ReadonlyMap<string, MigGeometry> = new Map(
  MIG_GEOMETRIES.flatMap((geometry) => geometry.gpuModels.map((name) => [name, geometry] as const)),
);

const TABLES = new Map<MigGeometry, MigTable>();

/**
 * How a GPU model can be partitioned, or undefined when it cannot, or the catalogue does not know it.
 *
 * @param gpuModelName any name the GPU catalogue accepts for one model
 */
export function migGeometryOf(gpuModelName: string): MigGeometry | undefined {
  const found = findGpu(gpuModelName);
  return found.kind === "found" ? GEOMETRY_OF.get(found.gpu.name) : undefined;
}

/** The table of places of a geometry, built once per geometry. */
export function migTableOf(geometry: MigGeometry): MigTable {
  const known = TABLES.get(geometry);
  if (known !== undefined) return known;
  const table = createMigTable(geometry);
  TABLES.set(geometry, table);
  return table;
}

/** GPUs of the catalogue that can be partitioned, in its order. */
export function migGpuModels(): readonly string[] {
  return GPU_CATALOGUE.map((gpu) => gpu.name).filter((name) => GEOMETRY_OF.has(name));
}
