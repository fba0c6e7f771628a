import type { GpuRates } from "../compute/gpu-rates.js";
import type { CollectiveTimer } from "../collectives/types.js";
import type { Sourced } from "../virtualization/hosting-profile.js";
import { layersOfStages, microBatchesOf, gpusOf, type Parallelism } from "./parallelism.js";
import {
  createGroupTimer,
  type GroupTimer,
  type TrainingPlacement,
} from "./training-communication.js";
import { adaptersPerToken, frozenWeightBytes, unpackBytes } from "./adapter-training.js";
import { STATE_BYTES, stageParameters, trainedParameters } from "./training-memory.js";
import { countParameters, forwardFlops, modelFlops, type TrainingModel } from "./training-model.js";

/**
 * Rate of a model's multiplications over that of the best large one: its shapes are not the best ones,
 * and kernels have beginnings and ends.
 */
export const KERNEL_SHARE: Sourced<number> = {
  value: 0.74,
  provenance: "published",
  source:
    "fitted to 43 bf16 rows of mosaicml/llm-foundry@061f2c7 scripts/train/benchmarking/README.md, 1 to 70 billion parameters, 2048 to 8192 tokens, 8 to 64 A100 or H100: median error 14 %, 90 % within 20 %",
};

/**
 * Part of the communication among copies that hides behind computing, where there is enough of it: the
 * collective takes processors and memory bandwidth from the kernels beside it.
 */
export const HIDDEN_SHARE: Sourced<number> = {
  value: 0.5,
  provenance: "assumed",
  source:
    "the rows of llm-foundry are met about as well with 0 as with 0.5 (root mean square 13.8 and 14.7 %), worse with 1 (17.5 %); newer programs hide more",
};

/** Bytes moved per token and unit of width by everything in a layer that is no multiplication, forwards. */
const ELEMENTWISE_BYTES_FORWARD = 50;
/** The same backwards. */
const ELEMENTWISE_BYTES_BACKWARD = 100;
/** Bytes moved per token and word of the vocabulary by the loss. */
const LOSS_BYTES = 18;
/** Bytes moved per parameter by Adam: gradient and three states read, three states and the parameter written. */
const OPTIMIZER_BYTES = 30;

/** Where the time of one optimizer step goes, on the slowest GPU. Seconds; they sum to `totalS`. */
export interface TrainingStep {
  /** Multiplications, recomputation included. */
  readonly matmulS: number;
  /** Norms, activations, residuals, the loss: bound by memory. */
  readonly elementwiseS: number;
  /** Waiting inside tensor groups. */
  readonly tensorS: number;
  /** Waiting for tokens to reach their experts and come back. */
  readonly expertS: number;
  /** Sending between pipeline stages. */
  readonly pipelineSendS: number;
  /** Standing still while the pipeline fills and drains. */
  readonly bubbleS: number;
  /** What of gradients and parameters of the copies is not hidden behind computing. */
  readonly dataS: number;
  /** The optimizer's update. */
  readonly optimizerS: number;
  readonly totalS: number;
  /** All communication among copies, hidden or not; not part of the sum. */
  readonly dataHiddenOrNotS: number;
}

/** What a model trains like where it is. */
export interface TrainingThroughput {
  readonly step: TrainingStep;
  readonly tokensPerS: number;
  readonly tokensPerGpuS: number;
  /** FLOP per second and GPU that the model needs, recomputation not counted. */
  readonly modelFlopPerGpuS: number;
  /** The same over the GPU's dense bf16 peak. */
  readonly mfu: number;
  /** Where the communication times come from. */
  readonly communicationSources: readonly string[];
  /** True when some communication time is outside of what was measured. */
  readonly extrapolated: boolean;
}

