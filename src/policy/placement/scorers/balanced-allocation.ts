import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { CPU_AND_MEMORY, resourceColumns } from "./node-resources.js";

/**
 * Prefers nodes whose CPU and memory would be used in like proportion: (1 - |cpu - memory|) * 100.
 *
 * 0 when either would be full. This is the form of Kubernetes 1.20 (noderesources/
 * balanced_allocation.go); newer releases use a standard deviation over more resources.
 */
export function balancedAllocation(): PlacementScorer {
  return {
    name: "balanced-allocation",
    prepare(context) {
      const [cpu, memory] = resourceColumns(context, { resources: CPU_AND_MEMORY });
      const share = (requested: number, capacity: number): number =>
        capacity === 0 ? 1 : requested / capacity;
      return {
        score(node, shape) {
          const cpuShare = share(cpu!.requested(node, shape), cpu!.capacity[node]!);
          const memoryShare = share(memory!.requested(node, shape), memory!.capacity[node]!);
          if (cpuShare >= 1 || memoryShare >= 1) return 0;
          return Math.trunc((1 - Math.abs(cpuShare - memoryShare)) * SCORE_MAX);
        },
      };
    },
  };
}
