import { fragmentScore } from "../scorers/fgd.js";
import { deviceSelector } from "./whole-gpus.js";

/**
 * Parts of a GPU go to the GPU with the highest FGD score, the lowest index on ties.
 *
 * Truncated scores are compared, as in the study: the GPU with the smallest fragment may lose to an
 * earlier one in the same whole-number score.
 */
export const fgdGpuSelector = deviceSelector("fgd-gpu", (context) => {
  const fragmentation = context.fragmentation();
  const { view, shapes } = context;
  const demands = shapes.map((request) => fragmentation.demand(request));
  return (node, shape) => {
    fragmentation.refresh();
    const before = fragmentation.nodeAmount(node);
    const count = view.gpuOffset[node + 1]! - view.gpuOffset[node]!;
    let best = -1;
    let bestScore = -1;
    for (let gpu = 0; gpu < count; gpu += 1) {
      const after = fragmentation.amountAfterOnGpu(node, demands[shape]!, gpu);
      if (Number.isNaN(after)) continue;
      const score = fragmentScore(before - after);
      if (score > bestScore) {
        best = gpu;
        bestScore = score;
      }
    }
    return best;
  };
});
