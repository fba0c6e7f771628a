import { SpecificationError } from "../../../base/specification-error.js";
import { forEachPart, type RateContext, type RateFactor } from "../gang-rates.js";

/**
 * Speeds by GPU model. All workers of a gang go in step, so its slowest GPU sets the pace; parts without
 * GPUs set none. Models that are not named have speed 1.
 *
 * @param gpuSpeeds speed by model, > 0
 * @throws RangeError when a speed is not a positive number
 * @throws SpecificationError when the placement is a pool, which has no places
 */
export function createGpuModelRate(
  gpuSpeeds: Readonly<Record<string, number>>,
  { cluster, jobs, placement }: RateContext,
): RateFactor {
  for (const [model, speed] of Object.entries(gpuSpeeds)) {
    if (!(speed > 0 && Number.isFinite(speed))) {
      throw new RangeError(`gpuSpeeds: the speed of ${model} must be a number > 0, got ${speed}`);
    }
  }
  if (placement.kind === "pool")
    throw new SpecificationError("gpuSpeeds: a pool has no places; name a placement for nodes");
  const speedOfNode = cluster.nodes.map((node) => gpuSpeeds[node.gpuModel] ?? 1);
  const rate = new Float64Array(jobs.count);
  return {
    name: "GPU model",
    started(job, lane, parts) {
      let slowest = Infinity;
      forEachPart(lane, parts, (node, gpus) => {
        if (gpus.length > 0) slowest = Math.min(slowest, speedOfNode[node]!);
      });
      rate[job] = slowest === Infinity ? 1 : slowest;
    },
    stopped: () => undefined,
    rateOf: (job) => rate[job]!,
    slowestIn({ nodeMap }) {
      let slowest = Infinity;
      for (const node of nodeMap) {
        if (cluster.nodes[node]!.gpuCount > 0) slowest = Math.min(slowest, speedOfNode[node]!);
      }
      return slowest === Infinity ? 1 : slowest;
    },
  };
}
