import type { BatchSpec } from "../batch-spec.js";
import type { ClusterProcess } from "../cluster-process.js";
import { createGangRates, type GangRates, type RateContext } from "../gang-rates.js";
import type { Lanes } from "../lanes.js";
import { createSpeedUp } from "../worker-scaling.js";
import { createGpuModelRate } from "./gpu-model-rate.js";
import { createGpuPartsRate, hasGpuParts } from "./gpu-parts-rate.js";
import { createWorkerRate } from "./worker-rate.js";

/** The rates of a run: GPU models first, then the factors of the spec, then those of its processes. */
export function createRates(
  spec: BatchSpec,
  { lanes, classes }: Lanes,
  processes: readonly ClusterProcess[],
  nowS: () => number,
): GangRates {
  const { cluster, jobs, placement, gpuSpeeds, rates = [] } = spec;
  const { elastic } = spec;
  const context: RateContext = { cluster, jobs, placement, lanes, nowS };
  return createGangRates([
    ...(gpuSpeeds === undefined ? [] : [createGpuModelRate(gpuSpeeds, context)]),
    ...(hasGpuParts(cluster) ? [createGpuPartsRate(context)] : []),
    ...(elastic === undefined || classes.sizesOf.size === 0
      ? []
      : [createWorkerRate(classes, createSpeedUp(elastic.scaling))]),
    ...rates.map((entry) => entry(context)),
    ...processes.flatMap(({ rates: factor }) => (factor === undefined ? [] : [factor])),
  ]);
}
