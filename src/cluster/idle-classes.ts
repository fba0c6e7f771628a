import { gpuPartKey } from "../workload/gpu-part-key.js";
import type { PodRequest } from "../workload/job-table.js";

/**
 * Why idle GPU capacity is or is not usable, seen by the typical pods of a workload; the order of
 * every per-class column.
 *
 * Source: the fragmentation measure of FGD (USENIX ATC 2023). Only `q3_satisfied` is not fragment.
 * - `q1_lack_both`: the node lacks GPU and CPU for the pod
 * - `q2_lack_gpu`: it lacks GPU; also the GPUs too full for the pod on a node that can host it
 * - `q3_satisfied`: the pod fits, this capacity can serve it
 * - `q4_lack_cpu`: enough GPU, too little CPU
 * - `xl_satisfied`: the pod wants no GPU and its CPU fits
 * - `xr_lack_cpu`: the pod wants no GPU and its CPU does not fit
 * - `no_access`: the pod does not accept the node's GPU model
 */
export const IDLE_CLASSES = [
  "q1_lack_both",
  "q2_lack_gpu",
  "q3_satisfied",
  "q4_lack_cpu",
  "xl_satisfied",
  "xr_lack_cpu",
  "no_access",
] as const;

/** One class of idle GPU capacity. */
export type IdleClass = (typeof IDLE_CLASSES)[number];

/** A pod shape that stands for the workload, with how often it occurs. */
export interface TypicalPod {
  /** Memory plays no part in fragmentation and is not looked at. */
  readonly request: PodRequest;
  /** Pods of this shape in the workload; a whole number >= 1. */
  readonly count: number;
  /** Share among the typical pods, 0..1; the weights sum to 1. */
  readonly weight: number;
}

/** A pod shape with the number of pods that have it. */
export interface CountedShape {
  readonly request: PodRequest;
  readonly count: number;
}

/** Share of the pods, in per cent, that the typical pods stand for. */
const POPULARITY_PCT = 95;

/**
 * The shapes that make up at least 95 % of a workload's pods, most frequent first.
 *
 * Shapes that differ only in memory are one. Ties in frequency go to more CPU, then a larger GPU share,
 * more GPUs, and the later GPU model list by code unit. Source: FGD artifact, pkg/utils/frag.go.
 *
 * @throws RangeError when a count is not a whole number >= 0 or all are 0
 */
export function typicalPods(shapes: readonly CountedShape[]): readonly TypicalPod[] {
  const merged = mergeShapes(shapes);
  const total = merged.reduce((sum, shape) => sum + shape.count, 0);
  if (total === 0)
    throw new RangeError("typical pods: at least one shape with a count > 0 is needed");
  const enough = (POPULARITY_PCT * total) / 100;
  let covered = 0;
  let taken = 0;
  while (covered < enough && taken < merged.length) {
    covered += merged[taken]!.count;
    taken += 1;
  }
  const share = (count: number): number => {
    const ofAll = count / total;
    // Two divisions, as published: one rounding instead of two would move the last bit of a score.
    return taken < merged.length ? ofAll / (covered / total) : ofAll;
  };
  return merged
    .slice(0, taken)
    .map(({ request, count }) => ({ request, count, weight: share(count) }));
}

function mergeShapes(shapes: readonly CountedShape[]): CountedShape[] {
  const byKey = new Map<string, CountedShape>();
  for (const { request, count } of shapes) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`typical pods: a count must be a whole number >= 0, got ${count}`);
    }
    if (count === 0) continue;
    const { cpuMilli, gpuMilli, gpuCount, gpuPart } = request;
    const part = gpuPart === undefined ? "" : gpuPartKey(gpuPart);
    const key = [cpuMilli, gpuMilli, gpuCount, modelList(request), part].join(";");
    byKey.set(key, { request, count: (byKey.get(key)?.count ?? 0) + count });
  }
  return [...byKey.values()].sort(byFrequency);
}

function byFrequency(left: CountedShape, right: CountedShape): number {
  const leftModels = modelList(left.request);
  const rightModels = modelList(right.request);
  return (
    right.count - left.count ||
    right.request.cpuMilli - left.request.cpuMilli ||
    right.request.gpuMilli - left.request.gpuMilli ||
    right.request.gpuCount - left.request.gpuCount ||
    (leftModels < rightModels ? 1 : leftModels > rightModels ? -1 : 0)
  );
}

function modelList(request: PodRequest): string {
  return request.gpuModels.join("|");
}
