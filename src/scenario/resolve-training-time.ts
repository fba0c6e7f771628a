import { collectiveTimeS } from "../performance/collectives/collective-time.js";
import { calibratedGpu } from "../performance/calibrated/calibrated-gpu.js";
import { gpuRatesOf, MissingFigureError } from "../performance/compute/gpu-rates.js";
import type { GangPlace } from "../performance/placement-slowdown/communication-slowdown.js";
import { findTrainingModel } from "../performance/training/model-presets.js";
import { trainingThroughput } from "../performance/training/training-step.js";
import { findGpu } from "../hardware/find-gpu.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import type { KnownLinks } from "./node-links.js";
import { parallelismOf } from "./resolve-communication.js";
import { resolveCluster, type ResolvedCluster } from "./resolve-cluster.js";
import { fabricOf, knownLinksOf } from "./resolve-hosting-section.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type JobInput = NonNullable<ScenarioSpec["workload"]["jobs"]>[number];

/** How long a job trains that says how many tokens instead. */
export interface TrainingTime {
  readonly durationS: number;
  readonly tokensPerS: number;
  /** Nodes it is for, such as `8 × H100 SXM5-80GB of h100`. */
  readonly where: string;
  /** True when some communication time is outside of what was measured. */
  readonly extrapolated: boolean;
}

/**
 * Time of `model.tokens` on the fastest nodes that the job accepts, as close together as its workers can be;
 * undefined when the job gives a duration, or no group of nodes has what the estimate needs.
 */
export function trainingTimeOf(
  spec: ScenarioSpec,
  machines: Pick<ResolvedCluster, "cluster" | "nodeGroups" | "gpuNames" | "calibrations">,
  job: JobInput,
): TrainingTime | undefined {
  const { model: written } = job;
  const model = written === undefined ? undefined : findTrainingModel(written.name);
  if (job.duration !== undefined || written?.tokens === undefined || model === undefined)
    return undefined;
  let best: TrainingTime | undefined;
  spec.cluster.nodes.forEach((group, index) => {
    const { firstNode, count } = machines.nodeGroups[index]!;
    const node = count === 0 ? undefined : machines.cluster.nodes[firstNode];
    if (node === undefined || !accepts(job, node.gpuModel, machines.gpuNames)) return;
    const known = knownLinksOf(spec.cluster, group, node);
    const placement = known === undefined ? undefined : closestPlace(job, known, node.gpuCount);
    if (known === undefined || placement === undefined || placement.nodes.length > count) return;
    const gpu = findGpu(node.gpuModel);
    const hasAdapters =
      spec.cluster.fabric?.adapterGbps !== undefined ||
      (known.links.topology.nics?.length ?? 0) > 0;
    if (gpu.kind !== "found" || (placement.nodes.length > 1 && !hasAdapters)) return;
    const throughput = whereFiguresAre(() =>
      trainingThroughput({
        model,
        parallelism: parallelismOf(job, written),
        gpu: gpuRatesOf(calibratedGpu(gpu.gpu, machines.calibrations)),
        placement: { ...placement, fabric: fabricOf(spec.cluster) },
        timer: collectiveTimeS,
      }),
    );
    if (throughput === undefined || throughput.tokensPerS <= (best?.tokensPerS ?? 0)) return;
    const gpus = (job.workers ?? 1) * (job.gpus ?? 0);
    best = {
      durationS: written.tokens! / throughput.tokensPerS,
      tokensPerS: throughput.tokensPerS,
      where: `${gpus} × ${node.gpuModel} of ${group.name}`,
      extrapolated: throughput.extrapolated,
    };
  });
  return best;
}

/** The same for checks, which have no resolved cluster yet. */
export function canTimeTraining(spec: ScenarioSpec, job: JobInput): boolean {
  return trainingTimeOf(spec, resolveCluster(spec.cluster), job) !== undefined;
}

function accepts({ gpuModels = [] }: JobInput, gpuModel: string, names: GpuNames): boolean {
  return (
    gpuModels.length === 0 || gpuModels.some((name) => names.accepted(name).includes(gpuModel))
  );
}

/** Workers fill one node after the other; undefined when a node does not hold one. */
function closestPlace(
  { workers = 1, gpus = 0 }: JobInput,
  { links }: KnownLinks,
  gpusPerNode: number,
): GangPlace | undefined {
  const perNode = gpus === 0 ? 0 : Math.floor(gpusPerNode / gpus);
  if (perNode === 0) return undefined;
  const nodes = Array.from({ length: Math.ceil(workers / perNode) }, (_, node) => ({
    ...links,
    gpus: Array.from(
      { length: gpus * Math.min(perNode, workers - node * perNode) },
      (_unused, gpu) => gpu,
    ),
  }));
  return { nodes };
}

/** Undefined when the GPU lacks a figure. */
function whereFiguresAre<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof MissingFigureError) return undefined;
    throw error;
  }
}
