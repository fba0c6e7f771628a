import type { ClusterSpec, NodeSpec } from "../../cluster/spec.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { TopologyRequest } from "../../workload/topology-request.js";
import type { GangDemands, GangPlacer } from "./types.js";

/** One whole GPU and nothing else. */
export const GPU: PodRequest = {
  cpuMilli: 0,
  memoryBytes: 0,
  gpuCount: 1,
  gpuMilli: 1000,
  gpuModels: [],
};

/** Nodes n0, n1, ... with these numbers of GPUs, in these racks. */
export function clusterOf(gpuCounts: readonly number[], racks?: readonly string[]): ClusterSpec {
  return {
    ...(racks === undefined ? {} : { topology: { levels: ["rack"] } }),
    nodes: gpuCounts.map((gpuCount, index): NodeSpec => ({
      name: `n${index}`,
      cpuMilli: 8000,
      memoryBytes: 1024,
      podsMax: 110,
      gpuCount,
      gpuModel: "H100",
      ...(racks === undefined ? {} : { domains: [racks[index]!] }),
    })),
  };
}

/** Gangs of one-GPU workers, each with its own request. */
export function demandsOf(
  workers: readonly number[],
  requests?: readonly TopologyRequest[],
): GangDemands {
  return {
    count: workers.length,
    shape: Int32Array.from(workers, () => 0),
    workers: Int32Array.from(workers),
    gpuMilli: Float64Array.from(workers, (count) => count * 1000),
    ...(requests === undefined
      ? {}
      : { topology: Int32Array.from(workers, (_, index) => index), topologyRequests: requests }),
  };
}

/** Nodes of the gang placed last and its workers there; "waits" when it was not placed. */
export function placed(
  gang: GangPlacer,
  demand: number,
): readonly (readonly [number, number])[] | "waits" {
  if (gang.tryPlace(demand) < 0) return "waits";
  gang.checkInvariants();
  const { values, length } = gang.lastParts;
  const onNode = new Map<number, number>();
  for (let index = 0; index < length; index += 2 + values[index + 1]!)
    onNode.set(values[index]!, (onNode.get(values[index]!) ?? 0) + 1);
  return [...onNode];
}
