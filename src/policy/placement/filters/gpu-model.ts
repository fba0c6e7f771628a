import type { PlacementFilter } from "../policy.js";

/** A pod that lists GPU models goes only to nodes with one of them; an empty list accepts any. */
export const gpuModelFilter: PlacementFilter = {
  name: "gpu-model",
  reason: "no accepted GPU model",
  prepare({ view, shapes }) {
    const accepts = shapes.map(({ gpuModels }) =>
      view.gpuModels.map((model) => gpuModels.length === 0 || gpuModels.includes(model)),
    );
    return (node, shape) => {
      if (shapes[shape]!.gpuCount === 0) return true;
      const model = view.nodeModel[node]!;
      return model >= 0 && accepts[shape]![model]!;
    };
  },
};
