import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { largestNode } from "./largest-node.js";

const QUARTER = SCORE_MAX / 4;

/**
 * Keeps pods of one kind (a part of a GPU, 1, 2, 4 ... whole GPUs) together on nodes.
 *
 * Four bands of 25, fuller nodes first within a band: only this kind runs there; this kind among
 * others; no GPU pod yet; other kinds only. 0 for CPU-only pods.
 * Source: FGD artifact, gpu_clustering_score.go.
 */
export const gpuClustering: PlacementScorer = {
  name: "gpu-clustering",
  prepare({ view, shapes }) {
    const { gpuMilli: largestGpuMilli } = largestNode(view);
    const kinds = Int32Array.from(shapes, ({ gpuCount, gpuMilli }) =>
      gpuMilli < WHOLE_GPU_MILLI ? 0 : gpuCount,
    );
    return {
      score(node, shape) {
        if (shapes[shape]!.gpuCount === 0) return 0;
        const full = Math.trunc(
          (QUARTER * (largestGpuMilli - view.nodeGpuMilliFree[node]!)) / largestGpuMilli,
        );
        const runsKind = view.podsByGpuKind[node * view.gpuKindStride + kinds[shape]!]! > 0;
        const kindsThere = view.nodeGpuKinds[node]!;
        if (runsKind) return full + (kindsThere === 1 ? 3 : 2) * QUARTER;
        return kindsThere === 0 ? full + QUARTER : full;
      },
    };
  },
};
