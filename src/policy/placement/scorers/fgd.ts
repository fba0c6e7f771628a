import { exp } from "../../../base/elementary.js";
import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import { SCORE_MAX, type PlacementScorer } from "../policy.js";

/**
 * Fragmentation gradient descent: prefers the node whose fragment grows least, or shrinks most.
 *
 * 100 * sigmoid((fragment before - fragment after) / 1000), truncated: 50 is no change. A pod with a
 * part of a GPU counts with its best GPU. Source: Weng et al., USENIX ATC 2023; artifact fgd_score.go.
 */
export const fgd: PlacementScorer = {
  name: "fgd",
  prepare(context) {
    const fragmentation = context.fragmentation();
    const demands = context.shapes.map((request) => fragmentation.demand(request));
    return {
      beforePod: () => fragmentation.refresh(),
      score: (node, shape) =>
        fragmentScore(
          fragmentation.nodeAmount(node) - fragmentation.amountAfter(node, demands[shape]!),
        ),
    };
  },
};

/** Score of a fall of the fragment in thousandths of a GPU, a whole number 0..100. */
export function fragmentScore(fallMilli: number): number {
  // In this order of operations: 100 / (1 + e^-x) would differ in the last bit, and the truncation shows it.
  const sigmoid = 1 / (1 + exp(-(fallMilli / WHOLE_GPU_MILLI)));
  return Math.trunc(sigmoid * SCORE_MAX);
}
