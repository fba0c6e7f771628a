import type { PlacementFilter } from "../policy.js";

/** The node runs fewer pods than it may. */
export const podsFilter: PlacementFilter = {
  name: "pods",
  reason: "no free pod slot",
  prepare({ view }) {
    return (node) => view.podsFree[node]! >= 1;
  },
};
