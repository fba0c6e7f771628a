import type { ClusterView } from "../../../cluster/view.js";
import { deviceSelector } from "./whole-gpus.js";

/** Parts of a GPU go to the fitting GPU with the least free, the lowest index on ties. */
export const tightestGpuSelector = deviceSelector(
  "tightest-gpu",
  ({ view, shapes }) =>
    (node, shape) =>
      tightestGpu(view, node, shapes[shape]!.gpuMilli),
);

/** Index within the node of the fitting GPU with the least free; -1 when none fits. */
export function tightestGpu(view: ClusterView, node: number, gpuMilli: number): number {
  const first = view.gpuOffset[node]!;
  const end = view.gpuOffset[node + 1]!;
  let tightest = -1;
  let least = Infinity;
  for (let gpu = first; gpu < end; gpu += 1) {
    const free = view.gpuMilliFree[gpu]!;
    if (free >= gpuMilli && free < least) {
      least = free;
      tightest = gpu - first;
    }
  }
  return tightest;
}
