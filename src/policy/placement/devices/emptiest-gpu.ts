import { deviceSelector } from "./whole-gpus.js";

/** Parts of a GPU go to the GPU with the most free, the lowest index on ties. */
export const emptiestGpuSelector = deviceSelector("emptiest-gpu", ({ view }) => (node) => {
  const first = view.gpuOffset[node]!;
  const end = view.gpuOffset[node + 1]!;
  let emptiest = first;
  for (let gpu = first + 1; gpu < end; gpu += 1) {
    if (view.gpuMilliFree[gpu]! > view.gpuMilliFree[emptiest]!) emptiest = gpu;
  }
  return emptiest - first;
});
