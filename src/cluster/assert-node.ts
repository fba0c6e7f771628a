import type { NodeSpec } from "./spec.js";

/** @throws RangeError when a number of the node is negative, fractional or not finite */
export function assertNode(node: NodeSpec, index: number): void {
  for (const field of ["cpuMilli", "memoryBytes", "podsMax", "gpuCount"] as const) {
    const value = node[field];
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(
        `cluster: nodes[${index}] "${node.name}": ${field} must be a whole number >= 0, got ${value}`,
      );
    }
  }
}
