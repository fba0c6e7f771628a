import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import type { DeviceSelector, PlacementContext } from "../policy.js";
import { chooseGpuParts } from "./gpu-parts.js";
import { createGpuSetChooser } from "./gpu-set.js";

/** Chooses the GPU for a pod that wants a part of one; the node has one that fits. */
export type ShareChoice = (node: number, shape: number) => number;

/**
 * A selector that gives whole GPUs as `createGpuSetChooser` says, from the lowest index where all GPUs of a
 * node are alike, and leaves parts of a GPU to `prepareShare`. Nodes that hand out instances or replicas give
 * them as `chooseGpuParts` says: from the fullest GPU, or the emptiest where the name says so.
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
      const partPreference = name === "emptiest-gpu" ? "emptiest" : "fullest";
      return (node, shape, out) => {
        const { gpuCount, gpuMilli } = shapes[shape]!;
        if (gpuCount === 0) return;
        if (view.partitions.hasParts(node))
          return void chooseGpuParts(view, node, shapes[shape]!, partPreference, out);
        if (gpuMilli === WHOLE_GPU_MILLI) gpuSets.choose(node, gpuCount, out);
        else out[0] = chooseShare(node, shape);
      };
    },
  };
}
