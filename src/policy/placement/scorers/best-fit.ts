import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { largestNode } from "./largest-node.js";

/**
 * Prefers the node that would have the least CPU and GPU left, each as half of the score.
 *
 * Stretched over the feasible nodes to 0..100. Source: FGD artifact, best_fit_score.go.
 */
export const bestFit: PlacementScorer = {
  name: "best-fit",
  normalize: "min-max",
  prepare({ view, shapes }) {
    const largest = largestNode(view);
    const gpuAsked = Float64Array.from(shapes, ({ gpuCount, gpuMilli }) => gpuCount * gpuMilli);
    return {
      score(node, shape) {
        const cpuLeft = view.cpuMilliFree[node]! - shapes[shape]!.cpuMilli;
        const gpuLeft = view.nodeGpuMilliFree[node]! - gpuAsked[shape]!;
        const left = (cpuLeft / largest.cpuMilli) * 0.5 + (gpuLeft / largest.gpuMilli) * 0.5;
        return Math.trunc((1 - left) * SCORE_MAX);
      },
    };
  },
};
