import { deviceSelector } from "./whole-gpus.js";

/** Parts of a GPU go to any GPU that fits, each equally likely. */
export const randomGpuSelector = deviceSelector("random-gpu", ({ view, shapes, random }) => {
  const fitting: number[] = [];
  return (node, shape) => {
    const { gpuMilli } = shapes[shape]!;
    const first = view.gpuOffset[node]!;
    const end = view.gpuOffset[node + 1]!;
    fitting.length = 0;
    for (let gpu = first; gpu < end; gpu += 1) {
      if (view.gpuMilliFree[gpu]! >= gpuMilli) fitting.push(gpu - first);
    }
    return fitting[fitting.length === 1 ? 0 : random.integerBelow(fitting.length)]!;
  };
});
