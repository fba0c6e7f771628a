import type { PlacementFilter } from "../policy.js";

/** The pod's memory request fits beside what already runs on the node. */
export const memoryFilter: PlacementFilter = {
  name: "memory",
  reason: "not enough free memory",
  prepare({ view, shapes }) {
    return (node, shape) => shapes[shape]!.memoryBytes <= view.memoryBytesFree[node]!;
  },
};
