import type { ClusterView } from "../../../cluster/view.js";
import type { PodRequest } from "../../../workload/job-table.js";

/** Which GPU gives the next part, of those with one that will do equally well. */
export type PartPreference = "fullest" | "emptiest" | "first";

/**
 * Chooses GPUs for a pod on a node that hands out MIG instances or replicas.
 *
 * The part the pod likes best counts first: a pod that takes 1g or 2g gets a 1g as long as one is free. Of
 * the GPUs that have it, the fullest gives it, so that whole GPUs stay idle and can be drained or cut anew;
 * `emptiest` spreads instead, which with time-slicing means fewer neighbours. Ties go to the lowest index.
 *
 * @param out GPU indexes within the node, one per part; a GPU may give several MIG instances
 */
export function chooseGpuParts(
  { partitions, gpuOffset }: ClusterView,
  node: number,
  request: PodRequest,
  preference: PartPreference,
  out: Int32Array,
): void {
  const gpus = gpuOffset[node + 1]! - gpuOffset[node]!;
  for (let part = 0; part < request.gpuCount; part += 1) {
    let best = -1;
    let bestRank = Infinity;
    let bestIdle = 0;
    for (let gpu = 0; gpu < gpus; gpu += 1) {
      let taken = 0;
      for (let before = 0; before < part; before += 1) if (out[before] === gpu) taken += 1;
      const rank = partitions.preferenceOn(node, gpu, request, taken);
      if (rank < 0 || rank > bestRank) continue;
      const idle = partitions.idleMilliOf(node, gpu);
      const isBetter =
        rank < bestRank ||
        (preference === "fullest" && idle < bestIdle) ||
        (preference === "emptiest" && idle > bestIdle);
      if (!isBetter) continue;
      best = gpu;
      bestRank = rank;
      bestIdle = idle;
    }
    out[part] = best;
  }
}
