import type { PlacementFilter } from "../policy.js";

/** On nodes that hand out MIG instances or replicas: one that will do for the pod is free. */
export const gpuPartFilter: PlacementFilter = {
  name: "gpu-part",
  reason: "no free MIG instance or GPU replica that will do",
  prepare({ view, shapes }) {
    const { partitions } = view;
    if (!partitions.isUsed) return () => true;
    return (node, shape) => {
      const request = shapes[shape]!;
      if (request.gpuCount === 0 || !partitions.hasParts(node)) return true;
      return partitions.podsOn(node, request) > 0;
    };
  },
};
