import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import type { PlacementFilter } from "../policy.js";

/**
 * Enough GPUs with enough free on one node: whole ones, or one with the asked-for part. Nodes that hand out
 * instances or replicas are another filter's.
 */
export const gpuShareFilter: PlacementFilter = {
  name: "gpu-share",
  reason: "not enough free GPUs",
  prepare({ view, shapes }) {
    const { partitions } = view;
    if (partitions.isUsed || shapes.some(({ gpuPart }) => gpuPart !== undefined)) {
      return (node, shape) => {
        const request = shapes[shape]!;
        if (request.gpuCount === 0 || partitions.hasParts(node)) return true;
        return partitions.podsOn(node, request) > 0;
      };
    }
    return (node, shape) => {
      const { gpuCount, gpuMilli } = shapes[shape]!;
      if (gpuCount === 0) return true;
      if (gpuMilli === WHOLE_GPU_MILLI) return view.nodeGpusWhole[node]! >= gpuCount;
      if (view.nodeGpusWhole[node]! > 0) return true;
      const end = view.gpuOffset[node + 1]!;
      for (let gpu = view.gpuOffset[node]!; gpu < end; gpu += 1) {
        if (view.gpuMilliFree[gpu]! >= gpuMilli) return true;
      }
      return false;
    };
  },
};