/** What a step depends on. */
export interface TrainingQuestion {
  readonly model: TrainingModel;
  readonly parallelism: Parallelism;
  readonly gpu: GpuRates;
  readonly placement: TrainingPlacement;
  readonly timer: CollectiveTimer;
  /** Takes the place of `KERNEL_SHARE`. */
  readonly kernelShare?: number;
  /** Takes the place of `HIDDEN_SHARE`. */
  readonly hiddenShare?: number;
}

/** One micro-batch on one stage, forwards and backwards. Seconds. */
interface StageTimes {
  readonly matmulS: number;
  readonly elementwiseS: number;
  readonly tensorS: number;
  readonly expertS: number;
  readonly sendS: number;
  /** Of the whole, what is forwards. */
  readonly forwardS: number;
}

/**
 * Time of one optimizer step: `(m + (p − 1) / v)` micro-batches on the slowest stage (the bubble of 1F1B,
 * Narayanan et al., SC 2021, section 2.2), what communication among copies is not hidden, and the update.
 *
 * A tensor group waits for two all-reduces per layer and direction (Shoeybi et al., arXiv 1909.08053), of
 * 2 s b h bytes. Copies reduce gradients while the last micro-batch goes backwards; with shared parameters
 * (ZeRO 3) each micro-batch gathers parameters twice and reduces gradients once while it computes.
 *
 * @throws RangeError when the placement has another number of GPUs than the parallelism needs
 */
export function trainingThroughput(question: TrainingQuestion): TrainingThroughput {
  const { model, parallelism, gpu, placement, timer } = question;
  const gpus = placement.nodes.reduce((sum, node) => sum + node.gpus.length, 0);
  if (gpus !== gpusOf(parallelism)) {
    throw new RangeError(
      `training: the parallelism needs ${gpusOf(parallelism)} GPUs, the placement has ${gpus}`,
    );
  }
  const groups = createGroupTimer(timer, placement, parallelism);
  const step = stepOf(question, groups);
  const { globalBatch, sequence } = parallelism;
  const tokensPerS = (globalBatch * sequence) / step.totalS;
  const { adapter } = parallelism;
  const adapters = adapter === undefined ? undefined : adaptersPerToken(model, adapter);
  const modelFlopPerGpuS =
    (globalBatch * modelFlops(model, sequence, adapters)) / step.totalS / gpus;
  return {
    step,
    tokensPerS,
    tokensPerGpuS: tokensPerS / gpus,
    modelFlopPerGpuS,
    mfu: modelFlopPerGpuS / gpu.peakFlopPerS.value,
    communicationSources: [...groups.sources],
    extrapolated: groups.extrapolated,
  };
}

function stepOf(question: TrainingQuestion, groups: GroupTimer): TrainingStep {
  const { model, parallelism, gpu, hiddenShare = HIDDEN_SHARE.value } = question;
  const { pipeline, virtualStages, data, expert, zeroStage } = parallelism;
  const stages = layersOfStages(model.layers, pipeline);
  const times = stages.map((_, stage) => stageTimes(question, groups, { stage, stages }));
  const whole = (one: StageTimes): number =>
    one.matmulS + one.elementwiseS + one.tensorS + one.expertS + one.sendS;
  const slowest = times.reduce((worst, one) => (whole(one) > whole(worst) ? one : worst));
  const microBatches = microBatchesOf(parallelism);
  const parameters = stages.map((_, stage) =>
    trainedParameters(model, parallelism, { stage, stages }),
  );
  const most = parameters.reduce((worst, one) =>
    one.shared + one.experts > worst.shared + worst.experts ? one : worst,
  );
  const dataTimes = dataParallelTimes(parallelism, {
    groups,
    hiddenShare,
    layers: Math.max(...stages),
    backwardS: whole(slowest) - slowest.forwardS,
    forwardS: slowest.forwardS,
    sharedBytes: most.shared * STATE_BYTES.gradients,
    expertBytes: most.experts * STATE_BYTES.gradients,
    ...frozenGathered(question, stages),
  });
  const held =
    zeroStage === 0
      ? most.shared + most.experts
      : most.shared / data + most.experts / (data / expert);
  const parts = {
    matmulS: microBatches * slowest.matmulS,
    elementwiseS: microBatches * slowest.elementwiseS,
    tensorS: microBatches * slowest.tensorS,
    expertS: microBatches * slowest.expertS,
    pipelineSendS: microBatches * slowest.sendS,
    bubbleS: ((pipeline - 1) / virtualStages) * whole(slowest),
    dataS: dataTimes.exposedS,
    optimizerS: (held * OPTIMIZER_BYTES) / gpu.streamBytesPerS.value,
  };
  const totalS = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
  return { ...parts, totalS, dataHiddenOrNotS: dataTimes.allS };
}

