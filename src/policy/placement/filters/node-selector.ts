import { selectedNodes } from "../../../cluster/selected-nodes.js";
import type { PlacementFilter } from "../policy.js";

/** A pod that selects labels goes only to nodes that have them. */
export const nodeSelectorFilter: PlacementFilter = {
  name: "node-selector",
  reason: "no free node with the labels the job selects",
  prepare({ view, shapes }) {
    const selected = shapes.map((request) => selectedNodes(view.spec, request));
    return (node, shape) => selected[shape]?.[node] !== 0;
  },
};
