import { nodeKindOf } from "../../cluster/partitions/gpu-acceptance.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import { migProfileOf, type MigGeometry } from "../../hardware/mig/mig-geometry.js";
import type { JobTable, PodRequest } from "../../workload/job-table.js";

const GPU_MILLI = 1000;

/**
 * The jobs, with pods that ask for MIG instances counted by the compute of the first profile that the cluster
 * has: quotas, GPU-hours and the offered load would else count a 1g as a whole GPU. Thousandths are rounded.
 */
export function withInstanceShares(jobs: JobTable, { nodes }: ClusterSpec): JobTable {
  if (!jobs.shapes.some(({ gpuPart }) => gpuPart?.isMigOnly === true)) return jobs;
  const geometries = new Set<MigGeometry>();
  for (const node of nodes) {
    const { table } = nodeKindOf(node);
    if (table !== undefined) geometries.add(table.geometry);
  }
  const shapes = jobs.shapes.map((shape): PodRequest => {
    if (shape.gpuPart?.isMigOnly !== true) return shape;
    for (const name of shape.gpuPart.migProfiles) {
      for (const geometry of geometries) {
        const profile = migProfileOf(geometry, name);
        if (profile === undefined) continue;
        const share = profile.computeSlices / geometry.computeSlices;
        return { ...shape, gpuMilli: Math.round(share * GPU_MILLI) };
      }
    }
    return shape;
  });
  return { ...jobs, shapes };
}