/** Bytes of the model under adapters that copies with shared parameters gather; nothing without adapters. */
function frozenGathered(
  { model, parallelism }: TrainingQuestion,
  stages: readonly number[],
): { readonly frozenSharedBytes: number; readonly frozenExpertBytes: number } {
  const { adapter, zeroStage } = parallelism;
  if (adapter === undefined || zeroStage < 3) return { frozenSharedBytes: 0, frozenExpertBytes: 0 };
  // Shared parameters come without a pipeline: the first stage is the only one.
  const { shared, experts } = stageParameters(model, parallelism, { stage: 0, stages });
  const bytes = frozenWeightBytes(adapter);
  return { frozenSharedBytes: bytes * shared, frozenExpertBytes: bytes * experts };
}

function stageTimes(
  question: TrainingQuestion,
  groups: GroupTimer,
  { stage, stages }: { readonly stage: number; readonly stages: readonly number[] },
): StageTimes {
  const { model, parallelism, gpu, kernelShare = KERNEL_SHARE.value } = question;
  const { tensor, microBatch, sequence, recomputation, virtualStages } = parallelism;
  const layers = stages[stage]!;
  const isLast = stage === stages.length - 1;
  const flops = forwardFlops(model, sequence);
  const again = recomputation === "full" ? 1 : 0;
  // Scores are computed again with every kind of recomputation, and by FlashAttention in any case: that
  // one is part of its kernel's rate.
  const scoresAgain = recomputation === "none" ? 0 : 1;
  const weightsS =
    (microBatch * layers * flops.layerWeights) / tensor / (gpu.matmulFlopPerS.value * kernelShare);
  const scoresS =
    (microBatch * layers * flops.layerAttention) / tensor / (gpu.bf16FlopPerS.value * kernelShare);
  const outputS = isLast
    ? (microBatch * flops.output) / tensor / (gpu.bf16FlopPerS.value * kernelShare)
    : 0;
  const tokens = microBatch * sequence;
  const cut = parallelism.sequenceParallel ? tensor : 1;
  const widthS = (bytes: number): number =>
    (bytes * tokens * model.hidden * layers) / cut / gpu.streamBytesPerS.value;
  const lossS = isLast
    ? (LOSS_BYTES * tokens * model.vocabulary) / tensor / gpu.streamBytesPerS.value
    : 0;
  const exchangeBytes = 2 * tokens * model.hidden;
  const tensorS = layers * 2 * groups.seconds("tensor", "all-reduce", exchangeBytes);
  const active = model.experts?.active ?? 0;
  // A frozen matrix is gone through forwards and for the gradient of its input, not for its own.
  const passes = parallelism.adapter === undefined ? 3 : 2;
  const { adapterS, unpackS } = adapterTimes(question, layers);
  const expertS =
    model.experts === undefined
      ? 0
      : layers * 2 * groups.seconds("expert", "all-to-all", (active * exchangeBytes) / cut);
  const sendS =
    stages.length === 1
      ? 0
      : virtualStages * groups.seconds("pipeline", "send-recv", exchangeBytes / cut);
  const forwardS =
    weightsS +
    scoresS +
    outputS +
    adapterS +
    unpackS +
    widthS(ELEMENTWISE_BYTES_FORWARD) +
    lossS / 3 +
    tensorS +
    expertS +
    sendS;
  return {
    matmulS:
      weightsS * (passes + again) +
      scoresS * (3 + scoresAgain) +
      passes * outputS +
      adapterS * (3 + again) +
      unpackS * (2 + again),
    elementwiseS:
      widthS(ELEMENTWISE_BYTES_FORWARD * (1 + again) + ELEMENTWISE_BYTES_BACKWARD) + lossS,
    tensorS: tensorS * (2 + again),
    expertS: expertS * (2 + again),
    sendS: 2 * sendS,
    forwardS,
  };
}

