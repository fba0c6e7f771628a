import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { tightestGpu } from "../devices/tightest-gpu.js";

const HALF = SCORE_MAX / 2;
const THIRD = Math.trunc(SCORE_MAX / 3);

/**
 * Fills GPUs already shared, then free GPUs of nodes in use, then free nodes.
 *
 * 50..100 by how little the shared GPUs have free; 33..50 less one per free GPU taken; up to 33 less
 * one per GPU of a free node. 0 for CPU-only pods. Source: FGD artifact, gpu_packing_score.go.
 */
export const gpuPacking: PlacementScorer = {
  name: "gpu-packing",
  prepare({ view, shapes }) {
    return {
      score(node, shape) {
        const { gpuCount, gpuMilli } = shapes[shape]!;
        if (gpuCount === 0) return 0;
        const whole = view.nodeGpusWhole[node]!;
        const first = view.gpuOffset[node]!;
        if (whole === view.gpuOffset[node + 1]! - first)
          return Math.min(Math.max(THIRD - whole, whole), SCORE_MAX);
        if (gpuMilli === WHOLE_GPU_MILLI) return Math.max(HALF - gpuCount, THIRD);
        const free = view.gpuMilliFree[first + tightestGpu(view, node, gpuMilli)]!;
        if (free === WHOLE_GPU_MILLI) return HALF - 1;
        const freePct = Math.trunc((free * 100) / WHOLE_GPU_MILLI);
        return Math.max(SCORE_MAX - Math.trunc(freePct / 10), HALF);
      },
    };
  },
};
