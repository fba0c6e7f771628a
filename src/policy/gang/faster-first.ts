import type { ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import { acceptedModels } from "./fit-index.js";
import type { GangDemands } from "./types.js";

/** Shapes and demands with further ones that ask for the same on GPUs of one speed only. */
export interface FasterFirst {
  readonly shapes: readonly PodRequest[];
  readonly demands: GangDemands;
  /** Per demand that accepts GPUs of several speeds: the demands to try before it, fastest first. */
  readonly before: ReadonlyMap<number, readonly number[]>;
}

/**
 * Lets jobs that accept GPUs of several speeds go to the fastest on which the whole gang fits now.
 *
 * A gang works at the pace of its slowest GPU, so GPUs of one speed are tried first, each speed in turn, and
 * a mixture last. Nobody waits for a faster GPU while a slower one is free.
 *
 * @param speedOf speed of a GPU model
 * @returns undefined when the GPUs of the cluster are equally fast
 */
export function createFasterFirst(
  cluster: ClusterView,
  shapes: readonly PodRequest[],
  demands: GangDemands,
  speedOf: (model: string) => number,
): FasterFirst | undefined {
  const speeds = [...new Set(cluster.gpuModels.map(speedOf))].sort((left, right) => right - left);
  if (speeds.length < 2) return undefined;
  const allShapes = [...shapes];
  const added: { readonly demand: number; readonly shape: number }[] = [];
  const before = new Map<number, readonly number[]>();
  const shapesBySpeed = shapes.map((request) =>
    modelsBySpeed(cluster, request, speeds, speedOf).map(
      (gpuModels) => allShapes.push({ ...request, gpuModels }) - 1,
    ),
  );
  for (let demand = 0; demand < demands.count; demand++) {
    const faster = shapesBySpeed[demands.shape[demand]!]!.map(
      (shape) => demands.count + added.push({ demand, shape }) - 1,
    );
    if (faster.length > 0) before.set(demand, faster);
  }
  return { shapes: allShapes, demands: extended(demands, added), before };
}

/** The accepted models of each speed, fastest first; empty when they have one speed. */
function modelsBySpeed(
  cluster: ClusterView,
  request: PodRequest,
  speeds: readonly number[],
  speedOf: (model: string) => number,
): readonly (readonly string[])[] {
  if (request.gpuCount === 0) return [];
  const accepted = acceptedModels(cluster, request);
  const models = cluster.gpuModels.filter((_, index) => accepted?.[index + 1] !== 0);
  const groups = speeds
    .map((speed) => models.filter((model) => speedOf(model) === speed))
    .filter((group) => group.length > 0);
  return groups.length < 2 ? [] : groups;
}

function extended(
  demands: GangDemands,
  added: readonly { readonly demand: number; readonly shape: number }[],
): GangDemands {
  const { count, shape, workers, gpuMilli, topology } = demands;
  const rows = added.map(({ demand }) => demand);
  return {
    ...demands,
    count: count + added.length,
    shape: Int32Array.from([...shape, ...added.map((row) => row.shape)]),
    workers: Int32Array.from([...workers, ...rows.map((row) => workers[row]!)]),
    gpuMilli: Float64Array.from([...gpuMilli, ...rows.map((row) => gpuMilli[row]!)]),
    ...(topology === undefined
      ? {}
      : { topology: Int32Array.from([...topology, ...rows.map((row) => topology[row]!)]) }),
  };
}
