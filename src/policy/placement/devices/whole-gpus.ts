import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import type { DeviceSelector, PlacementContext } from "../policy.js";
import { createGpuSetChooser } from "./gpu-set.js";

/** Chooses the GPU for a pod that wants a part of one; the node has one that fits. */
export type ShareChoice = (node: number, shape: number) => number;

/**
 * A selector that gives whole GPUs as `createGpuSetChooser` says, from the lowest index where all GPUs of a
 * node are alike, and leaves parts of a GPU to `prepareShare`.
 */
export function deviceSelector(
  name: string,
  prepareShare: (context: PlacementContext) => ShareChoice,
): DeviceSelector {
  return {
    name,
    prepare(context) {
      const chooseShare = prepareShare(context);
      const { view, shapes } = context;
      const gpuSets = createGpuSetChooser(view);
      return (node, shape, out) => {
        const { gpuCount, gpuMilli } = shapes[shape]!;
        if (gpuCount === 0) return;
        if (gpuMilli === WHOLE_GPU_MILLI) gpuSets.choose(node, gpuCount, out);
        else out[0] = chooseShare(node, shape);
      };
    },
  };
}
