import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { resourceColumns, weightedMean, type AllocationOptions } from "./node-resources.js";

/**
 * Prefers fuller nodes: requested * 100 / capacity per resource, weighted mean.
 *
 * A resource the node lacks, or would exceed, scores 0. Source: Kubernetes 1.20
 * noderesources/most_allocated.go.
 */
export function mostAllocated(options: AllocationOptions = {}): PlacementScorer {
  return {
    name: "most-allocated",
    prepare: (context) => ({
      score: weightedMean(resourceColumns(context, options), (requested, capacity) =>
        capacity === 0 || requested > capacity ? 0 : Math.floor((requested * SCORE_MAX) / capacity),
      ),
    }),
  };
}
