import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { resourceColumns, weightedMean, type AllocationOptions } from "./node-resources.js";

/**
 * Prefers emptier nodes: (capacity - requested) * 100 / capacity per resource, weighted mean.
 *
 * A resource the node lacks, or would exceed, scores 0. Source: Kubernetes 1.20
 * noderesources/least_allocated.go.
 */
export function leastAllocated(options: AllocationOptions = {}): PlacementScorer {
  return {
    name: "least-allocated",
    prepare: (context) => ({
      score: weightedMean(resourceColumns(context, options), (requested, capacity) =>
        capacity === 0 || requested > capacity
          ? 0
          : Math.floor(((capacity - requested) * SCORE_MAX) / capacity),
      ),
    }),
  };
}
