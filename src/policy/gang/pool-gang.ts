import { InvariantError } from "../../base/assert.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { GangDemands, GangPlacer } from "./types.js";

const GPU_MILLI = 1000;

/** What the shapes ask for besides GPUs, by name; empty when they ask for nothing else. */
export function demandsBesidesGpus(shapes: readonly PodRequest[]): readonly string[] {
  return [
    ...(shapes.some((shape) => shape.cpuMilli > 0) ? ["CPU"] : []),
    ...(shapes.some((shape) => shape.memoryBytes > 0) ? ["memory"] : []),
    ...(shapes.some((shape) => shape.gpuModels.length > 0) ? ["GPU models"] : []),
  ];
}

/**
 * One counter of free GPUs for the whole cluster: nodes, CPU, memory and GPU models do not matter.
 *
 * It is what most training-job simulators call a cluster, and the best case of any placement: what has
 * no room here has room nowhere.
 */
export function createPoolGang(
  spec: ClusterSpec,
  shapes: readonly PodRequest[],
  demands: GangDemands,
): GangPlacer {
  const gpuMilliTotal = spec.nodes.reduce((sum, node) => sum + node.gpuCount * GPU_MILLI, 0);
  const demandMilli = demands.gpuMilli;
  const live = new Int32Array(demands.count);
  let used = 0;
  const tryPlace = (demand: number): number => {
    if (demandMilli[demand]! > gpuMilliTotal - used) return -1;
    used += demandMilli[demand]!;
    live[demand]!++;
    // A pool has no places: the demand says all a release needs to know.
    return demand;
  };
  return {
    name: "pool",
    gpuMilliTotal,
    get gpuMilliUsed() {
      return used;
    },
    cluster: undefined,
    ignoredDemands: demandsBesidesGpus(shapes),
    tryPlace,
    placeAt: tryPlace,
    lastParts: { values: new Int32Array(0), length: 0 },
    release(gang) {
      used -= demandMilli[gang]!;
      live[gang]!--;
    },
    mayFit: (demand) => demandMilli[demand]! <= gpuMilliTotal - used,
    refusalReason: () => "fewer GPUs free in the pool than the job needs",
    neverFits(demand) {
      if (demandMilli[demand]! <= gpuMilliTotal) return undefined;
      return `needs ${demandMilli[demand]! / GPU_MILLI} GPUs, the pool has ${gpuMilliTotal / GPU_MILLI}`;
    },
    checkInvariants() {
      const counted = live.reduce((sum, gangs, demand) => sum + gangs * demandMilli[demand]!, 0);
      if (counted !== used || used > gpuMilliTotal || live.some((gangs) => gangs < 0)) {
        throw new InvariantError(
          `pool: gangs hold ${counted} milli-GPUs, the counter says ${used} of ${gpuMilliTotal}`,
        );
      }
    },
  };
}
