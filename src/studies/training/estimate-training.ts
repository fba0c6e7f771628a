import { collectiveTimeS } from "../../performance/collectives/collective-time.js";
import { gpuRatesOf, type MatmulPrecision } from "../../performance/compute/gpu-rates.js";
import {
  gpusOf,
  parallelismFaults,
  type Parallelism,
} from "../../performance/training/parallelism.js";
import { trainingMemory, type TrainingMemory } from "../../performance/training/training-memory.js";
import { countParameters } from "../../performance/training/training-model.js";
import { trainingThroughput, type TrainingStep } from "../../performance/training/training-step.js";
import type { KnownLinks } from "../../scenario/node-links.js";
import { trainingInputs, type TrainingInput } from "./training-inputs.js";
import type { TrainingSetting } from "./training-setting.js";
import { trainingAlternatives, type TrainingAlternative } from "./training-alternatives.js";

/** What `headroom training --json` prints. Times in seconds, memory in bytes. */
export interface TrainingEstimate {
  readonly schema: "headroom/training/v1";
  readonly model: {
    readonly name: string;
    readonly parameters: number;
    /** Parameters that one token uses; fewer than all in a mixture of experts. */
    readonly activeParameters: number;
    readonly source: string;
  };
  readonly machine: {
    readonly name: string;
    readonly gpuModel: string;
    readonly nodes: number;
    readonly gpus: number;
    readonly links: string;
  };
  readonly parallelism: Parallelism;
  readonly precision: MatmulPrecision;
  /** Whether the fullest GPU holds what it has to. */
  readonly fits: boolean;
  readonly memory: TrainingMemory & { readonly availableBytes: number };
  readonly step: TrainingStep;
  readonly tokensPerS: number;
  readonly tokensPerGpuS: number;
  /** Model FLOP per second and GPU; recomputation is not counted. */
  readonly modelFlopPerGpuS: number;
  /** Share of the GPU's dense bf16 peak. */
  readonly mfu: number;
  /** True when some communication time is outside of what was measured. */
  readonly extrapolated: boolean;
  /** Changes of one thing after which it fits; empty when it fits already. */
  readonly alternatives: readonly TrainingAlternative[];
  readonly inputs: readonly TrainingInput[];
}

/**
 * Step time, throughput and memory of a model on machines of the catalogue.
 *
 * @throws MissingFigureError when the GPU lacks a figure that training needs
 * @throws RangeError for a parallelism that cannot be, or adapters that are not known
 */
export function estimateTraining(setting: TrainingSetting): TrainingEstimate {
  const { model, gpu, known, nodes, parallelism, precision } = setting;
  const faults = parallelismFaults(model, parallelism);
  if (faults.length > 0) throw new RangeError(`training: ${faults[0]!.message}`);
  const rates = gpuRatesOf(gpu, precision);
  const throughput = trainingThroughput({
    model,
    parallelism,
    gpu: rates,
    placement: { nodes: placementOf(known, nodes, gpusOf(parallelism)) },
    timer: collectiveTimeS,
  });
  const memory = trainingMemory(model, parallelism);
  const availableBytes = rates.memoryBytes.value;
  const parameters = countParameters(model);
  const { step, tokensPerS, tokensPerGpuS, modelFlopPerGpuS, mfu, extrapolated } = throughput;
  const fits = memory.totalBytes <= availableBytes;
  return {
    schema: "headroom/training/v1",
    model: {
      name: model.name,
      parameters: parameters.total,
      activeParameters: parameters.active,
      source: model.source,
    },
    machine: {
      name: setting.machine,
      gpuModel: gpu.name,
      nodes,
      gpus: gpusOf(parallelism),
      links: known.what,
    },
    parallelism,
    precision,
    fits,
    memory: { ...memory, availableBytes },
    step,
    tokensPerS,
    tokensPerGpuS,
    modelFlopPerGpuS,
    mfu,
    extrapolated,
    alternatives: fits ? [] : trainingAlternatives(model, parallelism, availableBytes),
    inputs: trainingInputs(setting, throughput.communicationSources),
  };
}

/** Whole nodes, the last one in part when the parallelism needs fewer GPUs. */
function placementOf({ links }: KnownLinks, nodes: number, gpus: number) {
  const perNode = links.topology.gpuCount;
  return Array.from({ length: Math.min(nodes, Math.ceil(gpus / perNode)) }, (_, node) => {
    const count = Math.min(perNode, gpus - node * perNode);
    return { ...links, gpus: Array.from({ length: count }, (_unused, gpu) => gpu) };
  });
}
