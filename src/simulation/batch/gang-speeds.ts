import { SpecificationError } from "../../base/specification-error.js";
import type { GangParts } from "../../policy/gang/types.js";
import type { BatchSpec } from "./batch-spec.js";
import type { Lane } from "./lanes.js";

/** How fast a gang works where it is, relative to the placement its duration was recorded on. */
export interface GangSpeeds {
  /** Seconds of work per second; > 0. */
  of(lane: Lane, parts: GangParts): number;
  /** Slowest GPUs of a lane: a bound for jobs that have no place yet. */
  slowestIn(lane: Lane): number;
}

const UNIFORM: GangSpeeds = { of: () => 1, slowestIn: () => 1 };

/**
 * Speeds by GPU model. All workers of a gang go in step, so its slowest GPU sets the pace; parts without
 * GPUs set none.
 *
 * @throws RangeError when a speed is not a positive number, or the placement is a pool, which has no places
 */
export function createGangSpeeds(spec: BatchSpec): GangSpeeds {
  const { gpuSpeeds, placement, cluster } = spec;
  if (gpuSpeeds === undefined) return UNIFORM;
  for (const [model, speed] of Object.entries(gpuSpeeds)) {
    if (!(speed > 0 && Number.isFinite(speed))) {
      throw new RangeError(`gpuSpeeds: the speed of ${model} must be a number > 0, got ${speed}`);
    }
  }
  if (placement.kind === "pool")
    throw new SpecificationError("gpuSpeeds: a pool has no places; name a placement for nodes");
  const speedOfNode = cluster.nodes.map((node) => gpuSpeeds[node.gpuModel] ?? 1);
  return {
    of({ nodeMap }, parts) {
      let slowest = Infinity;
      for (let index = 0; index < parts.length; index += 2 + parts.values[index + 1]!) {
        if (parts.values[index + 1]! === 0) continue;
        slowest = Math.min(slowest, speedOfNode[nodeMap[parts.values[index]!]!]!);
      }
      return slowest === Infinity ? 1 : slowest;
    },
    slowestIn({ nodeMap }) {
      let slowest = Infinity;
      for (const node of nodeMap) {
        if (cluster.nodes[node]!.gpuCount > 0) slowest = Math.min(slowest, speedOfNode[node]!);
      }
      return slowest === Infinity ? 1 : slowest;
    },
  };
}
