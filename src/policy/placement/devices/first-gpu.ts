import { deviceSelector } from "./whole-gpus.js";

/** Parts of a GPU go to the first GPU that fits. */
export const firstGpuSelector = deviceSelector("first-gpu", ({ view, shapes }) => (node, shape) => {
  const { gpuMilli } = shapes[shape]!;
  const first = view.gpuOffset[node]!;
  let gpu = first;
  while (view.gpuMilliFree[gpu]! < gpuMilli) gpu += 1;
  return gpu - first;
});
