import type { PodRequest } from "../../workload/job-table.js";
import type { DemandRows } from "./gang-sizes.js";

/** Demands that a quota's flavor binds to its GPU model. */
export interface FlavorDemands {
  /** Shapes of the job table, then those that accept one model only. */
  readonly shapes: readonly PodRequest[];
  /** What a job of the demand asks the nodes for once its quota says which GPU model it gets. */
  demandFor(demand: number, gpuModel: string): number;
}

/**
 * Adds to the demands one for every GPU model that quotas know and that the demand leaves open.
 *
 * A job that accepts several models is admitted under one of them, and must then be placed on that one: its
 * quota of the other stays free.
 */
export function addFlavorDemands(
  rows: DemandRows,
  jobShapes: readonly PodRequest[],
  gpuModels: readonly string[],
): FlavorDemands {
  const shapes = [...jobShapes];
  const shapeOf = new Map<string, number>();
  const boundOf = new Map<string, number>();
  const bound = (shape: number, gpuModel: string): number => {
    const key = `${shape}/${gpuModel}`;
    const known = shapeOf.get(key);
    if (known !== undefined) return known;
    shapes.push({ ...shapes[shape]!, gpuModels: [gpuModel] });
    shapeOf.set(key, shapes.length - 1);
    return shapes.length - 1;
  };
  const count = rows.shape.length;
  for (let demand = 0; demand < count; demand += 1) {
    const { gpuCount, gpuModels: accepted } = jobShapes[rows.shape[demand]!]!;
    if (gpuCount === 0 || accepted.length === 1) continue;
    for (const gpuModel of gpuModels) {
      if (accepted.length > 0 && !accepted.includes(gpuModel)) continue;
      boundOf.set(`${demand}/${gpuModel}`, rows.shape.length);
      rows.shape.push(bound(rows.shape[demand]!, gpuModel));
      for (const column of ["workers", "gpuMilli", "lane", "topology"] as const)
        rows[column].push(rows[column][demand]!);
    }
  }
  return {
    shapes,
    demandFor: (demand, gpuModel) => boundOf.get(`${demand}/${gpuModel}`) ?? demand,
  };
}
