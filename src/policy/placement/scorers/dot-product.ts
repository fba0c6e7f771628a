import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { largestNode } from "./largest-node.js";

/**
 * Prefers the node whose free CPU and GPU point least along the pod's request, after Tetris.
 *
 * 100 * (1 - (free CPU * CPU asked + free GPU * GPU asked) / 2), all as shares of the largest node.
 * Source: FGD artifact, dot_product_score.go with dimensions merged and normalised by the maximum.
 */
export const dotProduct: PlacementScorer = {
  name: "dot-product",
  prepare({ view, shapes }) {
    const largest = largestNode(view);
    const cpuAsked = Float64Array.from(shapes, ({ cpuMilli }) => cpuMilli / largest.cpuMilli);
    const gpuAsked = Float64Array.from(
      shapes,
      ({ gpuCount, gpuMilli }) => (gpuCount * gpuMilli) / largest.gpuMilli,
    );
    return {
      score(node, shape) {
        const cpuFree = view.cpuMilliFree[node]! / largest.cpuMilli;
        const gpuFree = view.nodeGpuMilliFree[node]! / largest.gpuMilli;
        const product = cpuFree * cpuAsked[shape]! + gpuFree * gpuAsked[shape]!;
        return Math.trunc(SCORE_MAX * (1 - product / 2));
      },
    };
  },
};
