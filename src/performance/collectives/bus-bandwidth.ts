import type { CollectiveOperation } from "./types.js";

/**
 * Bus bandwidth over algorithm bandwidth: what the slowest link would show, comparable between GPU counts.
 *
 * Source: NVIDIA/nccl-tests@a0b82b2 doc/PERFORMANCE.md.
 */
export function busBandwidthFactor(op: CollectiveOperation, gpuCount: number): number {
  switch (op) {
    case "all-reduce":
      return (2 * (gpuCount - 1)) / gpuCount;
    case "all-gather":
    case "reduce-scatter":
    case "all-to-all":
      return (gpuCount - 1) / gpuCount;
    case "send-recv":
      return 1;
  }
}