/** Adapters of a stage's layers, forwards, and unpacking its matrices once. Seconds of one micro-batch. */
function adapterTimes(
  { model, parallelism, gpu, kernelShare = KERNEL_SHARE.value }: TrainingQuestion,
  layers: number,
): { readonly adapterS: number; readonly unpackS: number } {
  const { adapter, tensor, expert, microBatch, sequence } = parallelism;
  if (adapter === undefined) return { adapterS: 0, unpackS: 0 };
  const flops = 2 * microBatch * sequence * adaptersPerToken(model, adapter);
  const { layerShared, layerFeedForward } = countParameters(model);
  const weights = (layerShared + layerFeedForward / expert) / tensor;
  return {
    adapterS: (layers * flops) / tensor / (gpu.matmulFlopPerS.value * kernelShare),
    unpackS: (layers * unpackBytes(adapter, weights)) / gpu.streamBytesPerS.value,
  };
}

/** Communication among copies in one step, all of it and what is not hidden. Seconds. */
function dataParallelTimes(
  parallelism: Parallelism,
  stage: {
    readonly groups: GroupTimer;
    readonly hiddenShare: number;
    readonly layers: number;
    readonly forwardS: number;
    readonly backwardS: number;
    readonly sharedBytes: number;
    readonly expertBytes: number;
    readonly frozenSharedBytes: number;
    readonly frozenExpertBytes: number;
  },
): { readonly allS: number; readonly exposedS: number } {
  const { groups, layers, hiddenShare, sharedBytes, expertBytes } = stage;
  if (parallelism.data === 1) return { allS: 0, exposedS: 0 };
  const both = (op: "all-reduce" | "all-gather" | "reduce-scatter"): number =>
    groups.seconds("data", op, sharedBytes) +
    (expertBytes === 0 ? 0 : groups.seconds("expert-data", op, expertBytes));
  // The first layer's parameters come before, the last one's gradients go after all computing.
  const exposed = (seconds: number, behindS: number): number =>
    Math.max(seconds / layers, seconds - hiddenShare * Math.min(seconds, behindS));
  if (parallelism.zeroStage < 3) {
    const reduceS = parallelism.zeroStage === 0 ? both("all-reduce") : both("reduce-scatter");
    const gatherS = parallelism.zeroStage === 0 ? 0 : both("all-gather");
    const times = parallelism.zeroStage === 2 ? microBatchesOf(parallelism) : 1;
    return {
      allS: times * reduceS + gatherS,
      exposedS: times * exposed(reduceS, stage.backwardS) + exposed(gatherS, stage.forwardS),
    };
  }
  const frozenS =
    (stage.frozenSharedBytes === 0
      ? 0
      : groups.seconds("data", "all-gather", stage.frozenSharedBytes)) +
    (stage.frozenExpertBytes === 0
      ? 0
      : groups.seconds("expert-data", "all-gather", stage.frozenExpertBytes));
  const gatherS = both("all-gather") + frozenS;
  const reduceS = both("reduce-scatter");
  const microBatches = microBatchesOf(parallelism);
  return {
    allS: microBatches * (2 * gatherS + reduceS),
    exposedS:
      microBatches *
      (exposed(gatherS, stage.forwardS) + exposed(gatherS + reduceS, stage.backwardS)),
  };
}
