import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import type { ClusterView } from "../../../cluster/view.js";
import type { DeviceSelector, PlacementContext } from "../policy.js";

/** Chooses the GPU for a pod that wants a part of one; the node has one that fits. */
export type ShareChoice = (node: number, shape: number) => number;

/**
 * A selector that gives whole GPUs from the lowest index and leaves parts of a GPU to `prepareShare`.
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
      return (node, shape, out) => {
        const { gpuCount, gpuMilli } = shapes[shape]!;
        if (gpuCount === 0) return;
        if (gpuMilli === WHOLE_GPU_MILLI) firstWholeGpus(view, node, gpuCount, out);
        else out[0] = chooseShare(node, shape);
      };
    },
  };
}

function firstWholeGpus(view: ClusterView, node: number, gpuCount: number, out: Int32Array): void {
  const first = view.gpuOffset[node]!;
  const end = view.gpuOffset[node + 1]!;
  let taken = 0;
  for (let gpu = first; gpu < end && taken < gpuCount; gpu += 1) {
    if (view.gpuMilliFree[gpu] === WHOLE_GPU_MILLI) {
      out[taken] = gpu - first;
      taken += 1;
    }
  }
}
