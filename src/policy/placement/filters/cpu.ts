import type { PlacementFilter } from "../policy.js";

/** The CPU request of the pod fits beside what already runs on the node. */
export const cpuFilter: PlacementFilter = {
  name: "cpu",
  reason: "not enough free CPU",
  prepare({ view, shapes }) {
    return (node, shape) => shapes[shape]!.cpuMilli <= view.cpuMilliFree[node]!;
  },
};
