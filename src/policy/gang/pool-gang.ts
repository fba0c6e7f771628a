import { InvariantError } from "../../base/assert.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import type { PodRequest } from "../../workload/job-table.js";
import { createPoolCapacity } from "./pool-capacity.js";
import { ignoredTopology } from "./ignored-topology.js";
import type { GangDemands, GangPlacer } from "./types.js";

const GPU_MILLI = 1000;

/** What the shapes ask for besides GPUs, by name; empty when they ask for nothing else. */
export function demandsBesidesGpus(shapes: readonly PodRequest[]): readonly string[] {
  return [
    ...(shapes.some((shape) => shape.cpuMilli > 0) ? ["CPU"] : []),
    ...(shapes.some((shape) => shape.memoryBytes > 0) ? ["memory"] : []),
    ...(shapes.some((shape) => shape.gpuModels.length > 0) ? ["GPU models"] : []),
    ...(shapes.some((shape) => shape.nodeSelector !== undefined) ? ["labels of nodes"] : []),
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
  const capacity = createPoolCapacity(spec);
  const { totalMilli } = capacity;
  const demandMilli = demands.gpuMilli;
  const live = new Int32Array(demands.count);
  // A pool has no places: the demand says all a release needs to know.
  const placed = (demand: number, taken: boolean): number => {
    if (taken) live[demand]!++;
    return taken ? demand : -1;
  };
  return {
    name: "pool",
    gpuMilliTotal: totalMilli,
    get gpuMilliUsed() {
      return capacity.usedMilli;
    },
    get gpuMilliInService() {
      return capacity.inServiceMilli;
    },
    get gpuMilliFree() {
      return capacity.freeMilli;
    },
    get gpuMilliOut() {
      return totalMilli - capacity.usedMilli - capacity.freeMilli;
    },
    cluster: undefined,
    ignoredDemands: [...demandsBesidesGpus(shapes), ...ignoredTopology(demands)],
    tryPlace: (demand) => placed(demand, capacity.take(demandMilli[demand]!)),
    placeAt: (demand) => placed(demand, capacity.retake(demandMilli[demand]!)),
    lastParts: { values: new Int32Array(0), length: 0 },
    release(gang) {
      capacity.give(demandMilli[gang]!);
      live[gang]!--;
    },
    mayFit: (demand) => demandMilli[demand]! <= capacity.freeMilli,
    refusalReason: () => "fewer GPUs free in the pool than the job needs",
    neverFits(demand) {
      if (demandMilli[demand]! <= totalMilli) return undefined;
      return `needs ${demandMilli[demand]! / GPU_MILLI} GPUs, the pool has ${totalMilli / GPU_MILLI}`;
    },
    close(node, gpus) {
      capacity.close(node, gpus);
    },
    open(node, gpus) {
      capacity.open(node, gpus);
    },
    checkInvariants() {
      const counted = live.reduce((sum, gangs, demand) => sum + gangs * demandMilli[demand]!, 0);
      const used = capacity.usedMilli;
      if (counted !== used || used > totalMilli || live.some((gangs) => gangs < 0)) {
        throw new InvariantError(
          `pool: gangs hold ${counted} milli-GPUs, the counter says ${used} of ${totalMilli}`,
        );
      }
    },
  };
}
